"""`grader adjust`: what a person decides, beside what the checks gave."""

from __future__ import annotations

import getpass
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.assignment import Assignment
from grader.assignment_folder import load_assignment
from grader.commands.write_reports import Format, write_class, write_report
from grader.errors import UsageError
from grader.gradebook import Gradebook, open_gradebook, read_gradebook
from grader.layout import ResultsFolder
from grader.report.adjusted import THE_TOTAL, signed, view_history
from grader.results import Adjustment, SubmissionResult
from grader.scoring import score_submission

_LONGEST_WHY = 2_000
_LONGEST_WHO = 100
REPORT_FORMATS: tuple[Format, ...] = ("html", "pdf")


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line: `score` goes with `check`, `points` with the total."""

    check: str | None = None
    score: float | None = None
    points: float | None = None
    withdraw: bool = False
    why: str = ""
    who: str | None = None

    @property
    def only_to_look(self) -> bool:
        return self.check is None and self.score is None and self.points is None and not self.withdraw

    def settle(self, now: datetime) -> Adjustment:
        """Raises UsageError for words that do not go together."""
        of_check, of_total = self.score is not None, self.points is not None
        fits = self.check is not None if of_check else self.check is None or not of_total
        if of_check + of_total + self.withdraw != 1 or not fits:
            raise UsageError(
                "It is not clear what was decided.",
                hint="Give --check NAME --score X, or --points X for the total (+2, -5); "
                "--withdraw takes the latest back, with --check NAME or of the total.",
            )
        why, who = self.why.strip(), settle_who(self.who)
        if not why or len(why) > _LONGEST_WHY:
            raise UsageError(
                'Every decision needs its reason: --why "...".',
                hint=f"{_LONGEST_WHY:,} characters at most; students read it.",
            )
        points = self.points if self.score is None else self.score
        at = now.isoformat(timespec="seconds")
        return Adjustment(check=self.check or "", points=points, who=who, at=at, why=why)


def adjust(results: Path, root: Path, student: str, wish: Wish, console: Console) -> None:
    """Appends a decision to the gradebook and writes the reports that show it.

    Raises UsageError for what cannot be decided, GraderError when no PDF can be made.
    """
    item = wish.settle(datetime.now(UTC))
    files = ResultsFolder(results)
    with read_gradebook(files.gradebook) as gradebook:
        assignment = _assignment(gradebook, results, root)
    with open_gradebook(files.gradebook) as gradebook:
        before = _find(gradebook, student, results)
        refuse_impossible(before, item)
        formats = [kind for kind in REPORT_FORMATS if files.report(student, kind).is_file()] or ["html"]
        files.discard(student)
        after = gradebook.adjust(student, item, assignment)
        files.write_result(after)
        write_class(gradebook, assignment, files)
    _tell(before, after, item, assignment, console)
    write_report(after, assignment, files, tuple(formats))


def show_decisions(results: Path, student: str | None, console: Console) -> None:
    """All that was ever decided, as a table. Raises UsageError for a folder or student that is not there."""
    table = Table(box=SIMPLE)
    for name in ("student", "when", "who", "what", "decided", "why"):
        table.add_column(name, overflow="fold")
    with read_gradebook(ResultsFolder(results).gradebook) as gradebook:
        if student is not None:
            _find(gradebook, student, results)
        decided = [name for name in gradebook.adjusted_students if student in (None, name)]
        for result in gradebook.results(decided):
            for view in view_history(result):
                points = view.decided if view.counts else f"({view.decided})"
                cells = (view.student_id, view.when, view.who, view.what, points, view.why)
                table.add_row(*(escape(cell) for cell in cells))
    if not decided:
        console.print("Nothing was decided by hand.")
        return
    console.print(table)
    console.print("In brackets: withdrawn, or replaced by a later decision.")


def settle_who(given: str | None) -> str:
    """Who decides: the name that was given, or else the user's. Raises UsageError for none."""
    try:
        who = (getpass.getuser() if given is None else given).strip()
    except (KeyError, OSError):
        raise UsageError("This system does not know your name.", hint="Say it with --who NAME.") from None
    if not who or len(who) > _LONGEST_WHO:
        raise UsageError(
            "Every decision needs somebody who decided: --who NAME.",
            hint=f"{_LONGEST_WHO} characters at most.",
        )
    return who


def _assignment(gradebook: Gradebook, results: Path, root: Path) -> Assignment:
    if gradebook.assignment is None:
        raise UsageError(f"{results} has no results yet.", hint="Run `grader grade`.")
    return load_assignment(gradebook.assignment, root).assignment


def _find(gradebook: Gradebook, student: str, results: Path) -> SubmissionResult:
    result = gradebook.result(student)
    if result is None:
        there = gradebook.student_ids
        more = ", ..." if len(there) > 10 else ""
        raise UsageError(
            f'There is no result of "{student}" in {results}.',
            hint=f"There are: {', '.join(there[:10])}{more}.",
        )
    return result


def refuse_impossible(result: SubmissionResult, item: Adjustment) -> None:
    """Raises UsageError for points that a check cannot have, or a decision that was never made."""
    name = result.student_id
    if not result.checks:
        raise UsageError(
            f"{name} could not be graded, so there are no points to change.",
            hint="Mend what was handed in, and run `grader grade` again.",
        )
    if item.points is None:
        if item.check not in result.in_force:
            raise UsageError(
                f"Nothing is decided about {item.check or THE_TOTAL} of {name}.",
                hint="`grader adjust RESULTS STUDENT` shows all decisions.",
            )
        return
    checks = {check.check: check for check in result.checks}
    if not math.isfinite(item.points):
        raise UsageError(f"{item.points} is no number of points.", hint="Give a number such as 2.5.")
    if not item.check:
        return
    if item.check not in checks:
        names = "\n".join(f"  {check.check}: {check.title}" for check in result.checks)
        raise UsageError(f'{name} has no check "{item.check}".', hint=f"There are:\n{names}")
    most = checks[item.check].points
    if not 0 <= item.points <= most:
        raise UsageError(
            f"{item.check} is worth 0 to {most:g} points, not {item.points:g}.",
            hint="Points beyond a check's own go to the total: --points +2.",
        )


def _tell(
    before: SubmissionResult,
    after: SubmissionResult,
    item: Adjustment,
    assignment: Assignment,
    console: Console,
) -> None:
    what = item.check or THE_TOTAL
    if item.points is None:
        decided = "withdrawn"
    else:
        decided = f"{item.points:g} points" if item.check else signed(item.points)
    was, now = (score_submission(result, assignment) for result in (before, after))
    console.print(f"{after.student_id}, {what}: {decided}, by {item.who}.", markup=False)
    if (earlier := before.in_force.get(item.check)) is not None and earlier.points is not None:
        console.print(
            f"It takes the place of {earlier.points:g} by {earlier.who}: {earlier.why}", markup=False
        )
    console.print(f"Total: {was.total:g} before, {now.total:g} of {now.max_score:g} now.", markup=False)
