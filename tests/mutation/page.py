"""python -m tests.mutation.page: writes docs/mutation.md, with why what survives is no mistake."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root

RECORD = clone_root() / "docs" / "mutation.json"
PAGE = clone_root() / "docs" / "mutation.md"
REASONS = Path(__file__).with_name("equivalent.toml")
Noticed = Mapping[str, Sequence[str]]
"""By mutant: the checks that take points off."""

HEAD = """# Mutants of the reference solutions

    python -m tests.mutation          # judges what is not judged yet: an hour on two cores
    python -m tests.mutation.page     # writes this page

A hidden check that nothing fails is worth nothing. So each reference solution is changed in one place at
a time: an operator, a bound, a constant, an argument, a line (`tests/mutation/mutate.py`), in all code
that graded functions reach, but for the networks of open tasks, where any other network is another
answer. Each of these mutants is graded like a submission, beside answers that are right. What no check
notices is either right as well, for the reason below, or a hole in the checks, which was closed or is
named below.
"""


@dataclass(frozen=True)
class Reason:
    """Why the mutants whose names `pattern` matches are as right as the solution."""

    assignment: str
    pattern: str
    why: str

    def covers(self, mutant: str) -> bool:
        return re.fullmatch(self.pattern, mutant) is not None


def read_record() -> dict[str, Noticed]:
    """By assignment."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8")))


def read_reasons() -> list[Reason]:
    return [Reason(**item) for item in tomllib.loads(REASONS.read_text(encoding="utf-8"))["equivalent"]]


def noticed_share(noticed: Noticed, reasons: Sequence[Reason]) -> float:
    """Of the mutants that are mistakes."""
    mistakes = [name for name in noticed if noticed[name] or not any(r.covers(name) for r in reasons)]
    return sum(bool(noticed[name]) for name in mistakes) / len(mistakes)


def _holes(noticed: Noticed, reasons: Sequence[Reason]) -> list[str]:
    return sorted(
        mutant
        for mutant, checks in noticed.items()
        if not checks and not any(reason.covers(mutant) for reason in reasons)
    )


def render(record: Mapping[str, Noticed], reasons: Sequence[Reason]) -> str:
    parts = [
        HEAD,
        "| assignment | mutants | noticed | as right as the solution | holes | noticed of the mistakes |",
    ]
    parts.append("|---|---:|---:|---:|---:|---:|")
    for name, noticed in sorted(record.items()):
        own = [reason for reason in reasons if reason.assignment == name]
        found, holes = sum(map(bool, noticed.values())), len(_holes(noticed, own))
        parts.append(
            f"| {name} | {len(noticed)} | {found} | {len(noticed) - found - holes}"
            f" | {holes} | {noticed_share(noticed, own):.1%} |"
        )
    for name, noticed in sorted(record.items()):
        parts += ["", f"## {name}: what survives, and why", ""]
        own = [reason for reason in reasons if reason.assignment == name]
        for reason in own:
            covered = sorted(mutant for mutant in noticed if reason.covers(mutant))
            parts += [f"- {reason.why}", *(f"  - `{mutant}`" for mutant in covered)]
        if missed := _holes(noticed, own):
            parts += ["- **Not noticed.** These are mistakes, and no check takes points off for them."]
            parts += [f"  - `{mutant}`" for mutant in missed]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(read_record(), read_reasons()), encoding="utf-8")
