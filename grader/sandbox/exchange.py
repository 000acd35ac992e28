"""One request and its reply, with every limit watched from the trusted side."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from grader.sandbox.box.wire import Frame, FrameReader, TooLarge, WireError
from grader.sandbox.child import Child, Ending, cpu_clock, memory_mib, queue_seconds
from grader.sandbox.limits import Limits
from grader.text import plain

_PATIENCE = 5.0  # times a limit, at most, however busy the machine is
_LOOK_SECONDS = 0.05  # how often memory is looked at
_PIECE = 1 << 16
_ERRORS_KEPT = 8_000
_GONE_SECONDS = 0.5


class Stopped(Exception):
    """A worker had to be ended, or ended itself. `reason` is one of: timeout, memory, output, reply,
    protocol, died."""

    def __init__(self, reason: str, text: str = "", ending: Ending | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.ending = ending


@dataclass(frozen=True)
class Exchanged:
    """A reply, with what was printed meanwhile; all clocks were read out here.

    `waited_seconds` are those of `wall_seconds` in which the code was ready and got no core.
    """

    frame: Frame
    output: str
    wall_seconds: float
    cpu_seconds: float
    waited_seconds: float


class Clock:
    """Time that counts against a limit: a busy machine is not the student's fault.

    Time on a run queue does not count, sleeping does. Threads that crowd each other out could
    stretch that, so the whole never takes longer than `_PATIENCE` times the limit.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._begun = time.perf_counter()
        self._waits = queue_seconds(pid)

    def wall(self) -> float:
        return time.perf_counter() - self._begun

    def waited(self) -> float:
        """Of the thread that waited longest."""
        now = queue_seconds(self._pid)
        return max((wait - self._waits.get(thread, 0.0) for thread, wait in now.items()), default=0.0)

    def left(self, seconds: float) -> float:
        """Seconds until the limit at the earliest; 0 or less when it is reached."""
        left = seconds - self.wall()
        if left > 0:
            return left
        return min(left + self.waited(), _PATIENCE * seconds - self.wall())


class Capture:
    """Text from a pipe: the first `kept` bytes are remembered, the rest is counted and dropped."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._pieces = bytearray()
        self.total = 0
        self._dropped = 0

    def drain(self, fd: int, most: int = 64) -> bool:
        """Reads what is there, at most `most` pieces; False once the pipe is closed."""
        for _ in range(most):
            try:
                piece = os.read(fd, _PIECE)
            except BlockingIOError:
                return True
            if not piece:
                return False
            self.total += len(piece)
            room = self._kept - len(self._pieces)
            self._pieces += piece[: max(room, 0)]
            self._dropped += len(piece) - min(len(piece), max(room, 0))
        return True

    def take(self) -> str:
        """The text since the last `take`, harmless for a terminal, with a note where it was cut."""
        text = plain(self._pieces.decode("utf-8", "replace"))
        if self._dropped:
            text += f"\n[output cut off here: {self._dropped} more bytes]\n"
        self._pieces, self._dropped = bytearray(), 0
        return text


class Line:
    """The pipes of one worker. Raises Stopped when a limit is reached; the worker is then gone."""

    def __init__(self, child: Child, limits: Limits) -> None:
        self._child = child
        self._limits = limits
        self._output = Capture(limits.output_kib << 10)
        self.errors = Capture(_ERRORS_KEPT)
        self.peak_mib = 0.0

    def exchange(self, identity: str, request: Sequence[memoryview], seconds: float) -> Exchanged:
        """Sends a request and waits for the reply that carries `identity`."""
        clock, cpu_begun = Clock(self._child.pid), self._cpu()
        frame = self._converse(list(request), clock, seconds)
        wall, cpu, waited = clock.wall(), self._cpu() - cpu_begun, clock.waited()
        if frame.header.get("id") != identity:
            self._stop("protocol", "it answered a question that was not asked")
        self._drain()
        return Exchanged(frame, self._output.take(), wall, cpu, waited)

    def _cpu(self) -> float:
        try:
            return cpu_clock(self._child.pid)
        except ProcessLookupError:
            return 0.0

    def _converse(self, outgoing: list[memoryview], clock: Clock, seconds: float) -> Frame:
        reader = FrameReader(self._limits.reply_mib << 20)
        pipes = self._child.pipes
        look_at = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(pipes.reply, selectors.EVENT_READ)
            selector.register(pipes.output, selectors.EVENT_READ)
            selector.register(pipes.errors, selectors.EVENT_READ)
            if outgoing:
                selector.register(pipes.request, selectors.EVENT_WRITE)
            while True:
                left = clock.left(seconds)
                if left <= 0:
                    self._stop("timeout")
                if clock.wall() >= look_at:
                    self._check_memory()
                    look_at = clock.wall() + _LOOK_SECONDS
                ready = {key.fd for key, _ in selector.select(min(_LOOK_SECONDS, left))}
                if pipes.request in ready:
                    self._send(outgoing, selector)
                self._listen(ready, selector)
                frame = self._read(reader) if pipes.reply in ready else None
                if frame is not None:
                    return frame

    def _send(self, outgoing: list[memoryview], selector: selectors.BaseSelector) -> None:
        pipe = self._child.pipes.request
        try:
            count = os.write(pipe, outgoing[0][: 1 << 20])
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._died()
        outgoing[0] = outgoing[0][count:]
        if not outgoing[0]:
            outgoing.pop(0)
        if not outgoing:
            selector.unregister(pipe)

    def _listen(self, ready: set[int], selector: selectors.BaseSelector) -> None:
        """Drains what is printed, so that printing never blocks, and counts it."""
        pipes = self._child.pipes
        for pipe, capture in ((pipes.output, self._output), (pipes.errors, self.errors)):
            if pipe in ready and not capture.drain(pipe):
                selector.unregister(pipe)
        self._check_output()

    def _read(self, reader: FrameReader) -> Frame | None:
        try:
            return reader.read_from(self._child.pipes.reply)
        except BlockingIOError:
            return None
        except EOFError:
            self._died()
        except TooLarge as error:
            self._stop("reply", str(error))
        except WireError as error:
            self._stop("protocol", str(error))

    def _drain(self) -> None:
        self._output.drain(self._child.pipes.output)
        self.errors.drain(self._child.pipes.errors)

    def _check_output(self) -> None:
        if self._output.total + self.errors.total > self._limits.output_stop_mib << 20:
            self._stop("output")

    def _check_memory(self) -> None:
        used = memory_mib(self._child.pid)
        self.peak_mib = max(self.peak_mib, used)
        if used > self._limits.memory_mib:
            self._stop("memory")

    def _died(self) -> NoReturn:
        """A closed pipe: the worker has ended, or the student closed it; then it is ended now."""
        ending = self._child.ending(_GONE_SECONDS) or self._child.kill()
        self._drain()
        raise Stopped("died", self.errors.take(), ending)

    def _stop(self, reason: str, text: str = "") -> NoReturn:
        ending = self._child.kill()
        self._drain()
        raise Stopped(reason, text, ending)
