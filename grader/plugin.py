"""The pytest plugin: runs checks against one submission and turns outcomes into CheckResults.

A check is a pytest test with the mark of `grader.checks.check`. Its fixtures come from here:
`submission`, `reference`, `rng`, `training`, `evidence`, `dataset`, `datasets`, `assignment` and
`expect_learning`. What a test raises decides the verdict; whatever is not a student's fault is a
GRADER_ERROR, unscored.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np
import pytest

from grader.assignment import Assignment
from grader.checks import expect_accuracy
from grader.data import Dataset
from grader.evidence import Evidence
from grader.grading.datasets import Datasets
from grader.grading.proxy import ReferenceProxy, SubmissionProxy
from grader.grading.runner import CodeRunner, Noted
from grader.grading.training import Deferred, TrainingDesk
from grader.models.trainer import TrainingTask
from grader.results import CheckResult
from grader.verdicts import CaseOutcome, combine, judge


class EvidenceBox:
    """What a check wants to show. Everything added may be read by the student."""

    def __init__(self) -> None:
        self.items: list[Evidence] = []

    def add(self, item: Evidence) -> None:
        self.items.append(item)


@dataclass(frozen=True)
class Desk:
    """Everything the fixtures hand out, for one submission."""

    assignment: Assignment
    datasets: Datasets
    submission: SubmissionProxy
    reference: ReferenceProxy
    training: TrainingDesk
    runner: CodeRunner
    seed: int


@dataclass
class _Gathered:
    """The cases of one check as they come in."""

    mark: pytest.Mark
    order: int
    outcomes: list[CaseOutcome] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    output: str = ""


class GradingPlugin:
    """Registered for one pytest run over one submission; `results()` afterwards.

    `on_task` hears of each task, with its results, as soon as its last check has run.
    """

    def __init__(
        self,
        desk: Desk,
        only: frozenset[str] | None = None,
        on_task: Callable[[str, tuple[CheckResult, ...]], None] = lambda task, checks: None,
    ) -> None:
        self._desk = desk
        self._only = only
        self._on_task = on_task
        self._tasks: dict[str, str] = {}
        self._left: Counter[str] = Counter()
        self._gathered: dict[str, _Gathered] = {}
        self._order: dict[str, int] = {}
        self._boxes: dict[str, EvidenceBox] = {}
        self.deferred: dict[str, tuple[TrainingTask, ...]] = {}
        self.broken_collection: list[str] = []

    # -- fixtures -------------------------------------------------------------------------------

    @pytest.fixture(scope="session")
    def submission(self) -> SubmissionProxy:
        return self._desk.submission

    @pytest.fixture(scope="session")
    def reference(self) -> ReferenceProxy:
        return self._desk.reference

    @pytest.fixture(scope="session")
    def training(self) -> TrainingDesk:
        return self._desk.training

    @pytest.fixture(scope="session")
    def dataset(self) -> Dataset:
        return self._desk.datasets.default

    @pytest.fixture(scope="session")
    def datasets(self) -> Datasets:
        return self._desk.datasets

    @pytest.fixture(scope="session")
    def assignment(self) -> Assignment:
        return self._desk.assignment

    @pytest.fixture(scope="module")
    def module_rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """As `rng`, for a module's own fixtures, which several checks share."""
        return np.random.default_rng([self._desk.seed, zlib.crc32(request.node.name.encode())])

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Seeded by the run's secret seed and the case's name: same seed, same inputs."""
        return np.random.default_rng([self._desk.seed, zlib.crc32(request.node.name.encode())])

    @pytest.fixture
    def evidence(self, request: pytest.FixtureRequest) -> EvidenceBox:
        return self._boxes.setdefault(request.node.nodeid, EvidenceBox())

    @pytest.fixture
    def expect_learning(
        self,
        submission: SubmissionProxy,
        reference: ReferenceProxy,
        training: TrainingDesk,
        assignment: Assignment,
        datasets: Datasets,
        evidence: EvidenceBox,
        rng: np.random.Generator,
    ) -> Callable[[str], None]:
        """`expect_learning(EXPERIMENT)` is `expect_accuracy` with everything that it needs."""

        def expect(name: str) -> None:
            experiment = assignment.experiment(name)
            expect_accuracy(
                submission.model(experiment.model, **experiment.arguments),
                experiment,
                submission=submission,
                training=training,
                reference=reference,
                rules=assignment.statistics,
                dataset=datasets.of(experiment),
                evidence=evidence,
                seed=int(rng.integers(2**31)),
            )

        return expect

    # -- hooks ----------------------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        # No tracebacks of pytest's: they quote whole functions, and finding where these begin and end
        # takes longer than all the checks of a submission. --tb belongs to the terminal, which is off.
        config.option.tbstyle = "no"
        config.addinivalue_line("markers", "check(task, points, title, feedback): a check of a submission")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken_collection.append(str(report.longrepr))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        checks = [item for item in items if item.get_closest_marker("check") is not None]
        for item in checks:
            self._order.setdefault(_check_name(item), len(self._order))
        items[:] = [item for item in checks if self._only is None or _check_name(item) in self._only]
        self._tasks = {item.nodeid: _task_of(item) for item in items}
        self._left = Counter(self._tasks.values())
        for task in self._desk.assignment.tasks:
            if task.id not in self._left:
                self._on_task(task.id, ())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call" or call.excinfo is not None:
            self._take(item, call)
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        task = self._tasks[nodeid]
        self._left[task] -= 1
        if self._left[task] == 0:
            self._on_task(task, tuple(result for result in self.results() if result.task == task))

    # -- results --------------------------------------------------------------------------------

    def results(self) -> tuple[CheckResult, ...]:
        """One result per check that finished, in the order of the files."""
        return tuple(
            combine(name, gathered.mark, gathered.outcomes, gathered.evidence, gathered.output).model_copy(
                update={"order": gathered.order}
            )
            for name, gathered in self._gathered.items()
            if name not in self.deferred
        )

    def _take(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        name = _check_name(item)
        error = call.excinfo.value if call.excinfo is not None else None
        noted = self._desk.runner.take_notes()
        if isinstance(error, Deferred):
            self.deferred[name] = self.deferred.get(name, ()) + error.tasks
            return
        mark = item.get_closest_marker("check")
        assert mark is not None, "items without the mark are not selected"
        gathered = self._gathered.setdefault(name, _Gathered(mark, self._order[name]))
        outcome = judge(error, mark, item.path)
        gathered.outcomes.append(outcome)
        box = self._boxes.pop(item.nodeid, EvidenceBox())
        gathered.evidence += _worth_showing(noted, box, outcome, gathered.evidence)
        gathered.output = gathered.output or noted.output


def _worth_showing(
    noted: Noted, box: EvidenceBox, outcome: CaseOutcome, already: list[Evidence]
) -> list[Evidence]:
    """A check's own evidence, and one example of what the code returned: of the first case that
    did not pass, or else of the first."""
    shown = list(box.items)
    if noted.returned and not any(item.type == "returned" for item in already):
        shown.append(noted.returned[-1])
    return shown


def _check_name(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", None) or item.name)


def _task_of(item: pytest.Item) -> str:
    mark = item.get_closest_marker("check")
    assert mark is not None, "items without the mark are not selected"
    return str(mark.kwargs["task"])
