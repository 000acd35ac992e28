"""python -m tests.crash [--moments 50] [--seed 0]: kills one process of a running batch, many times over."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.grading import Grading
from tests.crash.killing import go_on, strike
from tests.crash.students import write_class


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments and victims")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        submissions = write_class(Path(scratch) / "submissions")
        whole = Grading(submissions, Path(scratch) / "undisturbed")
        code, text, seconds = whole.timed()
        if code:
            print(text)
            return 1
        print(f"undisturbed: {seconds:.1f} s, {len(whole.finished())} results")
        undisturbed = whole.everything()
        bad = 0
        struck: Counter[str] = Counter()
        for moment in range(options.moments):
            grading = Grading(submissions, Path(scratch) / f"{moment}")
            blow = strike(grading, rng.uniform(0.2, seconds), rng, coordinator=moment % 3 == 0)
            problems = [*blow.problems, *go_on(grading, undisturbed)]
            bad += bool(problems)
            struck[blow.whom] += 1
            told = f"{blow.finished_before} finished before, exit {blow.exit_code:4}"
            outcome = "; ".join(problems) or "ok"
            print(
                f"{moment + 1:3}  {blow.after_seconds:5.1f} s  {blow.whom:36}  {told}  {outcome}", flush=True
            )
    print(f"{options.moments} moments, {bad} with problems; killed:")
    for whom, count in struck.most_common():
        print(f"  {count:3}  {whom}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
