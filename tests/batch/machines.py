"""Machines of a cluster, as far as one machine can be several: a Dask scheduler and Dask workers as
processes that share no folder with each other or with the tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.assignment_folder import clone_root


@dataclass
class Machine:
    """`log` is its standard error, which the test that fails wants to see."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def home(self) -> Path:
        return self.log.parent

    def left_behind(self) -> list[Path]:
        """Files of a kit that are still there."""
        return [path for path in self.home.rglob("*") if "reference" in path.parts]

    def lose(self) -> None:
        """As when the power fails: nothing is told to anybody."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait()


class Machines:
    """`with Machines(folder) as machines:` has a scheduler at `machines.address`; workers are added.
    `environment` is for all of them."""

    def __init__(self, folder: Path, protocol: str = "tcp", **environment: str) -> None:
        self._folder = folder
        self._protocol = protocol
        self._environment = environment
        self.all: list[Machine] = []
        self.address = ""

    def __enter__(self) -> Self:
        words = ("--port", "0", "--host", "127.0.0.1", "--protocol", self._protocol, "--no-dashboard")
        scheduler = self._start("scheduler", *words)
        self.address = _read_address(scheduler, "Scheduler at:")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for machine in reversed(self.all):
            machine.lose()

    def add_worker(self, *words: str, threads: int = 1, **environment: str) -> Machine:
        """Returns at once; the worker joins when it is up."""
        words = ("--nthreads", str(threads), "--no-dashboard", *words)
        return self._start("worker", self.address, *words, **environment)

    def _start(self, kind: str, *words: str, **environment: str) -> Machine:
        home = self._folder / f"{kind}-{len(self.all)}"
        home.mkdir(parents=True)
        log = home / "log"
        own = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(clone_root()),  # epochmark, installed there
            "HOME": str(home),
            "TMPDIR": str(home),
            "EPOCHMARK_DATA": os.devnull,
        }
        with open(log, "wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *words],
                cwd=home,
                env={**own, **self._environment, **environment},
                stdout=subprocess.DEVNULL,
                stderr=stream,
                start_new_session=True,
            )
        self.all.append(Machine(process, log))
        return self.all[-1]


def _read_address(scheduler: Machine, words: str) -> str:
    """Follows the log until the scheduler says where it is."""
    tail = subprocess.Popen(
        ["tail", "-n", "+1", "-f", f"--pid={scheduler.process.pid}", scheduler.log],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert tail.stdout is not None
    with tail:
        for line in tail.stdout:
            if found := re.search(rf"{words}\s+(\S+)", line):
                tail.terminate()
                return found[1]
    raise RuntimeError(scheduler.log.read_text())
