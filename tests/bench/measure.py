"""What a command costs: wall-clock seconds, CPU seconds with all its children, peak memory by role.

CPU seconds come from a control group of the command's own where this user may make one. Elsewhere
they are those of finished children, which leaves out what a killed sandbox had not been waited for;
`cpu_source` says which.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from grader.assignment_folder import clone_root

SAMPLE_SECONDS = 0.5
MIB = 2**20


@dataclass(frozen=True)
class Measured:
    """`peak_mib`: the largest resident memory that one process of each role was seen with."""

    wall_seconds: float
    cpu_seconds: float
    cpu_source: str
    peak_mib: Mapping[str, int]
    output: str


def run_measured(words: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Measured:
    """Runs a command in the clone. Raises RuntimeError, with what it printed, when it fails."""
    group = ControlGroup.make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*(group.entry() if group else ()), *map(str, words)],
        cwd=clone_root(),
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    with MemoryWatch(process.pid) as watch:
        output, _ = process.communicate()
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu = group.close() if group else waited
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode} of {' '.join(process.args)}\n{output}")
    return Measured(wall, cpu, "control group" if group else "children waited for", watch.peaks, output)


def grade(*words: str | Path, environment: Mapping[str, str] | None = None) -> Measured:
    """`grader grade WORDS`, quietly."""
    command = [sys.executable, "-m", "grader.cli", "grade", *words, "--quiet"]
    return run_measured(command, environment)


@dataclass(frozen=True)
class ControlGroup:
    """A group that counts the CPU time of whatever a command starts."""

    path: Path
    version: int

    @classmethod
    def make(cls) -> Self | None:
        """None where this user may not."""
        for version, parent in _own_groups():
            path = parent / f"epochmark-bench-{os.getpid()}-{time.monotonic_ns()}"
            try:
                path.mkdir()
            except OSError:
                continue
            group = cls(path, version)
            # Who may make a group need not be allowed to move processes into it.
            if subprocess.run([*group.entry(), "true"], stderr=subprocess.DEVNULL).returncode == 0:
                return group
            path.rmdir()
        return None

    def entry(self) -> tuple[str, ...]:
        """What goes before the command's words."""
        return ("sh", "-c", f'echo $$ > "{self.path}/cgroup.procs" && exec "$@"', "sh")

    def close(self) -> float:
        """CPU seconds of the group, which is gone afterwards."""
        if self.version == 1:
            seconds = int((self.path / "cpuacct.usage").read_text()) / 1e9
        else:
            lines = dict(line.split() for line in (self.path / "cpu.stat").read_text().splitlines())
            seconds = int(lines["usage_usec"]) / 1e6
        for process in (self.path / "cgroup.procs").read_text().split():
            (self.path.parent / "cgroup.procs").write_text(process)
        self.path.rmdir()
        return seconds


def _own_groups() -> list[tuple[int, Path]]:
    """The groups that this process is in and that count CPU time, version 1 first."""
    found = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpuacct" in controllers.split(","):
            found.append((1, Path("/sys/fs/cgroup", controllers) / path.lstrip("/")))
        elif not controllers:
            found.append((2, Path("/sys/fs/cgroup") / path.lstrip("/")))
    return sorted(item for item in found if item[1].joinpath("cgroup.procs").is_file())


@dataclass
class MemoryWatch:
    """Looks at the processes below `pid` twice a second. `peaks` is in MiB."""

    pid: int
    peaks: dict[str, int] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            try:
                root = psutil.Process(self.pid)
                below = root.children(recursive=True)
            except psutil.NoSuchProcess:
                continue
            self._note("coordinator", root)
            for process in below:
                self._note("", process)

    def _note(self, role: str, process: psutil.Process) -> None:
        try:
            role = role or _role(process)
            mib = process.memory_info().rss // MIB
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return
        if role:
            self.peaks[role] = max(mib, self.peaks.get(role, 0))


def _role(process: psutil.Process) -> str:
    """A sandbox by its command line: an isolated Python, or the program that walls it in. Grading, report and
    trainer processes say what they are. "" is what starts the others, and does no work of its own."""
    words = process.cmdline()
    if words and (words[0].endswith("bwrap") or words[1:3] == ["-I", "-S"]):
        return "sandbox"
    name = process.name()
    return name if name.endswith(" process") else ""
