"""The sample class once more, with active content in every text that a student can have a say in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, TypeVar

from pydantic import BaseModel

from grader.evidence import LayerRow, Series, Standing
from grader.report import LabReport
from grader.results import Adjustment, SubmissionResult, Verdict
from grader.similar import Pair
from grader.text import plain
from tests.report.payloads import PAYLOADS
from tests.report.sample_lab import make_lab
from tests.report.samples import broken, check, failing, faulty, passing, result, self_check
from tests.similar.programs import pair_of, write_program

AnyModel = TypeVar("AnyModel", bound=BaseModel)

# What the grader or the author of an assignment says: enumerations, and names that lead from one to another.
_NOT_THE_STUDENT_S = frozenset(
    {"assignment", "task", "verdict", "type", "status", "role", "tier", "schema_version", "digest", "name"}
    | {"checks_digest"}
)
_NAMED_BY_STUDENTS = (LayerRow,)
_KEYS_OF_STUDENTS = frozenset({"settings", "versions"})


def texts(layer: str) -> Iterator[str]:
    """All payloads in one text; each text begins with another, for the fields that are cut."""
    aimed = [payload.aimed(layer) for payload in PAYLOADS]
    for number in count():
        place = number % len(aimed)
        yield " ".join(aimed[place:] + aimed[:place])


def poison(model: AnyModel, supply: Iterator[str]) -> AnyModel:
    """The same, with a text from `supply` in the place of each that a student can have a say in."""
    kept = _NOT_THE_STUDENT_S - ({"name"} if isinstance(model, _NAMED_BY_STUDENTS) else set())
    changes = {
        name: _poisoned(getattr(model, name), name, supply)
        for name in type(model).model_fields
        if name not in kept
    }
    return model.model_copy(update=changes)


def _poisoned(value: Any, name: str, supply: Iterator[str]) -> Any:
    match value:
        case "":
            return ""  # no problem, no fault, no remark: what is absent stays absent
        case str():
            text = next(supply)
            # Intake makes ids of letters, digits, ".", "_" and "-"; here they are worse, but printable.
            return plain(text) if name == "student_id" else text
        case BaseModel():
            return poison(value, supply)
        case tuple():
            return tuple(_poisoned(item, name, supply) for item in value)
        case Mapping():
            own = name in _KEYS_OF_STUDENTS
            return {next(supply) if own else key: _poisoned(v, name, supply) for key, v in value.items()}
    return value


def hostile_class(layer: str) -> dict[str, SubmissionResult]:
    """Each kind of page that a submission can have, by name."""
    supply = texts(layer)
    standing = Standing(board="b", test_accuracy=0.5, parameters=7, runs=1)
    open_task = check("test_band", "ii.c", "Band", 1, evidence=(standing,))
    ranked = passing().model_copy(update={"checks": (*passing().checks, open_task)})
    kinds = {
        "failing": failing(),
        "passing": ranked,
        "self-check": self_check(),
        "problem": broken(),
        "fault": faulty(),
    }
    return {kind: _decide(poison(result, supply), supply) for kind, result in kinds.items()}


def _decide(result: SubmissionResult, supply: Iterator[str]) -> SubmissionResult:
    """With a decision by hand about a check and the total, whoever wrote the reasons."""
    decided = tuple(
        Adjustment(check=check, points=1, who=next(supply), at="2026-01-02T03:04:05+00:00", why=next(supply))
        for check in (result.checks[0].check if result.checks else next(supply), "")
    )
    return result.model_copy(update={"adjustments": decided})


def hostile_lab(layer: str) -> LabReport:
    """A lab report of which all but the assignment is the student's."""
    return poison(make_lab(), texts(layer))


def hostile_pair(layer: str) -> Pair:
    """Two students with the same code, which holds everything as a text, in an id and as a remark."""
    text = next(texts(layer))
    line = " ".join(text.split())
    return pair_of(f"a {line}", f"b {line}", f"{write_program(3)}\ntext = {text!r}\n# {line}\n")


def one_liner(text: str) -> SubmissionResult:
    """A small submission that says `text` in title, attributes and text of its page; without figures."""
    entry = check("test_x", "i.a", "Values", 4, Verdict.FAILED, text, output=text)
    return result(text, (entry,), files=(text,))


def labelled(line: str, x_label: str, y_label: str) -> SubmissionResult:
    """A submission with a figure of one line and two axes."""
    curves = failing().checks[7].evidence[0]
    assert curves.type == "curves"
    series = Series(label=line, x=(1.0, 2.0), y=(0.1, 0.2))
    changes = {"x_label": x_label, "y_label": y_label, "series": (series,), "bands": ()}
    named = curves.model_copy(update=changes)
    return result("figures", (check("test_x", "i.a", "Curves", 4, evidence=(named,)),))
