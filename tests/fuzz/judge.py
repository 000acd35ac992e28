"""One case after the other: outcomes counted, time and memory measured, failures kept."""

from __future__ import annotations

import json
import mmap
import re
import struct
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hypothesis.errors import HypothesisException

from grader.layout import write_whole
from tests.fuzz.target import ACCEPTED, Target

_HEAD = struct.Struct(
    "<dQQd"
)  # when the case began (0: none is running), cases before it, its bytes, MiB at the start
_CASE_BYTES = 4 << 20
_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")
_EVERY = 500  # cases between two reports of the tally


class Slate:
    """What a process is at, in a file that another process can read, even after the first was killed."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_HEAD.size + _CASE_BYTES))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)

    def write(self, begun: float, cases: int, case: bytes, baseline_mib: float) -> None:
        self._memory[_HEAD.size : _HEAD.size + len(case)] = case
        # Not `pack_into`, which first fills the place with zeros: a reader may see those.
        self._memory[: _HEAD.size] = _HEAD.pack(begun, cases, len(case), baseline_mib)

    def read(self) -> tuple[float, int, bytes, float]:
        """(seconds that the case has been running, cases before it, the case, MiB at the start)."""
        begun, cases, size, baseline = _HEAD.unpack_from(self._memory, 0)
        case = self._memory[_HEAD.size : _HEAD.size + size]
        return (time.monotonic() - begun if begun else 0.0), cases, case, baseline


@dataclass
class Tally:
    """What a run came to. `failures` maps what went wrong to the smallest case of it, in hexadecimal."""

    cases: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0
    peak_mib: float = 0.0

    @property
    def accepted(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome.startswith(ACCEPTED))

    def note(self, what: str, case: bytes) -> None:
        known = self.failures.get(what)
        if known is None or len(case) < len(known) // 2:
            self.failures[what] = case.hex()

    def add(self, other: Tally) -> None:
        self.cases += other.cases
        self.outcomes = dict(Counter(self.outcomes) + Counter(other.outcomes))
        for what, case in other.failures.items():
            self.note(what, bytes.fromhex(case))
        self.slowest, self.peak_mib = max(self.slowest, other.slowest), max(self.peak_mib, other.peak_mib)

    def save(self, path: Path) -> None:
        write_whole(path, json.dumps(asdict(self)).encode())

    @classmethod
    def load(cls, path: Path) -> Tally:
        return cls(**json.loads(path.read_text(encoding="ascii"))) if path.exists() else cls()


def resident_mib() -> float:
    """The most memory that this process has had resident: VmHWM of proc(5).

    What getrusage(2) says begins with the size of the process that started this one.
    """
    with open("/proc/self/status", "rb") as status:
        return int(_PEAK.search(status.read())[1]) / 1024  # type: ignore[index]


@dataclass
class Judge:
    """Puts cases to a target's contract. With a `slate` and a `report`, a watcher can follow."""

    target: Target
    tally: Tally = field(default_factory=Tally)
    slate: Slate | None = None
    report: Path | None = None
    most_mib: float = float("inf")
    baseline_mib: float = field(default_factory=resident_mib)

    def __call__(self, case: bytes) -> None:
        tally = self.tally
        if self.slate is not None:
            self.slate.write(time.monotonic(), tally.cases, case, self.baseline_mib)
        begun = time.perf_counter()
        outcome = self._outcome(case)
        tally.slowest = max(tally.slowest, time.perf_counter() - begun)
        tally.cases += 1
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        tally.peak_mib = resident_mib() - self.baseline_mib
        if tally.peak_mib > self.most_mib:
            tally.note(f"more than {self.most_mib:.0f} MB", case)
            self.most_mib = float("inf")  # the peak stays, so later cases tell nothing
        if self.slate is not None:
            self.slate.write(0.0, tally.cases, b"", self.baseline_mib)
        if self.report is not None and tally.cases % _EVERY == 0:
            tally.save(self.report)

    def _outcome(self, case: bytes) -> str:
        try:
            return self.target.contract(case)
        except (KeyboardInterrupt, HypothesisException):
            raise
        except BaseException as error:  # SystemExit and the like would be faults too
            self.tally.note(_words(error), case)
            return "failed"


def _words(error: BaseException) -> str:
    """The kind of an exception and the lines that led to it, the same for all cases that fail there."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}"
