"""Where a submission begins: with nothing, with what may stay, with a draft, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import parse_assignment
from grader.checks_digest import CheckDigests
from grader.commands.notebook import GradebookNotes, Tally
from grader.drafts import Draft
from grader.gradebook import Gradebook, open_gradebook
from grader.planning import Planner
from grader.results import Adjustment, SubmissionResult
from grader.submission import Submission
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

TINY = parse_assignment(GOOD, "assignment.toml")
NOW = CheckDigests({"x": "1", "y": "2"}, everything="e", whole="w")
BEFORE = CheckDigests({"x": "1", "y": "old"}, everything="old", whole="v")
ENVIRONMENT = make_result("s").environment
FILES = "d" * 64


def planner(digests: CheckDigests = NOW, *, changed_too: bool = True) -> Planner:
    return Planner(digests, ENVIRONMENT, changed_too)


def handed_in(digest: str = FILES) -> Submission:
    return Submission("s", digest, ("work.py",), ())


def fresh() -> SubmissionResult:
    """As a batch gives it: checks that have just run."""
    return make_result("s", make_check("x"), make_check("y", "b", points=4, score=1))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    """With a result of the checks as they were before."""
    with open_gradebook(tmp_path / "gradebook.sqlite") as gradebook:
        Tally().put(fresh(), gradebook, planner(BEFORE), TINY)
        yield gradebook


def begin(gradebook: Gradebook, digest: str = FILES, *, changed_too: bool = True) -> Draft | None:
    return GradebookNotes.of(gradebook, planner(changed_too=changed_too)).begun(handed_in(digest))


def names(draft: Draft | None) -> tuple[list[str], list[str]]:
    assert draft is not None
    return [check.check for check in draft.checks], list(draft.waiting)


def test_what_may_stay(book: Gradebook) -> None:
    """The check that has not changed; nothing of other files, and nothing for a student who is new."""
    assert names(begin(book)) == (["x"], ["y"])
    assert begin(book, "other files") == Draft()
    newcomer = GradebookNotes.of(book, planner()).begun(Submission("t", FILES, (), ()))
    assert newcomer == Draft()


def test_what_is_settled_is_left_alone(book: Gradebook) -> None:
    """Also by a run that is for what was asked for only, whatever has changed."""
    assert begin(book, changed_too=False) is None
    Tally().put(fresh(), book, planner(), TINY)
    assert begin(book) is None


def test_a_draft_goes_on(book: Gradebook) -> None:
    """As long as it is on its way to the same."""
    notes = GradebookNotes.of(book, planner())
    draft = Draft(checks=(make_check("x"),), waiting={"y": ()})
    notes.keep(handed_in(), draft)
    assert begin(book) == draft
    assert begin(book, "other files") == Draft()
    book.ask_for(["s"], ["x"])
    assert names(begin(book)) == ([], ["x", "y"]), "what has run before it was asked for does not count"


def test_a_draft_that_nobody_needs_goes_away(book: Gradebook) -> None:
    """Checks were changed, a run was interrupted, and they were put back: no run waits for it for ever."""
    GradebookNotes.of(book, planner()).keep(handed_in(), Draft(waiting={"y": ()}))
    notes = GradebookNotes.of(book, planner(BEFORE))
    assert notes.begun(handed_in()) is None
    assert list(notes.kept()) == []


def test_what_was_asked_for_runs(book: Gradebook) -> None:
    """Alone in a regrade, with what has changed in an ordinary run; once."""
    book.ask_for(["s"], ["x"])
    assert names(begin(book, changed_too=False)) == (["y"], ["x"])
    assert names(begin(book)) == ([], ["x", "y"])
    Tally().put(fresh(), book, planner(), TINY)
    assert begin(book) is None


def test_a_run_is_tallied(book: Gradebook) -> None:
    """Who was graded wholly or in part, whose total moved, and which decisions stand."""
    decided = Adjustment(check="y", points=2, who="m", at="2026-01-02T03:04:05+00:00", why="seen")
    book.adjust("s", decided, TINY)
    draft = begin(book)
    assert draft is not None
    again = make_result("s", *draft.checks, make_check("y", "b", points=4, score=4))
    tally = Tally()
    tally.put(again, book, planner(), TINY)
    assert (tally.graded, tally.whole, tally.in_part, tally.again) == ({"s"}, [], 1, {"y": 1})
    assert tally.moved == [], "the decision stands"
    ((student, check, item),) = tally.standing
    assert (student, check.score, item) == ("s", 4, decided)
    whole = Tally()
    whole.put(
        make_result("s", make_check("x", score=0), make_check("y", "b", points=4)), book, planner(), TINY
    )
    assert (whole.whole, whole.in_part, whole.moved) == (["s"], 0, [("s", 5, 2)])
