"""assignment.toml as a typed object; errors name file, line, key and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from grader.evidence import Frozen
from grader.policy.drop import DropRule
from grader.policy.late import LatePolicy
from grader.toml_file import parse_toml, read_toml

Argument = bool | int | float | str
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
"""Names of assignments: they become folders, file names and words of a command."""


MOST_RUNS = 1000


class Limits(Frozen):
    """What one submission may use. Times are wall-clock seconds, sizes binary units."""

    call_seconds: float = Field(default=10, gt=0)
    total_seconds: float = Field(default=120, gt=0)
    memory_mib: int = Field(default=1500, ge=256)
    output_kib: int = Field(default=64, ge=1)


class Statistics(Frozen):
    """How accuracy is judged.

    `alpha` is the chance that a correct model fails one check, `margin` an accuracy granted on
    top of the prediction limit, `max_runs` the cap on training runs for one model; an experiment whose
    accuracy depends more on chance than others' may have its own.
    """

    alpha: float = Field(default=0.0025, gt=0, lt=0.5)
    margin: float = Field(default=0.0, ge=0, lt=0.5)
    max_runs: int = Field(default=5, ge=1, le=MOST_RUNS)


class Task(Frozen):
    """`points` are those of the task's checks; `credit` tells students where a part of a check's points is
    kept; `functions` are the names that a submission provides."""

    id: str = Field(min_length=1)
    title: str
    points: float = Field(ge=0)
    credit: str = ""
    functions: tuple[str, ...] = ()


class Question(Frozen):
    """One key of answers.toml. Text is kept for the instructor, the other kinds are checked.

    `points` are for a text, on top of its task's checks: an instructor gives them with `grader mark`, along
    the lines of rubric.toml, which students do not get. `choices` belong to the kinds "choice" (one of
    them) and "choices" (some of them). `shape` is the size of what is asked for: (rows, columns) of a
    "grid" of numbers, (count,) of "integers".
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    task: str
    kind: Literal["integer", "number", "text", "choice", "choices", "integers", "grid"]
    question: str
    choices: tuple[str, ...] = ()
    shape: tuple[Annotated[int, Field(gt=0)], ...] = ()
    points: float = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.points and self.kind != "text":
            raise ValueError(
                f'"{self.id}": points belong to the kind "text"; the others get theirs from checks'
            )
        if bool(self.choices) != self.kind.startswith("choice"):
            raise ValueError(
                f'"{self.id}": choices belong to the kinds "choice" and "choices", and only there'
            )
        axes = {"integers": 1, "grid": 2}.get(self.kind, 0)
        if len(self.shape) != axes:
            wanted = {0: "no shape", 1: "shape = [COUNT]", 2: "shape = [ROWS, COLUMNS]"}[axes]
            raise ValueError(f'"{self.id}": the kind "{self.kind}" has {wanted}')
        return self


class Experiment(Frozen):
    """One training setting of the student's own experiments.

    The student trains it `runs` times from scratch, calibration with `seeds` seeds, and the
    student's claim is held against that. `n` training images are used, or all where the data set
    has fewer. `datasets` stands in for the assignment's own list. The student's curves are `measured_on`
    the held-back images or on the test images, which leaves all others for training. `groups` names the
    figures of the lab report that show the runs. `max_runs` stands in for that of [statistics].
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    title: str
    model: str
    arguments: dict[str, Argument] = {}
    n: int = Field(gt=0)
    epochs: int = Field(gt=0)
    batch_size: int = Field(gt=0)
    validation_split: float = Field(default=0.1, ge=0, lt=1)
    groups: tuple[str, ...] = ()
    task: str
    datasets: tuple[str, ...] = ()
    runs: int = Field(default=1, ge=1, le=100)
    measured_on: Literal["validation", "test"] = "validation"
    seeds: int = Field(default=1, ge=1)
    max_runs: int | None = Field(default=None, ge=1, le=MOST_RUNS)
    student: bool = True

    @model_validator(mode="after")
    def _held_back_or_not(self) -> Self:
        if (self.measured_on == "test") == (self.validation_split > 0):
            raise ValueError(
                f'{self.name}: measured_on = "test" goes with validation_split = 0, "validation" with more'
            )
        return self


class Edge(Frozen):
    """`share` of the points for what the network of a calibrated setting reaches."""

    setting: str
    share: float = Field(ge=0, le=1)


class Band(Frozen):
    """An open task: points over the test accuracy of any network within the limits.

    The grader trains it `runs` times as `experiment` says and takes the mean. Shares grow linearly
    from one edge to the next. `max_multiplications` is forward, for one picture.
    """

    experiment: str
    runs: int = Field(default=1, ge=1, le=10)
    max_parameters: int = Field(gt=0)
    max_multiplications: int = Field(gt=0)
    edges: tuple[Edge, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _shares_rise(self) -> Self:
        shares = [edge.share for edge in self.edges]
        if sorted(set(shares)) != shares or shares[-1] != 1:
            raise ValueError(f"{self.experiment}: the shares of the edges must rise, up to 1")
        return self


class Lab(Frozen):
    """Names of the student's functions that the experiments and the lab report call; "" for none.

    `train(model, x, y, epochs, batch_size)` gives a history, `baseline(y_train, n)` n labels,
    `responses(rgb)` pictures of what the kernels make of an image (height, width, 3) of uint8.
    """

    train: str = ""
    baseline: str = ""
    responses: str = ""


class Section(Frozen):
    """One section of the student's own lab report; grader/report/lab_figures.py lists the figure words."""

    task: str
    title: str
    figures: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


class Assignment(Frozen):
    """The content of assignment.toml. Task ids, answer ids and experiment names are unique."""

    name: str = Field(pattern=NAME_PATTERN)
    title: str
    datasets: tuple[str, ...] = Field(min_length=1)
    limits: Limits = Limits()
    statistics: Statistics = Statistics()
    tasks: tuple[Task, ...] = Field(min_length=1)
    answers: tuple[Question, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    sections: tuple[Section, ...] = ()
    bands: tuple[Band, ...] = ()
    lab: Lab = Lab()
    late: LatePolicy | None = None
    drop: tuple[DropRule, ...] = ()

    @property
    def max_score(self) -> float:
        """The points of all checks and of all answers in words; `scoring` knows what of it does not count."""
        return sum(self.points_of(task.id) for task in self.tasks)

    def points_of(self, task_id: str) -> float:
        """Of a task's checks and of its answers in words."""
        return self.task(task_id).points + sum(question.points for question in self.written(task_id))

    def written(self, task_id: str) -> tuple[Question, ...]:
        """The questions of a task whose answers an instructor marks."""
        return tuple(question for question in self.answers if question.task == task_id and question.points)

    @property
    def without_policy(self) -> Self:
        """The same without due date and rules of what does not count."""
        return self.model_copy(update={"late": None, "drop": ()})

    def task(self, task_id: str) -> Task:
        """Raises KeyError for an unknown id."""
        return {task.id: task for task in self.tasks}[task_id]

    def question(self, answer_id: str) -> Question:
        """Raises KeyError for an unknown id."""
        return {question.id: question for question in self.answers}[answer_id]

    def experiment(self, name: str) -> Experiment:
        """Raises KeyError for an unknown name."""
        return {experiment.name: experiment for experiment in self.experiments}[name]

    def band(self, experiment: str) -> Band:
        """Raises KeyError where the experiment is not an open task's."""
        return {band.experiment: band for band in self.bands}[experiment]

    def datasets_of(self, experiment: Experiment) -> tuple[str, ...]:
        """In order of preference: the experiment's own list, or else the assignment's."""
        return experiment.datasets or self.datasets

    @property
    def dataset_lists(self) -> tuple[tuple[str, ...], ...]:
        """The assignment's list first, then those of experiments; each once."""
        own = (experiment.datasets for experiment in self.experiments if experiment.datasets)
        return tuple(dict.fromkeys([self.datasets, *own]))

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _refuse_duplicates("task id", [task.id for task in self.tasks])
        _refuse_duplicates("answer id", [answer.id for answer in self.answers])
        _refuse_duplicates("experiment name", [experiment.name for experiment in self.experiments])
        known = {task.id for task in self.tasks}
        for task in [
            item.task for items in (self.answers, self.experiments, self.sections) for item in items
        ]:
            if task not in known:
                raise ValueError(f'task = "{task}" is not one of the tasks: {", ".join(sorted(known))}')
        self._check_drop_rules()
        settings = {experiment.name for experiment in self.experiments}
        for band in self.bands:
            for name in (band.experiment, *(edge.setting for edge in band.edges)):
                if name not in settings:
                    raise ValueError(f'bands: "{name}" is not one of the experiments')
        questions = {answer.id for answer in self.answers}
        for section in self.sections:
            for answer in section.answers:
                if answer not in questions:
                    raise ValueError(f'section "{section.title}" shows the unknown answer "{answer}"')
        return self

    def _check_drop_rules(self) -> None:
        worth = {task.id: self.points_of(task.id) for task in self.tasks}
        _refuse_duplicates("drop: task", [task for rule in self.drop for task in rule.tasks])
        _refuse_duplicates("drop: check", [check for rule in self.drop for check in rule.checks])
        for rule in self.drop:
            for task in rule.tasks:
                if task not in worth:
                    raise ValueError(f'drop: "{task}" is not one of the tasks: {", ".join(worth)}')
            if len({worth[task] for task in rule.tasks}) > 1:
                raise ValueError(f"drop: the tasks {', '.join(rule.tasks)} must be worth the same points")


def _refuse_duplicates(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f'{what} "{name}" is used more than once')


def read_assignment(path: Path) -> Assignment:
    """Raises GraderError with file, line and key for anything that is not allowed."""
    return read_toml(Assignment, path)


def parse_assignment(text: str, source: str) -> Assignment:
    """`source` names the file in errors. Raises GraderError."""
    return parse_toml(Assignment, text, source)
