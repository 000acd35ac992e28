"""Who could reach the process that job processes are forked from could run anything as the grader."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path

import pytest

from grader.commands.write_reports import prepare_processes
from grader.results import Tier
from grader.sandbox import Limits, start_sandbox
from tests.sandbox.conftest import module_of, why_not

REACH = """
import os
import socket

def reach(path):
    found = []
    for name, attempt in (("listed", list_folder), ("connected", connect)):
        try:
            attempt(path)
            found.append(name)
        except OSError:
            pass
    return found

def list_folder(path):
    os.listdir(os.path.dirname(path))

def connect(path):
    socket.socket(socket.AF_UNIX).connect(path)
"""


def test_it_could_be_reached_from_outside(tmp_path: Path) -> None:
    """Or what is tried here would say nothing: another socket, with the very same words."""
    path = tmp_path / "listener"
    words: dict[str, Callable[[str], list[str]]] = {}
    exec(REACH, words)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert words["reach"](str(path)) == ["listed", "connected"]


@pytest.mark.parametrize("tier", [Tier.T1, Tier.T1B, Tier.T2])
def test_it_is_out_of_reach(tier: Tier) -> None:
    if reason := why_not(tier):
        pytest.skip(reason)
    prepare_processes()
    path = Path(forkserver._forkserver._forkserver_address)
    assert path.is_socket()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with (
        start_sandbox(force=tier, preload=()) as sandbox,
        sandbox.open([module_of(REACH)], {}, Limits()) as session,
    ):
        assert session.call("reach", [str(path)]).value == []
