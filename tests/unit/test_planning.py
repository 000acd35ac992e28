"""What stays of an earlier result, and which checks run."""

from __future__ import annotations

import pytest

from grader.checks_digest import CheckDigests
from grader.drafts import Draft
from grader.planning import Planner
from grader.results import SubmissionResult, Verdict
from tests.unit.builders import make_check, make_result

DIGESTS = CheckDigests({"x": "1", "y": "2", "z": "3"}, everything="e", whole="w")
FILES = "d" * 64


def stored(**digests: str) -> SubmissionResult:
    checks = [make_check(name).model_copy(update={"digest": digest}) for name, digest in digests.items()]
    return make_result("s", *checks)


ENVIRONMENT = stored().environment
PLANNER = Planner(DIGESTS, ENVIRONMENT)


def names(draft: Draft | None) -> tuple[set[str], set[str]]:
    """Kept and to run; none of them waits for a training run."""
    assert draft is not None
    assert not any(draft.waiting.values())
    return {check.check for check in draft.checks}, set(draft.waiting)


@pytest.mark.parametrize(
    ("digests", "asked", "kept", "run"),
    [
        ({"x": "1", "y": "2", "z": "3"}, set(), {"x", "y", "z"}, set()),
        ({"x": "1", "y": "old", "z": "3"}, set(), {"x", "z"}, {"y"}),
        ({"x": "1", "y": "2"}, set(), {"x", "y"}, {"z"}),
        ({"x": "1", "y": "2", "z": "3", "gone": "4"}, set(), {"x", "y", "z"}, set()),
        ({"x": "1", "y": "2", "z": "old"}, {"x"}, {"y"}, {"x", "z"}),
        ({"x": "", "y": "", "z": ""}, set(), set(), {"x", "y", "z"}),
    ],
)
def test_what_changed_runs_and_the_rest_stays(
    digests: dict[str, str], asked: set[str], kept: set[str], run: set[str]
) -> None:
    """Changed, new and asked for checks run; removed ones go; those of an old gradebook all run."""
    assert names(PLANNER.plan(stored(**digests), FILES, asked)) == (kept, run)


def test_a_fault_of_ours_is_tried_again() -> None:
    """It is no result, whatever its digest is."""
    fine = stored(x="1", y="2", z="3")
    broken = fine.checks[1].model_copy(update={"verdict": Verdict.GRADER_ERROR, "score": None})
    result = fine.model_copy(update={"checks": (fine.checks[0], broken, fine.checks[2])})
    assert names(PLANNER.plan(result, FILES)) == ({"x", "z"}, {"y"})


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"tier": "T2"}, {"versions": {"keras": "9"}}],
)
def test_another_environment_lets_nothing_stay(change: dict[str, object]) -> None:
    """Nor do other files, or a result that never came to checks."""
    planner = Planner(DIGESTS, type(ENVIRONMENT).model_validate({**ENVIRONMENT.model_dump(), **change}))
    result = stored(x="1", y="2", z="3")
    assert planner.plan(result, FILES) is None
    assert PLANNER.plan(result, "other files") is None
    assert PLANNER.plan(stored(), FILES) is None


def test_only_what_was_asked_for() -> None:
    """Whatever else changed stays as it was, and the result says that it is not what the checks are now."""
    planner = Planner(DIGESTS, ENVIRONMENT, changed_too=False)
    before = stored(x="1", y="old", z="3", gone="4")
    draft = planner.plan(before, FILES, {"x"})
    assert names(draft) == ({"y", "z", "gone"}, {"x"})
    assert draft is not None
    after = planner.stamp(make_result("s", make_check("x"), *draft.checks))
    assert after.checks_digest not in ("w", before.checks_digest)
    assert names(PLANNER.plan(after, FILES)) == ({"x", "z"}, {"y"})


def test_a_result_is_whole_when_all_of_its_checks_are_what_they_are_now() -> None:
    """Also when the last of them was asked for by name: then nothing is left to do."""
    planner = Planner(DIGESTS, ENVIRONMENT, changed_too=False)
    draft = planner.plan(stored(x="old", y="2", z="3"), FILES, {"x"})
    assert draft is not None
    assert planner.stamp(make_result("s", make_check("x"), *draft.checks)).checks_digest == "w"
    in_part = planner.plan(stored(x="old", y="2"), FILES, {"x"})
    assert in_part is not None
    assert planner.stamp(make_result("s", make_check("x"), *in_part.checks)).checks_digest != "w"


def test_where_names_cannot_be_told() -> None:
    """Everything stays or everything runs; a check that was asked for can run alone."""
    unknown = CheckDigests({"x": "e"}, everything="e", whole="w", complete=False)
    assert names(Planner(unknown, ENVIRONMENT).plan(stored(x="e", made="e"), FILES)) == ({"x", "made"}, set())
    assert Planner(unknown, ENVIRONMENT).plan(stored(x="e", made="old"), FILES) is None
    asked = Planner(unknown, ENVIRONMENT, changed_too=False).plan(stored(x="e", made="e"), FILES, {"made"})
    assert names(asked) == ({"x"}, {"made"})


def test_a_result_is_stamped_with_what_its_checks_were() -> None:
    """Kept checks keep their digest, in the order that the files have now."""
    draft = PLANNER.plan(stored(z="3", x="old", y="2"), FILES)
    assert draft is not None
    stamped = PLANNER.stamp(make_result("s", *draft.checks, make_check("x", score=1)))
    assert [(check.check, check.digest) for check in stamped.checks] == [("x", "1"), ("y", "2"), ("z", "3")]
    assert stamped.checks_digest == "w"
    assert names(PLANNER.plan(stamped, FILES)) == ({"x", "y", "z"}, set())


def test_a_check_of_an_old_gradebook_is_not_called_new() -> None:
    """Kept while another was asked for, it is one that nobody knows what it was."""
    planner = Planner(DIGESTS, ENVIRONMENT, changed_too=False)
    draft = planner.plan(stored(x="", y=""), FILES, {"x"})
    assert draft is not None
    stamped = planner.stamp(make_result("s", make_check("x"), *draft.checks))
    assert {check.check: check.digest for check in stamped.checks} == {"x": "1", "y": "unknown"}
    assert names(PLANNER.plan(stamped, FILES)) == ({"x"}, {"y", "z"})


def test_a_draft_is_on_its_way_to_one_thing() -> None:
    """What was begun for other checks is of no use."""
    assert PLANNER.goal(set()) == "w"
    assert len({PLANNER.goal(asked) for asked in ({"x"}, {"y"}, {"x", "y"})}) == 3
    assert PLANNER.goal({"x", "y"}) == PLANNER.goal({"y", "x"})
