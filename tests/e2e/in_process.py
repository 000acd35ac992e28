"""Grades submissions in this process, as a job of a batch does: check, train what is missing, check again."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root, load_assignment
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext, grade_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.results import CheckResult
from grader.sandbox import Sandbox
from grader.submission import Submission

EVERYTHING = os.environ.get("EPOCHMARK_ALL_SAMPLES") == "1"


class Checks:
    """The hidden checks of an assignment, with their tasks.

    By convention, the names of those that may train outside the sandbox end in `_accuracy`.
    """

    def __init__(self, assignment: str) -> None:
        self.folder = load_assignment(assignment, clone_root())
        self._tasks = {
            name: task
            for path in self.folder.hidden_checks.glob("test_*.py")
            for name, task in _tasks(path).items()
        }
        self.all = frozenset(self._tasks)
        self.accuracy = frozenset(name for name in self.all if name.endswith("_accuracy"))

    def worth_running(self, aimed_at: frozenset[str]) -> frozenset[str]:
        """Those of the tasks in which the sample is wrong, without accuracies that are not the point."""
        if EVERYTHING:
            return self.all
        tasks = {self._tasks[name] for name in aimed_at}
        of_these = {name for name, task in self._tasks.items() if task in tasks}
        return frozenset(of_these) - (self.accuracy - aimed_at)


def _tasks(path: Path) -> dict[str, str]:
    """The task of each check of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checks = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    return {check.name: _task(check) for check in checks}


def _task(check: ast.FunctionDef) -> str:
    words = [word for mark in check.decorator_list if isinstance(mark, ast.Call) for word in mark.keywords]
    return str(next(ast.literal_eval(word.value) for word in words if word.arg == "task"))


@dataclass(frozen=True)
class Grader:
    """A warm sandbox, trainers, and the file where training runs are kept."""

    sandbox: Sandbox
    trainers: TrainerPool
    store: Path

    def grade(
        self, submission: Submission, checks: Checks, only: frozenset[str], seed: int
    ) -> dict[str, CheckResult]:
        """The results of the checks in `only`, by name; `seed` is the secret one of a class."""
        folder, store = checks.folder, TrainingStore(self.store)
        names = Datasets.at_hand(folder.assignment).names
        context = GradingContext(folder, folder.hidden_checks, names, store, seed)
        results: dict[str, CheckResult] = {}
        while only:
            outcome = grade_submission(submission, context, self.sandbox, only=only)
            results |= {check.check: check for check in outcome.checks}
            only = frozenset(outcome.deferred)
            tasks = [task for missing in outcome.deferred.values() for task in missing]
            assert train_all(tasks, store, pool=self.trainers) == {}
        return results
