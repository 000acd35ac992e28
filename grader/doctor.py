"""Looks at this machine: what the grader needs, what it found, and the line that mends what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.data import DATASETS, DatasetDamaged, DatasetMissing, load_dataset
from grader.data.cache import cache_folder
from grader.errors import GraderError
from grader.results import Tier
from grader.sandbox import SandboxUnavailable, machine, probe_tier

_ENOUGH_GIB = 2.0
_INSTALL_PANGO = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
_PROBED = (Tier.T1, Tier.T1B, Tier.T2)


@dataclass(frozen=True)
class Finding:
    """One part of the machine. `mend` is the line that helps, "" when nothing is missing.

    `needed` is False for what only makes things better.
    """

    part: str
    good: bool
    found: str
    mend: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Diagnosis:
    """`tier` is what grading reaches here: the strongest in which all trial attacks failed, or None."""

    findings: tuple[Finding, ...]
    tier: Tier | None

    @property
    def can_grade(self) -> bool:
        """True when submissions can be run safely and nothing that is needed is missing."""
        return self.tier is not None and all(found.good for found in self.findings if found.needed)


def diagnose(folder: Path | None = None) -> Diagnosis:
    """Looks at everything; takes about a second. `folder` is where results would be written."""
    tiers = {tier: _try_tier(tier) for tier in _PROBED} if machine.is_linux() else {}
    reached = next((tier for tier, refusal in tiers.items() if refusal is None), None)
    looks: list[Callable[[], Finding]] = [
        _python,
        lambda: _bubblewrap(reached),
        lambda: _user_namespaces(tiers),
        lambda: _landlock(reached),
        lambda: _seccomp(reached),
        _tensorflow,
        _pango,
        *(lambda name=name: _dataset(name) for name in DATASETS),  # type: ignore[misc]
        lambda: _disk("results", folder or Path.cwd()),
        lambda: _disk("data sets", cache_folder()),
    ]
    findings = [look() for look in looks]
    findings += [_tier_finding(tier, refusal, reached) for tier, refusal in tiers.items()]
    return Diagnosis(tuple(findings), reached)


def _try_tier(tier: Tier) -> GraderError | None:
    """None when all trial attacks fail in that tier, else why it cannot be used."""
    try:
        probe_tier(force=tier)
    except GraderError as error:
        return error
    return None


def _tier_finding(tier: Tier, refusal: GraderError | None, reached: Tier | None) -> Finding:
    part = f"tier {tier}"
    if refusal is None:
        note = "all trial attacks failed" + (" (grading uses this one)" if tier is reached else "")
        return Finding(part, True, note, needed=False)
    return Finding(part, False, refusal.message, refusal.hint, needed=reached is None)


def _python() -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    if machine.is_linux():
        return Finding("Python", True, found)
    advice = "Grade on Linux, for example in a container; `grader check` works here."
    return Finding("Python", False, found, advice)


def _bubblewrap(reached: Tier | None) -> Finding:
    path = machine.bubblewrap()
    if not path:
        return Finding(
            "bubblewrap", False, "not installed", machine.INSTALL_BUBBLEWRAP, needed=reached is None
        )
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return Finding("bubblewrap", True, f"{said.stdout.strip() or 'unknown version'} at {path}")


def _user_namespaces(tiers: dict[Tier, GraderError | None]) -> Finding:
    if tiers.get(Tier.T1, SandboxUnavailable("")) is None:
        return Finding("user namespaces", True, "allowed, also within each other")
    if tiers.get(Tier.T1B, SandboxUnavailable("")) is None:
        found = "allowed, but not within each other"
    else:
        found = "refused" if machine.bubblewrap() else "cannot be tried without bubblewrap"
    mend = machine.allow_user_namespaces() if machine.bubblewrap() else machine.INSTALL_BUBBLEWRAP
    needed = all(refusal is not None for refusal in tiers.values())
    return Finding("user namespaces", False, found, mend, needed=needed)


def _landlock(reached: Tier | None) -> Finding:
    version = machine.landlock_version()
    if version:
        return Finding("Landlock", True, f"version {version}")
    mend = "Use Linux 5.13 or newer, with landlock in the kernel's lsm= parameter."
    return Finding("Landlock", False, "not there, or switched off", mend, needed=reached is None)


def _seccomp(reached: Tier | None) -> Finding:
    missing = machine.seccomp_missing()
    if not missing:
        return Finding("seccomp", True, "there")
    return Finding("seccomp", False, missing, "Use Linux on x86-64 or ARM64.", needed=reached is None)


def _tensorflow() -> Finding:
    try:
        versions = {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    except importlib.metadata.PackageNotFoundError as error:
        return Finding("TensorFlow", False, f"{error.name} is not installed", "pip install tensorflow")
    if int(versions["keras"].partition(".")[0]) < 3:
        return Finding("TensorFlow", False, f"Keras {versions['keras']}", 'pip install -U "keras>=3"')
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Finding("TensorFlow", True, found)


def _pango() -> Finding:
    """In a process of its own: WeasyPrint prints advice when a library is missing."""
    code = "import weasyprint; weasyprint.HTML(string='<p>x').write_pdf(); print(weasyprint.__version__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return Finding("Pango (PDF reports)", True, f"WeasyPrint {run.stdout.strip()} makes PDFs")
    last = (run.stderr.strip().splitlines() or ["WeasyPrint does not work"])[-1]
    mend = "pip install weasyprint" if "ModuleNotFoundError" in last else _INSTALL_PANGO
    return Finding("Pango (PDF reports)", False, last[:200], mend)


def _dataset(name: str) -> Finding:
    part = f"data set {name}"
    mend = f"grader data fetch {name}"
    try:
        dataset = load_dataset(name)
    except DatasetMissing:
        return Finding(part, False, "not fetched yet", mend, needed=False)
    except (DatasetDamaged, GraderError) as error:
        return Finding(part, False, str(error), mend, needed=False)
    found = f"{len(dataset.x_train):,} training and {len(dataset.x_test):,} test pictures"
    return Finding(part, True, found, needed=False)


def _disk(purpose: str, folder: Path) -> Finding:
    part = f"disk space for {purpose}"
    existing = next((parent for parent in (folder, *folder.absolute().parents) if parent.exists()), Path("/"))
    free_gib = shutil.disk_usage(existing).free / 2**30
    found = f"{free_gib:.1f} GiB free at {existing}"
    if not os.access(existing, os.W_OK):
        mend = "Choose another folder, or ask for the right to write there."
        return Finding(part, False, f"{existing} cannot be written", mend)
    if free_gib < _ENOUGH_GIB:
        return Finding(part, False, found, f"Free some space: {_ENOUGH_GIB:g} GiB are enough.")
    return Finding(part, True, found)
