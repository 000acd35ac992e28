"""Classes of made-up students: folders of submissions, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root
from tests.bench.variants import Filters, rewrite

SAMPLES = clone_root() / "tests" / "submissions"
ASSIGNMENTS = Path(__file__).parent / "assignments"
SMALL = ASSIGNMENTS / "reference" / "small_week" / "solution"
WEEK8 = "cs7cs4_week8"

STANDARD = (
    "folder_of_modules",
    "functional_models",
    "helpers_and_main_guard",
    "rows_as_a_dict",
    "tf_keras_and_columns",
    "vectorised",
)
"""Correct samples of cs7cs4_week8 that others are made from; all have the reference's architecture."""

OTHERS = (
    Filters("build_strided", {16: 18, 32: 36}),
    Filters("build_strided", {16: 20, 32: 40}),
    Filters("build_strided", {32: 48}),
    Filters("build_pooled", {16: 18, 32: 36}),
    Filters("build_pooled", {16: 20}),
    Filters("build_deep", {8: 10, 16: 20, 32: 40}),
    Filters("build_deep", {8: 12, 16: 24}),
    Filters("build_deep", {32: 48}),
)
"""Eight networks that are not the reference's: each must be trained, and learns as well."""

FAILING = (
    "transposed_kernel",
    "eight_bit_overflow",
    "stride_two",
    "baseline_own_labels",
    "wrong_numbers",
    "unfinished_starter",
    "raising",
    "syntax_error",
    "train_returns_nothing",
    "exits_the_process",
)
"""Wrong samples that fail in ten ways. An endless loop is not among them: it costs its time limits."""


@dataclass(frozen=True)
class Student:
    """A submission in the making: a folder to start from, and the architecture if it is another."""

    name: str
    origin: Path
    other: Filters | None = None


def class_of_100() -> tuple[Student, ...]:
    """70 students with the reference's networks, 20 with eight others, 10 that fail."""
    correct, wrong = SAMPLES / "correct" / WEEK8, SAMPLES / "wrong" / WEEK8
    standard = [
        Student(f"standard-{index:02}", correct / STANDARD[index % len(STANDARD)]) for index in range(70)
    ]
    others = [
        Student(f"other-{index:02}", correct / "folder_of_modules", OTHERS[index % len(OTHERS)])
        for index in range(20)
    ]
    failing = [Student(f"failing-{index:02}", wrong / name) for index, name in enumerate(FAILING)]
    return (*standard, *others, *failing)


def small_class(students: int, architectures: int = 0) -> tuple[Student, ...]:
    """Submissions to small_week: all with the reference's network, or with so many others in turn."""
    return tuple(
        Student(
            f"student-{index:04}", SMALL, _small_network(index % architectures) if architectures else None
        )
        for index in range(students)
    )


def _small_network(number: int) -> Filters:
    return Filters("build_network", {8: 9 + number, 16: 17 + number})


def write_class(students: Iterable[Student], folder: Path, seed: int = 8) -> Path:
    """One folder each; what fails keeps its words, for its mistake may lie in them."""
    for student in students:
        rng = random.Random(f"{seed}/{student.name}")
        for path in sorted(student.origin.rglob("*")):
            if path.suffix not in (".py", ".toml") or path.name == "expected.toml":
                continue
            target = folder / student.name / path.relative_to(student.origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".py" and "wrong" not in student.origin.parts:
                text = rewrite(text, rng, student.other)
            target.write_text(text, encoding="utf-8")
    return folder
