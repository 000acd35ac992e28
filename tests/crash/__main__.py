"""python -m tests.crash [--moments 50] [--seed 0]: kills one process of a running batch, many times over."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.crash.grading import Grading
from tests.crash.killing import Blow, go_on, strike
from tests.crash.students import write_class


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments and victims")
    options = parser.parse_args()
    blows: list[Blow] = []
    with tempfile.TemporaryDirectory() as scratch:
        submissions = write_class(Path(scratch) / "submissions")
        whole = Grading(submissions, Path(scratch) / "undisturbed")
        code, text, seconds = whole.timed()
        if code:
            print(text)
            return 1
        print(f"undisturbed: {seconds:.1f} s, {len(whole.finished())} results")
        try:
            for blow in _strike_often(whole, seconds, Path(scratch), options.moments, options.seed):
                blows.append(blow)
                print(_line(len(blows), blow), flush=True)
        except KeyboardInterrupt:
            print("Interrupted; what was tried is below.")
    _sum_up(blows)
    return 1 if len(blows) < options.moments or any(blow.problems for blow in blows) else 0


def _strike_often(whole: Grading, seconds: float, scratch: Path, moments: int, seed: int) -> Iterator[Blow]:
    """Each comes with whatever was wrong after the same command was given again."""
    rng, undisturbed = random.Random(seed), whole.everything()
    for moment in range(moments):
        grading = Grading(whole.submissions, scratch / f"{moment}")
        blow = strike(grading, rng.uniform(0.2, seconds), rng, coordinator=moment % 3 == 0)
        blow.problems += go_on(grading, undisturbed)
        yield blow


def _line(number: int, blow: Blow) -> str:
    told = f"{blow.finished_before} finished before, exit {blow.exit_code:4}"
    outcome = "; ".join(blow.problems) or "ok"
    return f"{number:3}  {blow.after_seconds:5.1f} s  {blow.whom:36}  {told}  {outcome}"


def _sum_up(blows: list[Blow]) -> None:
    bad = sum(bool(blow.problems) for blow in blows)
    print(f"{len(blows)} moments, {bad} with problems; killed:")
    for whom, count in Counter(blow.whom for blow in blows).most_common():
        print(f"  {count:3}  {whom}")


if __name__ == "__main__":
    sys.exit(main())
