"""Which workers get jobs, and what is said of those that get none."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import dask
import pytest
from distributed.scheduler import KilledWorker

from grader.assignment_folder import AssignmentFolder, clone_root
from grader.batch import cluster
from grader.batch.cluster import DaskWorkers
from grader.batch.executor import ClusterFile, connect
from grader.batch.jobs import Job
from grader.batch.kit import Kit
from grader.data.cache import CANONICAL_DIGESTS
from grader.errors import GraderError, UsageError
from grader.grading.grade import GradingContext
from grader.intake import load_submission
from grader.processes import ProcessDied, WorkersGone
from grader.results import Tier, Verdict
from grader.submission import Submission
from tests.batch.course import make_course
from tests.batch.machines import Machines
from tests.crash.grading import descendants, kill

pytestmark = pytest.mark.xdist_group("dask")  # they share a cluster

JOB_SECONDS = 120
CHECK = frozenset({"test_pixels"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> AssignmentFolder:
    return make_course(tmp_path_factory.mktemp("course") / "root")


@pytest.fixture(scope="module")
def submission(folder: AssignmentFolder) -> Submission:
    return load_submission(folder.require_hidden() / "solution", "solution")


@pytest.fixture(scope="module")
def kit(folder: AssignmentFolder) -> Kit:
    """Without a sandbox, which has tests of its own and takes its time."""
    context = GradingContext(folder, folder.hidden_checks, ("digits32",), {}, 5)
    return Kit.pack(context, Tier.UNSANDBOXED, "these tests")


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with one worker that can grade."""
    with Machines(tmp_path_factory.mktemp("machines")) as machines:
        machines.add_worker("--no-nanny")
        yield machines


class Said(SimpleQueue[str]):
    """What is said, as it comes."""

    def next(self) -> str:
        return self.get(timeout=JOB_SECONDS)


@contextmanager
def working(machines: Machines, kit: Kit, said: Said, wait_seconds: float = 60) -> Iterator[DaskWorkers]:
    executor = ClusterFile(address=machines.address, wait_seconds=wait_seconds)
    with connect(executor) as connected, DaskWorkers(connected, kit, {}, said.put) as workers:
        yield workers


def passes(workers: DaskWorkers, submission: Submission) -> bool:
    future = workers.submit(Job(submission, CHECK))
    future.result(JOB_SECONDS)
    (check,) = workers.result(future).checks
    return check.verdict is Verdict.PASSED


def other_version(folder: Path) -> str:
    """A PYTHONPATH with another version of epochmark, as far as Python can tell."""
    metadata = folder / "epochmark-9.9.9.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: epochmark\nVersion: 9.9.9\n")
    return f"{folder}{os.pathsep}{clone_root()}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"datasets": (("cifar10", CANONICAL_DIGESTS["cifar10"]),)},
            "CIFAR-10 is not in the cache. Run there: grader data fetch cifar10",
        ),
        ({"datasets": (("digits32", "0" * 64),)}, "wanted 000000000000"),
        ({"tier": Tier.T3}, "Tier T3 cannot be asked for."),
    ],
)
def test_a_cluster_that_cannot_grade(
    machines: Machines, kit: Kit, change: dict[str, object], words: str
) -> None:
    """The worker is named, with what it lacks and the command that mends it."""
    with pytest.raises(GraderError) as caught, working(machines, replace(kit, **change), Said()):
        pass
    assert caught.value.message.startswith("Dask worker tcp://127.0.0.1:")
    assert words in caught.value.message
    assert caught.value.hint == "Mend that and run the same command again."


def test_a_worker_with_another_version_gets_no_jobs(
    machines: Machines, kit: Kit, submission: Submission, tmp_path: Path
) -> None:
    """It may come when it likes; the others go on."""
    said = Said()
    with working(machines, kit, said) as workers:
        places = workers.places
        other = machines.add_worker("--no-nanny", PYTHONPATH=other_version(tmp_path))
        told = said.next()
        assert told.startswith("Dask worker tcp://127.0.0.1:")
        assert told.endswith("It has epochmark 9.9.9 (wanted: 0.1.0). It gets no jobs.")
        assert workers.places == places
        assert all(passes(workers, submission) for _ in range(3))
    assert "epochmark-" not in other.log.read_text()
    other.lose()


def test_a_worker_without_epochmark(machines: Machines, kit: Kit, tmp_path: Path) -> None:
    """Nothing of ours has to be installed there to find that out."""
    said = Said()
    with working(machines, kit, said):
        bare = machines.add_worker("--no-nanny", PYTHONPATH=without_epochmark(tmp_path))
        assert "epochmark is not installed there. It gets no jobs." in said.next()
    bare.lose()


def without_epochmark(folder: Path) -> str:
    """Python, in a process that finds this, has no distribution of that name."""
    (folder / "sitecustomize.py").write_text(
        "import sys\nfrom importlib import metadata\n"
        "sys.modules['grader'] = None\n"
        "found = metadata.Distribution.from_name.__func__\n"
        "def from_name(kind, name):\n"
        "    if name == 'epochmark':\n"
        "        raise metadata.PackageNotFoundError(name)\n"
        "    return found(kind, name)\n"
        "metadata.Distribution.from_name = classmethod(from_name)\n"
    )
    return str(folder)


def test_no_worker_comes(kit: Kit, tmp_path: Path) -> None:
    """A bounded wait, and what to start."""
    with (
        Machines(tmp_path) as machines,
        pytest.raises(WorkersGone, match=r"For 0\.5 seconds there has been no worker") as caught,
        working(machines, kit, Said(), wait_seconds=0.5),
    ):
        pass
    assert f"dask worker {machines.address} --nthreads" in caught.value.hint


def test_workers_may_all_go_and_others_come(kit: Kit, submission: Submission, tmp_path: Path) -> None:
    """What was under way is done by those that come; when none comes for too long, it is an error."""
    with Machines(tmp_path) as machines:
        first = machines.add_worker("--no-nanny")
        with working(machines, kit, Said(), wait_seconds=20) as workers:
            assert passes(workers, submission)
            first.process.send_signal(signal.SIGSTOP)
            waiting = workers.submit(Job(submission, CHECK))
            first.lose()
            second = machines.add_worker("--no-nanny")
            assert workers.result(waiting).checks[0].verdict is Verdict.PASSED
            second.process.send_signal(signal.SIGSTOP)
            waiting = workers.submit(Job(submission, CHECK))
            second.lose()
            with pytest.raises(WorkersGone, match="For 20 seconds there has been no worker"):
                workers.result(waiting)
            with pytest.raises(WorkersGone):
                workers.result(workers.submit(Job(submission, CHECK)))


def test_a_job_that_ends_every_worker(
    kit: Kit, submission: Submission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up, although its worker comes back each time; the next one is graded."""
    with Machines(tmp_path) as machines:
        machines.add_worker()  # with a nanny, who starts it again
        with working(machines, kit, Said()) as workers:
            with monkeypatch.context() as patch:
                patch.setattr(cluster, "check_at_station", leave)
                lost = workers.submit(Job(submission, CHECK))
            with pytest.raises(GraderError, match="4 times Dask workers were lost") as caught:
                workers.result(lost)
            assert not isinstance(caught.value, ProcessDied | WorkersGone)
            assert passes(workers, submission)


def test_what_dask_gives_up_is_the_graders_fault() -> None:
    """As it does where some workers are left: an error of one job, which does not end the batch."""
    error = cluster._explained(KilledWorker("check", None, 3))
    assert isinstance(error, GraderError)
    assert not isinstance(error, ProcessDied | WorkersGone)
    assert error.message.startswith("4 times Dask workers were lost")


def leave(*_: object) -> None:
    os._exit(1)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_everything_may_be_encrypted(kit: Kit, submission: Submission, tmp_path: Path) -> None:
    """By Dask's own configuration; without a certificate nobody gets in."""
    settings = make_certificate(tmp_path)
    words = {name.upper().replace("-", "_").replace(".", "__"): value for name, value in settings.items()}
    environment = {f"DASK_{name}": value for name, value in words.items()}
    with Machines(tmp_path / "machines", "tls", **environment) as machines:
        machines.add_worker("--no-nanny")
        assert machines.address.startswith("tls://")
        with pytest.raises(UsageError, match="TLS") as caught, working(machines, kit, Said()):
            pass
        assert "distributed.comm.tls" in caught.value.hint
        with dask.config.set(settings), working(machines, kit, Said()) as workers:
            assert passes(workers, submission)


def make_certificate(folder: Path) -> dict[str, str]:
    """One for scheduler, workers and client, as settings of Dask's configuration."""
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=cluster"]
    subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    settings = {"distributed.comm.tls.ca-file": certificate}
    for role in ("scheduler", "worker", "client"):
        settings |= {
            f"distributed.comm.tls.{role}.{kind}": path
            for kind, path in (("key", key), ("cert", certificate))
        }
    return settings


def test_a_process_that_dies_costs_one_job(machines: Machines, kit: Kit, submission: Submission) -> None:
    """The worker stays, and starts another process for the next job."""
    with working(machines, kit, Said()) as workers:
        assert passes(workers, submission)
        for pid in grading_processes(machines.all[1].process.pid):
            kill(pid)
        with pytest.raises(ProcessDied, match="grading process ended by itself"):
            passes(workers, submission)
        assert passes(workers, submission)


def grading_processes(worker: int) -> list[int]:
    children = [(pid, Path(f"/proc/{pid}/cmdline").read_bytes()) for pid in descendants(worker)]
    return [pid for pid, command in children if b"grader.batch.child" in command]
