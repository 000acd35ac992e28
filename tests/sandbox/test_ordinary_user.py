"""The same attacks when the grader itself is run by an ordinary user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.results import Tier
from tests.sandbox.conftest import why_not

_UID = 12345
_ATTACKS = """
    cannot_be_read or walking or environment or only_own_process or descriptor or neighbours or escape
    or dangerous or exit_is_a_crash or patches or outlive or hostile_frames or endless or memory_is_bounded
    or disk or honest or strongest or forced
"""


@pytest.fixture
def as_user(tmp_path: Path) -> list[str]:
    """The start of a command line that an ordinary user runs."""
    if os.geteuid() != 0:
        pytest.skip("this is an ordinary user already: the other tests are run as one")
    home = tmp_path / "home"
    home.mkdir()
    return [sys.executable, "-m", "tests.sandbox.as_user", str(_UID), str(home)]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    project = Path(__file__).resolve().parents[2]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120)


def test_attacks_fail_for_an_ordinary_user(as_user: list[str]) -> None:
    """T1 needs no root: the attacks of test_attacks.py come to nothing there as well."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    selected = f"not t2 and ({' '.join(_ATTACKS.split())})"
    files = ["tests/sandbox/test_attacks.py", "tests/sandbox/test_tiers.py"]
    said = run(
        [*as_user, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", selected, *files]
    )
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-1000:]
    assert int(said.stdout.strip().splitlines()[-1].split()[0]) > 40


def test_an_ordinary_user_without_namespaces_is_refused(as_user: list[str]) -> None:
    """T2 is for root; the refusal says what to switch on."""
    code = (
        "from grader.sandbox import *\n"
        "try: start_sandbox(force=Tier.T2)\n"
        "except SandboxUnavailable as error: print(error.message, '|', error.hint)"
    )
    said = run([*as_user, sys.executable, "-c", code])
    assert "only root can separate submissions" in said.stdout, said.stderr
    assert said.stdout.partition("|")[2].strip()
