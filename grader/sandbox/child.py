"""One worker process as the trusted side holds it: its pipes, its clocks, and how to end it."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Pipes:
    """Our ends of a worker's pipes; all non-blocking."""

    request: int
    reply: int
    output: int
    errors: int

    def close(self) -> None:
        for fd in (self.request, self.reply, self.output, self.errors):
            os.close(fd)


@dataclass(frozen=True)
class Ending:
    """How a worker ended: `code` is its exit code, or None when `signal` ended it."""

    code: int | None
    signal: int | None
    note: str = ""


class Child(Protocol):
    """A worker. Its process id is one of this process's namespace; 0 when it is not known."""

    pipes: Pipes
    pid: int
    scratch: str

    def kill(self) -> Ending:
        """Ends the worker and everything in it, at once; waits until it is gone."""
        ...

    def ending(self, seconds: float) -> Ending | None:
        """How it ended by itself; None when it still runs after `seconds`."""
        ...


def cpu_clock(pid: int) -> float:
    """CPU seconds of all threads of a process, read from outside.

    Linux gives every process a clock whose id is made from the process id; elsewhere the wall
    clock stands in. Raises ProcessLookupError when the process is gone.
    """
    if not sys.platform.startswith("linux") or not pid:
        return time.perf_counter()
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        raise ProcessLookupError(pid) from None


def queue_seconds(pid: int) -> dict[str, float]:
    """Seconds that each thread has been ready to run but was given no core, by thread id.

    From the kernel's schedstat (proc(5)): run time, time on a run queue, time slices, in
    nanoseconds. Empty where that cannot be read, or once the process is gone.
    """
    waits: dict[str, float] = {}
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as fields:
                waits[thread] = int(fields.read().split()[1]) / 1e9
    except OSError:
        return waits
    return waits


def memory_mib(pid: int) -> float:
    """Private and shared memory of a process; 0.0 where that cannot be read, or once it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            fields = dict(line.split(":", 1) for line in status if ":" in line)
    except OSError:
        return 0.0
    kib = sum(int(fields[name].split()[0]) for name in ("RssAnon", "RssShmem") if name in fields)
    return kib / 1024


def make_pipes() -> tuple[Pipes, tuple[int, int, int, int]]:
    """Our ends, and the worker's: request, reply, output, errors. Raises OSError when fds run out."""
    request_read, request_write = os.pipe()
    reply_read, reply_write = os.pipe()
    output_read, output_write = os.pipe()
    errors_read, errors_write = os.pipe()
    for fd in (request_write, reply_read, output_read, errors_read):
        os.set_blocking(fd, False)
    ours = Pipes(request_write, reply_read, output_read, errors_read)
    return ours, (request_read, reply_write, output_write, errors_write)
