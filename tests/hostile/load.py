"""What attackers cost the others: `python -m tests.hostile.load [--students 60] [--jobs 2]`.

Grades a class of honest students, then the same class with every second student replaced by an attacker
who wastes as much as the limits allow. Allowed is one and a half times the honest class, plus the time
limits that the attackers use up, divided by the processes; no honest mark may change.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from grader.results import SubmissionResult, Verdict
from tests.hostile.arena import Arena
from tests.hostile.corpus import Attack, load_attacks

WASTEFUL = ("exhaustion/", "protocol/", "escape/fork")
ALLOWED = 1.5
_STOPPED = re.compile(r"Stopped after ([\d.]+) seconds")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.load", description=__doc__)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    half = arguments.students // 2
    first = [f"s{number:03}-honest" for number in range(half)]
    second = [f"t{number:03}-honest" for number in range(arguments.students - half)]
    with tempfile.TemporaryDirectory(prefix="epochmark-arena-") as folder:
        arena = Arena(Path(folder), arguments.jobs)
        arena.grade("warm", [], students=first[:1])  # trains what everybody needs
        honest = arena.grade("honest", [], students=first + second)
        mixed = arena.grade("mixed", _attackers(len(second)), students=first)
    changed = [name for name in first if _marks(honest.results[name]) != _marks(mixed.results[name])]
    limits = sum(_seconds_of_limits(result) for name, result in mixed.results.items() if name not in first)
    allowed = ALLOWED * honest.seconds + limits / arguments.jobs
    print(f"{arguments.students} honest submissions, {arguments.jobs} processes: {honest.seconds:.0f} s")
    print(f"{half} of them and {len(second)} attackers: {mixed.seconds:.0f} s")
    print(
        f"time limits used up: {limits:.0f} s; allowed: {allowed:.0f} s; honest marks changed: {len(changed)}"
    )
    sys.exit(0 if mixed.seconds <= allowed and not changed else 1)


def _attackers(count: int) -> list[Attack]:
    """`count` of those that waste time, memory, disk or output; some hand in more than once."""
    wasteful = [attack for attack in load_attacks() if attack.name.startswith(WASTEFUL)]
    chosen = itertools.islice(itertools.cycle(wasteful), count)
    return [
        replace(attack, name=f"{attack.name}-{number}", student=f"x{number:03}")
        for number, attack in enumerate(chosen)
    ]


def _marks(result: SubmissionResult) -> list[tuple[str, str, float | None]]:
    return [(check.check, str(check.verdict), check.score) for check in result.checks]


def _seconds_of_limits(result: SubmissionResult) -> float:
    """Each function or import that timed out did so once, whatever number of checks name it."""
    ended = {check.feedback for check in result.checks if check.verdict is Verdict.TIMEOUT}
    return sum(float(seconds) for text in ended for seconds in _STOPPED.findall(text))


if __name__ == "__main__":
    main()
