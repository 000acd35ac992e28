"""Free-text answers, kept for the instructor to read."""

from __future__ import annotations

from grader.assignment import Assignment
from grader.intake import AnswersError, parse_answers
from grader.results import FreeText
from grader.submission import Submission


def free_text_answers(submission: Submission, assignment: Assignment) -> tuple[FreeText, ...]:
    """The text answers that were given; none when answers.toml is absent or broken, which the
    checks on it report."""
    try:
        answers = parse_answers(submission.answers)
    except AnswersError:
        return ()
    return tuple(
        FreeText(id=question.id, task=question.task, question=question.question, text=text)
        for question in assignment.answers
        if question.kind == "text" and isinstance(text := answers.get(question.id), str) and text.strip()
    )
