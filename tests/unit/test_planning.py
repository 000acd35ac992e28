"""What stays of an earlier result, and which checks run."""

from __future__ import annotations

import pytest

from grader.checks_digest import CheckDigests
from grader.planning import Planner, Start
from grader.results import SubmissionResult
from tests.unit.builders import make_check, make_result

DIGESTS = CheckDigests({"x": "1", "y": "2", "z": "3"}, everything="e", whole="w")
FILES = "d" * 64


def stored(**digests: str) -> SubmissionResult:
    checks = [make_check(name).model_copy(update={"digest": digest}) for name, digest in digests.items()]
    return make_result("s", *checks)


ENVIRONMENT = stored().environment
PLANNER = Planner(DIGESTS, ENVIRONMENT)


def names(start: Start | None) -> tuple[set[str], set[str]]:
    """Kept and to run."""
    assert start is not None
    return {check.check for check in start.kept}, set(start.run)


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
    start = PLANNER.plan(stored(**digests), FILES, asked)
    assert names(start) == (kept, run)
    assert start is not None
    assert start.checks_digest == "w"


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
    """Whatever else changed stays as it was, and so does the digest, which still says that it is old."""
    planner = Planner(DIGESTS, ENVIRONMENT, changed_too=False)
    before = stored(x="1", y="old", z="3", gone="4")
    start = planner.plan(before, FILES, {"x"})
    assert names(start) == ({"y", "z", "gone"}, {"x"})
    assert start is not None
    assert start.checks_digest == before.checks_digest


def test_where_names_cannot_be_told() -> None:
    """Everything stays or everything runs; a check that was asked for can run alone."""
    unknown = CheckDigests({"x": "e"}, everything="e", whole="w", complete=False)
    assert names(Planner(unknown, ENVIRONMENT).plan(stored(x="e", made="e"), FILES)) == ({"x", "made"}, set())
    assert Planner(unknown, ENVIRONMENT).plan(stored(x="e", made="old"), FILES) is None
    asked = Planner(unknown, ENVIRONMENT, changed_too=False).plan(stored(x="e", made="e"), FILES, {"made"})
    assert names(asked) == ({"x"}, {"made"})


def test_a_result_is_stamped_with_what_its_checks_were() -> None:
    """Kept checks keep their digest, in the order that the files have now."""
    start = PLANNER.plan(stored(z="3", x="old", y="2"), FILES)
    assert start is not None
    result = make_result("s", *start.kept, make_check("x", score=1))
    stamped = PLANNER.stamp(result, start)
    assert [(check.check, check.digest) for check in stamped.checks] == [("x", "1"), ("y", "2"), ("z", "3")]
    assert stamped.checks_digest == "w"
    assert PLANNER.stamp(make_result("s", make_check("x")), None).checks[0].digest == "1"
    assert names(PLANNER.plan(stamped, FILES)) == ({"x", "y", "z"}, set())


def test_an_unchanged_old_check_is_not_called_new() -> None:
    """A check without a digest, kept while another was asked for, still has none."""
    planner = Planner(DIGESTS, ENVIRONMENT, changed_too=False)
    start = planner.plan(stored(x="", y=""), FILES, {"x"})
    assert start is not None
    stamped = planner.stamp(make_result("s", make_check("x"), *start.kept), start)
    assert {check.check: check.digest for check in stamped.checks} == {"x": "1", "y": ""}
