"""`diagnose` tells what the machine has, and the line that mends what it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import doctor
from grader.doctor import Finding, diagnose
from grader.errors import GraderError
from grader.results import Tier
from grader.sandbox import SandboxUnavailable, machine


def find(findings: tuple[Finding, ...], part: str) -> Finding:
    return next(finding for finding in findings if finding.part == part)


def test_every_part_is_looked_at(tmp_path: Path) -> None:
    """Each part has a row, and each row that is not good has a line that mends it."""
    diagnosis = diagnose(tmp_path)
    parts = {finding.part for finding in diagnosis.findings}
    assert {"Python", "bubblewrap", "user namespaces", "Landlock", "seccomp", "TensorFlow",
            "Pango (PDF reports)", "data set cifar10", "data set digits28", "data set digits32",
            "disk space for results", "tier T1", "tier T2"} <= parts  # fmt: skip
    assert all(finding.good or finding.mend for finding in diagnosis.findings)
    assert find(diagnosis.findings, "data set digits32").good


@pytest.fixture
def no_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no sandbox starts."""

    def refuse(*, force: Tier) -> Tier:
        raise SandboxUnavailable(f"{force} is refused.", hint="sysctl -w user.max_user_namespaces=15000")

    monkeypatch.setattr(doctor, "probe_tier", refuse)


@pytest.mark.usefixtures("no_tier")
def test_a_machine_without_sandbox_cannot_grade(tmp_path: Path) -> None:
    """No tier: every tier's row is needed and has its line."""
    diagnosis = diagnose(tmp_path)
    assert diagnosis.tier is None
    assert not diagnosis.can_grade
    row = find(diagnosis.findings, "tier T1")
    assert (row.good, row.needed, row.mend) == (False, True, "sysctl -w user.max_user_namespaces=15000")


@pytest.mark.usefixtures("no_tier")
def test_missing_bubblewrap_names_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The row says how to install it."""
    monkeypatch.setattr(machine, "bubblewrap", lambda: "")
    row = find(diagnose(tmp_path).findings, "bubblewrap")
    assert row.mend == "apt-get install -y bubblewrap"


@pytest.mark.usefixtures("no_tier")
def test_a_damaged_data_set_is_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A broken cache is told, with the command that fetches it again."""

    def broken(name: str) -> None:
        raise GraderError(f"{name} is damaged")

    monkeypatch.setattr(doctor, "load_dataset", broken)
    row = find(diagnose(tmp_path).findings, "data set cifar10")
    assert (row.found, row.mend, row.needed) == ("cifar10 is damaged", "grader data fetch cifar10", False)


@pytest.mark.usefixtures("no_tier")
def test_little_space_is_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Less than two gibibytes are too few."""
    usage = doctor.shutil.disk_usage(tmp_path)._replace(free=100 << 20)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
    assert not find(diagnose(tmp_path).findings, "disk space for results").good
