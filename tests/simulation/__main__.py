"""A class as large as one likes, with the real coordinator, the real Dask scheduler and real Dask workers:

    python -m tests.simulation --submissions 100000

Only what the workers do is recorded: each job takes its recorded time, scaled down, and gives its
recorded result. Prints the coordinator's memory as the class goes by, and CPU seconds per job of
coordinator and scheduler, which say how many jobs a second each of them can keep up with.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from grader.assignment_folder import clone_root, load_assignment
from grader.batch import Class, cluster
from grader.batch.executor import ClusterFile, open_cluster
from grader.commands import grade
from grader.commands.grade import RunOptions
from grader.gradebook import open_gradebook
from grader.intake import load_submission
from grader.layout import ResultsFolder
from grader.results import Tier
from grader.submission import Submission
from tests.batch.machines import Machines
from tests.e2e.samples import SAMPLES
from tests.simulation.workers import FASTER, check_recorded, recording, student_name, train_recorded

SEED = 1
LINES = 20


@dataclass
class Usage:
    """Resident memory in MB and CPU seconds so far, of a process."""

    memory: float
    cpu: float

    @classmethod
    def of(cls, pid: int | str) -> Usage:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        ticks = int(stat[11]) + int(stat[12])
        return cls(pages * os.sysconf("SC_PAGESIZE") / 1e6, ticks / os.sysconf("SC_CLK_TCK"))


@dataclass
class Meter:
    """A progress display that reads meters: one line every so often."""

    scheduler: int
    gradebook: Path
    begun: float = field(default_factory=time.perf_counter)
    jobs: int = 0
    every: int = 1

    def stage(self, title: str, total: int) -> None:
        columns = f"{'jobs':>10} {'wall s':>8} {'coordinator':>22} {'scheduler':>22} {'gradebook':>10}"
        print(f"\n{title}: {total:,}\n{columns}")
        self.every = max(1, total // LINES)
        self.line()

    def step(self, what: str) -> None:
        self.jobs += 1
        if self.jobs % self.every == 0:
            self.line()

    def skip(self) -> None:
        raise AssertionError("nothing of this class is settled before")

    def line(self) -> None:
        ours, theirs = Usage.of("self"), Usage.of(self.scheduler)
        wall, size = time.perf_counter() - self.begun, self.gradebook.stat().st_size / 1e6
        print(
            f"{self.jobs:10,} {wall:8.0f} {ours.memory:8.0f} MB {ours.cpu:7.0f} s"
            f" {theirs.memory:11.0f} MB {theirs.cpu:7.0f} s {size:7.0f} MB",
            flush=True,
        )


def make_class(students: int) -> tuple[Class, float]:
    """Copies of the recorded students by turns, made when their turn comes, and the CPU seconds that
    reading a submission from its files takes, which they leave out."""
    sources = {name: SAMPLES / place for name, place in recording().sources.items()}
    begun = time.process_time()
    bases = {name: load_submission(path, name) for name, path in sources.items()}
    seconds = (time.process_time() - begun) / len(bases)
    turns = enumerate(islice(cycle(bases), students))
    return {student_name(number, base): _copier(bases[base], number) for number, base in turns}, seconds


def _copier(base: Submission, number: int) -> Callable[[], Submission]:
    return partial(_copy, base, number)


def _copy(base: Submission, number: int) -> Submission:
    digest = hashlib.sha256(f"{base.digest} {number}".encode()).hexdigest()
    return replace(base, student_id=student_name(number, base.student_id), digest=digest)


def simulate(students: int, workers: int, threads: int, scratch: Path) -> None:
    os.environ["EPOCHMARK_DATA"] = os.devnull
    cluster.check_at_station = check_recorded
    cluster.train_at_station = train_recorded  # type: ignore[assignment]
    folder = load_assignment(recording().assignment, clone_root())
    files = ResultsFolder(scratch / "results")
    submissions, intake = make_class(students)
    with Machines(scratch / "machines") as machines, open_gradebook(files.gradebook) as gradebook:
        for _ in range(workers):
            machines.add_worker("--no-nanny", threads=threads)
        executor = ClusterFile(address=machines.address)
        options = RunOptions(jobs=1, tier=Tier.UNSANDBOXED, executor=executor)
        gradebook.start(recording().assignment, SEED)
        run = grade.prepare(folder, files, SEED, options)
        context = run.settings.context
        with open_cluster(executor, context, Tier.UNSANDBOXED, owner=files.training, say=print) as hands:
            meter = Meter(machines.all[0].process.pid, files.gradebook)
            before = Usage.of("self"), Usage.of(meter.scheduler)
            tally = grade._grade_new(submissions, run, hands, gradebook, meter)
            assert len(tally.graded) == students
            meter.line()
            tell(meter, before, students, intake)


def tell(meter: Meter, before: tuple[Usage, Usage], students: int, intake: float) -> None:
    ours = Usage.of("self").cpu - before[0].cpu
    theirs = Usage.of(meter.scheduler).cpu - before[1].cpu
    wall = time.perf_counter() - meter.begun
    jobs = [job.seconds for jobs in recording().jobs.values() for job in jobs]
    print(f"\n{students:,} submissions, {meter.jobs:,} jobs and training runs in {wall:,.0f} s of wall clock")
    print(f"recorded jobs: {sum(jobs) / len(jobs):.2f} s each, here {FASTER:g} times faster")
    print(f"reading a submission: {1e3 * intake:.1f} ms of CPU, not part of the following")
    for name, cpu in (("coordinator", ours), ("scheduler", theirs)):
        print(
            f"{name}: {1e3 * cpu / meter.jobs:.2f} ms of CPU a job, {meter.jobs / cpu:,.0f} jobs a CPU second"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--submissions", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=16, help="of each worker: jobs at a time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        simulate(chosen.submissions, chosen.workers, chosen.threads, Path(scratch))


if __name__ == "__main__":
    main()
