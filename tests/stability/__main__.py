"""python -m tests.stability [--times 20] [--only correct]: other secret seeds, on a busy machine.

Beside two gradings at a time, a process only burns CPU time. The samples are the correct and the wrong
ones of all assignments. Accuracies are trained only where they are what a sample gets wrong; a wrong
sample is checked in the tasks that it is wrong in. Finished gradings are in docs/stability.json, so that
the command may be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path

from grader.assignment_folder import clone_root
from grader.models.trainer import TrainerPool
from grader.results import CheckResult
from grader.sandbox import start_sandbox
from tests.e2e.in_process import Grader
from tests.e2e.samples import SAMPLES, expected, not_passed, sample_names
from tests.e2e.test_samples import CHECKS, Samples
from tests.stability.record import Outcome, Record

RECORD = clone_root() / "docs" / "stability.json"
FIRST_SEED = 900_000
PROGRESS = 50
KINDS = ("correct", "wrong")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="seeds; 0 only tells what is known")
    parser.add_argument("--only", choices=KINDS, help="samples of this kind alone")
    parser.add_argument("--jobs", type=int, default=2, help="how many are graded at a time")
    parser.add_argument("--hogs", type=int, default=1, help="processes that only burn CPU time meanwhile")
    options = parser.parse_args()
    record = Record.read(RECORD)
    seeds = range(FIRST_SEED, FIRST_SEED + options.times)
    names = [name for kind in KINDS if options.only in (None, kind) for name in _names(kind)]
    missing = [(name, seed) for seed in seeds for name in names if not record.has(name, seed)]
    if missing:
        with _graders(options.jobs, missing) as outcomes, _busy(options.hogs):
            for count, (name, seed, outcome) in enumerate(outcomes, 1):
                record.add(name, seed, outcome)
                record.write(RECORD)
                if count % PROGRESS == 0:
                    print(f"{count} of {len(missing)}: {record.summary()}", flush=True)
    print(record.summary())
    return 1 if record.changed() else 0


@contextmanager
def _graders(jobs: int, gradings: list[tuple[str, int]]) -> Iterator[Iterator[tuple[str, int, Outcome]]]:
    """What the gradings (sample and seed) give, in the order in which they end."""
    waiting: Queue[tuple[str, int] | None] = multiprocessing.Queue()
    done: Queue[tuple[str, int, Outcome]] = multiprocessing.Queue()
    for grading in [*gradings, *[None] * jobs]:
        waiting.put(grading)
    with tempfile.TemporaryDirectory() as scratch:
        workers = [multiprocessing.Process(target=_work, args=(scratch, waiting, done)) for _ in range(jobs)]
        for worker in workers:
            worker.start()
        try:
            yield (_next(done, workers) for _ in gradings)
        except BaseException:
            for worker in workers:
                worker.terminate()
            raise
        finally:
            for worker in workers:
                worker.join()


def _next(
    done: Queue[tuple[str, int, Outcome]], workers: Sequence[multiprocessing.Process]
) -> tuple[str, int, Outcome]:
    while True:
        try:
            return done.get(timeout=5)
        except queue.Empty:
            if any(worker.exitcode for worker in workers):
                raise SystemExit("a process that grades ended; its traceback is above") from None


def _work(
    scratch: str, waiting: Queue[tuple[str, int] | None], done: Queue[tuple[str, int, Outcome]]
) -> None:
    with start_sandbox() as sandbox, TrainerPool(1) as pool:
        grader = Grader(sandbox, pool, Path(scratch) / "training.sqlite")
        while (grading := waiting.get()) is not None:
            name, seed = grading
            done.put((name, seed, _outcome(grader, name, seed)))


def _names(kind: str) -> list[str]:
    return [f"{kind}/{name}" for name in sample_names(kind)]


def _outcome(grader: Grader, name: str, seed: int) -> Outcome:
    kind, _, sample = name.partition("/")
    checks = CHECKS[sample.split("/")[0]]
    only = checks.all
    if kind == "wrong":
        wanted = expected(kind, sample)
        only = checks.worth_running(frozenset(wanted["verdicts"]) | frozenset(wanted.get("also_run", [])))
    with tempfile.TemporaryDirectory() as scratch:
        results = Samples(grader, Path(scratch), seed).grade(SAMPLES / name, only)
    return {check: _told(result) for check, result in sorted(not_passed(results).items())}


def _told(result: CheckResult) -> list[str | float | None]:
    return [str(result.verdict), result.score]


@contextmanager
def _busy(processes: int) -> Iterator[None]:
    """Other people's work on the same machine."""
    hogs = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(processes)]
    for hog in hogs:
        hog.start()
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()


def _burn() -> None:
    value = 1
    while value:
        value = value * 1_103_515_245 % 2**31 or 1


if __name__ == "__main__":
    sys.exit(main())
