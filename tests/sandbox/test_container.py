"""Root in a container of Docker's, with its default filter: tier T2, and the same attacks come to nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.results import Tier
from tests.sandbox.conftest import why_not

ASK = """
from grader.sandbox import SandboxUnavailable, Tier, probe_tier, start_sandbox
from grader.sandbox.canary import successful_attacks
for tier in (Tier.T1, Tier.T1B):
    try:
        print(probe_tier(force=tier))
    except SandboxUnavailable as refusal:
        print(tier, "refused:", refusal.hint)
with start_sandbox(preload=()) as sandbox:
    print("reached", sandbox.tier, successful_attacks(sandbox))
"""


def test_a_container_gets_tier_t2(tmp_path: Path) -> None:
    """Namespaces are refused with the line that allows them; the next tier holds."""
    if reason := why_not(Tier.T2):
        pytest.skip(reason)
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers of the filter are those of x86-64")
    command = [sys.executable, "-m", "tests.sandbox.in_container", str(tmp_path), sys.executable, "-c", ASK]
    project = Path(__file__).resolve().parents[2]
    said = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    lines = said.stdout.splitlines()
    assert lines[-1:] == ["reached T2 []"], said.stdout + said.stderr
    assert [line.split()[:2] for line in lines[:2]] == [["T1", "refused:"], ["T1b", "refused:"]]
    assert all("--security-opt" in line for line in lines[:2])
