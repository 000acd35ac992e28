"""What a check holds in place of the student's code and of the reference solution.

A check calls `submission.convolve(image, kernel)` and gets plain values back. Nothing of the
student's runs in this process, and nothing that a check expects leaves it.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.checks import CheckFailed
from grader.errors import GraderError
from grader.grading.datasets import Datasets
from grader.grading.runner import CodeRunner
from grader.grading.source import FunctionSource, reachable_source
from grader.intake import (
    AnswersError,
    ExperimentsError,
    ExperimentsFile,
    parse_answers,
    parse_experiments,
)
from grader.models.calibration import Calibration, Setting
from grader.models.losses import LossProbes, identify_loss
from grader.models.spec import ModelSpec, SpecError
from grader.results import Verdict
from grader.sandbox import BuiltModel, FitReply, FitTask, SubmissionFault, Value, missing_function
from grader.submission import Submission


@dataclass(frozen=True)
class Timed:
    """A value with the seconds it took; both clocks are read outside the sandbox."""

    value: Value
    cpu_seconds: float
    wall_seconds: float


@dataclass(frozen=True)
class StudentModel:
    """A model that a builder returned. `spec` is None when it could not be validated; then
    `problem` says why, in words for the student."""

    function: str
    kwargs: dict[str, Value]
    spec: ModelSpec | None
    problem: str = ""

    @property
    def built(self) -> BuiltModel:
        """This model as an argument for another of the student's functions."""
        return BuiltModel(function=self.function, kwargs=self.kwargs)


class SubmissionProxy:
    """`submission.name(*args, **kwargs)` calls the student's function `name`."""

    def __init__(self, submission: Submission, runner: CodeRunner, seconds: float | None = None) -> None:
        self._submission = submission
        self._runner = runner
        self._seconds = seconds

    def __getattr__(self, function: str) -> Callable[..., Value]:
        if function.startswith("_"):
            raise AttributeError(function)
        return lambda *args, **kwargs: self._runner.call(function, args, kwargs, seconds=self._seconds).value

    def allowing(self, seconds: float) -> SubmissionProxy:
        """The same code with this time limit for a call: for functions that train."""
        return SubmissionProxy(self._submission, self._runner, seconds)

    def timed(self, function: str, *args: Value, **kwargs: Value) -> Timed:
        """Raises SubmissionFault, as a call does."""
        reply = self._runner.call(function, args, kwargs)
        return Timed(reply.value, reply.cpu_seconds, reply.wall_seconds)

    def model(self, function: str, **kwargs: Value) -> StudentModel:
        """Builds a model in the sandbox and validates its configuration here.

        Raises SubmissionFault when the builder fails; a model outside the allow-list comes back
        with `spec=None` and the reason. A loss of the student's own is known by what it answers.
        """
        reply = self._runner.model(function, kwargs)
        if reply.problem:
            return StudentModel(function, kwargs, None, reply.problem)
        try:
            spec = ModelSpec.parse(reply.config, reply.compile_config)
            if spec.has_own_loss and len(spec.output_shape) == 1:
                probes = LossProbes.draw(np.random.default_rng(), spec.output_shape[0])
                loss = identify_loss(probes, self._runner.loss(function, kwargs, probes))
                spec = ModelSpec.parse(reply.config, reply.compile_config, own_loss=loss)
        except SpecError as error:
            return StudentModel(function, kwargs, None, str(error))
        return StudentModel(function, kwargs, spec)

    def fit(self, model: StudentModel, task: FitTask) -> FitReply:
        """Trains in the sandbox a model that could not be validated. Raises SubmissionFault."""
        return self._runner.fit(model.function, model.kwargs, task)

    def source(self, function: str) -> FunctionSource:
        """Raises SubmissionFault(NOT_IMPLEMENTED) when no module defines the function."""
        found = reachable_source(self._submission, function)
        if found is None:
            raise missing_function(function, self._submission.modules)
        return found

    def answer(self, key: str) -> object:
        """The value of a key of answers.toml.

        Raises SubmissionFault(NOT_IMPLEMENTED) when it is absent or empty, CheckFailed when the
        file does not parse.
        """
        try:
            answers = parse_answers(self._submission.answers)
        except AnswersError as error:
            raise CheckFailed(f"answers.toml could not be read: {error}") from None
        value = answers.get(key, "")
        if value == "" or value == []:
            raise SubmissionFault(
                Verdict.NOT_IMPLEMENTED, f'answers.toml has no answer for "{key}" yet.', None, ""
            )
        return value

    @property
    def experiments(self) -> ExperimentsFile | None:
        """experiments.json, or None when it was not handed in. Raises CheckFailed when broken."""
        try:
            return parse_experiments(self._submission.experiments)
        except ExperimentsError as error:
            raise CheckFailed(f"experiments.json could not be read: {error}") from None


_HEAVY = frozenset({"keras", "tensorflow", "tf_keras"})


class ReferenceFault(GraderError):
    """The solution did not answer: a fault of ours, for which no student loses points."""


class ReferenceProxy:
    """The solution, and its calibration for the data sets in force.

    It runs in this process, which is the fastest; modules that import TensorFlow run in a sandbox, because
    every process that runs checks would have to import it too.
    """

    def __init__(
        self,
        folder: Path,
        calibration: Callable[[], Calibration],
        datasets: Datasets,
        runner: CodeRunner,
    ) -> None:
        self._folder = folder
        self._calibration = calibration
        self._datasets = datasets
        self._runner = runner

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)
        path = _find_solution(self._folder, function)
        if _HEAVY & _imported(path):
            return lambda *args, **kwargs: self.timed(function, *args, **kwargs).value
        found: Callable[..., Any] = getattr(_import_file(path), function)
        return found

    def timed(self, function: str, *args: Value, **kwargs: Value) -> Timed:
        """The solution's function in a sandbox of its own, equal to the student's. Raises ReferenceFault."""
        try:
            reply = self._runner.call(function, args, kwargs)
        except SubmissionFault as fault:
            raise ReferenceFault(
                f"The solution's {function} did not answer: {fault.message}\n{fault.detail}"
            ) from None
        return Timed(reply.value, reply.cpu_seconds, reply.wall_seconds)

    def spec(self, function: str) -> ModelSpec:
        """The solution's model with default arguments, as calibration recorded it."""
        return self._calibration().spec(function)

    def setting(self, experiment: str) -> Setting:
        """The calibrated distribution of an experiment on its data set in force."""
        dataset = self._datasets.of(self._datasets.assignment.experiment(experiment))
        return self._calibration().setting(experiment, dataset.digest)


def load_solution_module(folder: Path, function: str) -> ModuleType:
    """The module in `folder` that defines `function`, imported once per process.

    Raises LookupError when no module defines it: a mistake in the checks.
    """
    return _import_file(_find_solution(folder, function))


def _find_solution(folder: Path, function: str) -> Path:
    for path in sorted(folder.glob("*.py")):
        if any(isinstance(node, ast.FunctionDef) and node.name == function for node in _parsed(path).body):
            return path
    raise LookupError(f"no module in {folder} defines {function}")


def _imported(path: Path) -> frozenset[str]:
    """The packages that a module imports, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return frozenset(name.partition(".")[0] for name in names)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _import_file(path: Path) -> ModuleType:
    name = f"epochmark_reference.{path.parent.parent.name}.{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
