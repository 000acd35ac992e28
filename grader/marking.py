"""Answers in words: what waits for a mark, along which lines it is marked, and what an entry means. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from grader.assignment import Assignment, Question
from grader.assignment_folder import AssignmentFolder
from grader.errors import GraderError
from grader.evidence import Frozen
from grader.results import FreeText, SubmissionResult
from grader.toml_file import read_toml


class RubricLine(Frozen):
    """One thing that an answer earns points for."""

    answer: str
    points: float = Field(gt=0)
    text: str = Field(min_length=1)


class Rubric(Frozen):
    """The content of rubric.toml, which only instructors have."""

    lines: tuple[RubricLine, ...] = ()

    def of(self, question: Question) -> tuple[RubricLine, ...]:
        """The lines of a question; one for all its points where the file has none."""
        own = tuple(line for line in self.lines if line.answer == question.id)
        return own or (RubricLine(answer=question.id, points=question.points, text="The whole answer."),)


def read_rubric(folder: AssignmentFolder) -> Rubric:
    """Raises GraderError where the lines of an answer do not add up to its points, or belong to none."""
    path = folder.rubric
    rubric = read_toml(Rubric, path) if path.is_file() else Rubric()
    questions = {question.id: question for question in folder.assignment.answers}
    for name in dict.fromkeys(line.answer for line in rubric.lines):
        have = sum(line.points for line in rubric.lines if line.answer == name)
        wanted = questions[name].points if name in questions else 0
        if not math.isclose(have, wanted):
            raise GraderError(
                f"{path}: the lines of {name} come to {have:g} points; assignment.toml gives {wanted:g}.",
                hint="Make the two equal; only answers of the kind text have points.",
            )
    return rubric


@dataclass(frozen=True)
class Script:
    """The same words, whoever handed them in: one mark. `keys` is by student: where it is filed."""

    question: Question
    text: str
    keys: Mapping[str, str]


def open_scripts(
    results: Iterable[SubmissionResult], assignment: Assignment, *, marked_too: bool = False
) -> list[Script]:
    """What waits for a mark, question by question, so that one standard holds for all answers to it.

    Students are in the order of `results`. `marked_too` adds what has a mark already.
    """
    found: dict[tuple[str, str], dict[str, FreeText]] = {}
    for result in results:
        for answer in result.answers if result.checks else ():
            if marked_too or answer.key not in result.marks:
                found.setdefault((answer.id, answer.text), {})[result.student_id] = answer
    return [
        Script(question, text, {student: answer.key for student, answer in answers.items()})
        for question in (question for task in assignment.tasks for question in assignment.written(task.id))
        for (name, text), answers in found.items()
        if name == question.id
    ]


def parse_points(entry: str, lines: Sequence[RubricLine]) -> tuple[float, ...]:
    """One number a line, "all" or "none". Raises ValueError, in words for whoever typed it."""
    words = entry.lower().replace(",", " ").split()
    if words in (["all"], ["none"]):
        return tuple(line.points if words == ["all"] else 0.0 for line in lines)
    try:
        given = tuple(float(word) for word in words)
    except ValueError:
        raise ValueError(f'"{entry.strip()}" is neither numbers nor one of those words') from None
    if len(given) != len(lines):
        raise ValueError(f"that is {len(given)} for {len(lines)} lines: one number for each")
    for value, line in zip(given, lines, strict=True):
        if not 0 <= value <= line.points:  # so "nan" is refused as well
            raise ValueError(f'"{line.text}" has 0 to {line.points:g} points, not {value:g}')
    return given


def say_why(given: Sequence[float], lines: Sequence[RubricLine], comment: str) -> str:
    """What the student reads: each line with its points, then the comment."""
    told = [f"{value:g} of {line.points:g}: {line.text}" for value, line in zip(given, lines, strict=True)]
    return "\n".join([*told, *([comment] if comment else [])])
