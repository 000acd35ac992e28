"""`--executor`: which machines do the work. Nothing here imports Dask before it is asked for."""

from __future__ import annotations

import importlib
import logging
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from grader.batch.kit import Kit
from grader.batch.workers import Workers
from grader.errors import GraderError, UsageError
from grader.evidence import Frozen
from grader.grading.grade import GradingContext
from grader.results import Tier
from grader.toml_file import read_toml

DEFAULT_WAIT_SECONDS = 60.0
ADDRESS = re.compile(r"(?:dask|tcp|tls)://[^/\s:]+:\d{1,5}|(?:dask|tcp|tls)://\[[0-9a-fA-F:]+\]:\d{1,5}")
_CONNECT_SECONDS = 10.0
_INSTALL = "python -m pip install 'epochmark[dask]'"

ClusterClass = Literal[
    # The classes that a file may name: each starts Dask workers somewhere and can be closed. No
    # other name is looked up, since making an object of any class at all is running any program.
    "distributed.LocalCluster",
    "dask_jobqueue.SLURMCluster",
    "dask_jobqueue.PBSCluster",
    "dask_jobqueue.SGECluster",
    "dask_jobqueue.LSFCluster",
    "dask_jobqueue.HTCondorCluster",
    "dask_kubernetes.operator.KubeCluster",
]


class ClusterFile(Frozen):
    """A TOML file: either the `address` of a scheduler, or a `class` that makes a cluster from `options`.
    `wait_seconds` is how long to be without any worker, at the start and later."""

    address: str = Field(default="", pattern=rf"^(?:{ADDRESS.pattern})?$")
    cluster: ClusterClass | None = Field(default=None, alias="class")
    wait_seconds: float = Field(default=DEFAULT_WAIT_SECONDS, gt=0)
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.address) == bool(self.cluster):
            raise ValueError('give either address = "tcp://HOST:PORT" or class = "distributed.LocalCluster"')
        return self


@dataclass(frozen=True)
class Cluster:
    """A Dask client that is connected, and the scheduler's address for messages."""

    client: Any
    address: str
    wait_seconds: float


def parse_executor(text: str) -> ClusterFile:
    """`dask://HOST:PORT`, `tcp://HOST:PORT`, `tls://HOST:PORT` or the path of a file. Raises UsageError,
    GraderError with line and key for a file with mistakes."""
    if ADDRESS.fullmatch(text):
        return ClusterFile(address=text)
    path = Path(text)
    if "://" in text or not path.is_file():
        raise UsageError(
            f"--executor {text} is neither the address of a Dask scheduler nor a file.",
            hint="Give dask://HOST:PORT, tls://HOST:PORT, or a TOML file as docs/scale.md describes it.",
        )
    return read_toml(ClusterFile, path, manual="docs/scale.md")


@contextmanager
def open_cluster(
    executor: ClusterFile,
    context: GradingContext,
    tier: Tier,
    *,
    owner: Path,
    say: Callable[[str], None],
) -> Iterator[Workers]:
    """Workers of a cluster that can take jobs. `owner` is a file that only this run uses; `say` is told of
    machines that cannot help. Raises GraderError, UsageError."""
    with connect(executor) as cluster:
        from grader.batch.cluster import DaskWorkers  # needs Dask, which has just been found

        kit = Kit.pack(context, tier, f"{platform.node()}:{owner.resolve()}")
        with DaskWorkers(cluster, kit, context.runs, say) as workers:
            yield workers


@contextmanager
def connect(executor: ClusterFile) -> Iterator[Cluster]:
    """Raises UsageError when Dask is not installed or no scheduler answers, GraderError when the
    cluster cannot be made."""
    try:
        distributed = importlib.import_module("distributed")
    except ModuleNotFoundError:
        raise UsageError("--executor needs Dask, which is not installed.", hint=_INSTALL) from None
    if executor.cluster is None:
        address = re.sub("^dask:", "tcp:", executor.address)
        with _client(distributed, address, address) as client:
            yield Cluster(client, address, executor.wait_seconds)
        return
    with _make_cluster(executor) as cluster:
        address = cluster.scheduler_address
        with _client(distributed, cluster, address) as client:
            yield Cluster(client, address, executor.wait_seconds)


@contextmanager
def _client(distributed: Any, scheduler: Any, address: str) -> Iterator[Any]:
    dask = importlib.import_module("dask")
    try:
        _require_certificate(distributed, address)
        # Dask's own developers look at the last thousand messages, which may be a megabyte each.
        with dask.config.set({"distributed.admin.low-level-log-length": 0}):
            client = distributed.Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address} ({_first_cause(error)}).",
            hint="Start one there with: dask scheduler --port PORT, or correct --executor.",
        ) from None
    with _without_log(), client:
        yield client


def _require_certificate(distributed: Any, address: str) -> None:
    given = distributed.Security().get_connection_args("client")
    if address.startswith("tls:") and given.get("ssl_context") is None:
        raise UsageError(
            "A scheduler behind TLS asks for a certificate, and Dask's configuration has none.",
            hint="Name the files as distributed.comm.tls.ca-file, distributed.comm.tls.client.cert and "
            "distributed.comm.tls.client.key, in ~/.config/dask/ or in variables of the environment.",
        )


@contextmanager
def _without_log() -> Iterator[None]:
    """A lost connection is told in our words; Dask would put tracebacks beside them."""
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _make_cluster(executor: ClusterFile) -> Any:
    """The cluster of the file, a context manager."""
    assert executor.cluster is not None, "validated"
    module, _, name = executor.cluster.rpartition(".")
    try:
        make = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        raise UsageError(
            f"{executor.cluster} is not installed.",
            hint=f"python -m pip install {module.partition('.')[0].replace('_', '-')}",
        ) from None
    try:
        return make(**executor.options)
    except Exception as error:
        raise GraderError(
            f"{executor.cluster} could not be made: {_first_cause(error)}",
            hint="Correct [options]; they are the arguments of that class, see its documentation.",
        ) from error


def _first_cause(error: BaseException) -> str:
    """In words. Dask wraps what happened into what it was doing then."""
    told, cause = error, error.__cause__
    while cause is not None:
        told = cause if str(cause) else told
        cause = cause.__cause__
    return f"{type(told).__name__}: {told}"
