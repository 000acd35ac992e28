"""Results as text on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from grader.assignment import Assignment
from grader.commands.notebook import Tally
from grader.data import load_first_available
from grader.gradebook import Gradebook
from grader.intake import FoundClass
from grader.report.lateness import say_late
from grader.results import CheckResult, LeftOut, Platform, SubmissionResult, Tier, Verdict
from grader.roster import take_roll
from grader.scoring import SubmissionScore, score_submission
from grader.text import one_line, plain, quantity

_SIGNS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.NOT_IMPLEMENTED: ("·", "dim"),
    Verdict.SKIPPED: ("?", "yellow"),
}
_FAILED_SIGN = ("✗", "red")
_NAMED = 20
_MOVED = 20


class CheckPrinter:
    """A student's self-check: task after task, as soon as it and those before it are done."""

    def __init__(self, assignment: Assignment, console: Console) -> None:
        self._console = console
        self._waiting = [(task.id, task.title) for task in assignment.tasks]
        self._done: dict[str, tuple[CheckResult, ...]] = {}
        console.print(
            f"[bold]{escape(assignment.title)}[/bold]: public checks. "
            f"[dim]This is not a grade (tier {Tier.PLAIN}).[/dim]\n"
        )

    def task_done(self, task: str, checks: tuple[CheckResult, ...]) -> None:
        self._done[task] = checks
        while self._waiting and self._waiting[0][0] in self._done:
            self._show_task(*self._waiting.pop(0))

    def sum_up(self, checks: Sequence[CheckResult], left_out: Sequence[LeftOut]) -> None:
        for item in left_out:
            self._console.print(
                f"[dim]not run: {escape(plain(f'{item.where}: {item.what} ({item.why})'))}[/dim]"
            )
        passed = sum(check.verdict is Verdict.PASSED for check in checks)
        self._console.print(f"\n{passed} of {len(checks)} public checks passed.")
        if passed == len(checks):
            self._console.print(
                "The hidden checks ask for the same on other inputs, and for accuracy after training."
            )

    def _show_task(self, task: str, title: str) -> None:
        checks = self._done.get(task, ())
        if checks:
            self._console.print(f"[bold]{escape(task)}[/bold]  {escape(title)}")
        for check in checks:
            _show_check(check, self._console)


def _show_check(check: CheckResult, console: Console) -> None:
    sign, style = _SIGNS.get(check.verdict, _FAILED_SIGN)
    word = "" if check.verdict is Verdict.PASSED else f" [dim]({check.verdict.label})[/dim]"
    console.print(f"  [{style}]{sign}[/{style}] {escape(check.title)}{word}")
    if check.feedback:
        console.print(Padding(escape(plain(check.feedback)), (0, 0, 0, 4)))
    if check.output and check.verdict is not Verdict.PASSED:
        console.print(Padding(f"[dim]printed: {escape(one_line(check.output, 200))}[/dim]", (0, 0, 0, 4)))


def show_data(assignment: Assignment, console: Console) -> None:
    """The data sets in force; for a stand-in, how to get the real one."""
    for wanted, *others in assignment.dataset_lists:
        dataset = load_first_available((wanted, *others))
        console.print(f"Data: {dataset.note}", markup=False)
        if dataset.name != wanted:
            console.print(f"To use the real data set: grader data fetch {wanted}", markup=False)


def show_class(results: Sequence[SubmissionResult], assignment: Assignment, console: Console) -> None:
    """The class as a table that fits a terminal of 80 columns; the pages have the rest."""
    table = Table(
        title=f"{assignment.title}: {quantity(len(results), 'submission')}", title_justify="left", box=SIMPLE
    )
    table.add_column("submission", overflow="fold", min_width=12, max_width=30)
    table.add_column("score", justify="right", style="bold", min_width=5)
    table.add_column("open", justify="right", min_width=4)
    table.add_column(
        "what stands out", overflow="ellipsis", no_wrap=True, max_width=max(20, console.width - 52)
    )
    scores = [score_submission(result, assignment) for result in results]
    for result, score in zip(results, scores, strict=True):
        unscored = f"{score.undecided:g}" if score.undecided else ""
        total = f"{score.total:g}{'*' if result.in_force else ''}"
        table.add_row(escape(result.student_id), total, unscored, escape(_standing_out(result, score)))
    console.print(table)
    for tier in sorted({result.environment.tier for result in results}):
        console.print(f"Run {tier.words}.")
    if any(score.undecided for score in scores):
        console.print("[dim]open: points that nobody has decided yet; the class page says why.[/dim]")
    if waiting := sum(score.to_mark > 0 for score in scores):
        console.print(f"[dim]{waiting} wait for marks of their answers in words: grader mark RESULTS[/dim]")
    if any(result.in_force for result in results):
        console.print("[dim]*: adjusted by hand; the class page says by whom and why.[/dim]")


def show_found(found: FoundClass, console: Console) -> None:
    """Whose export it is, and what the instructor should know of it. Nothing for plain folders."""
    if found.platform is Platform.PLAIN:
        return
    works = len(found.readers) - sum(map(len, found.groups.values()))
    groups = f", {len(found.groups)} of them of groups" if found.groups else ""
    line = f"An export of {found.platform.label}: {quantity(works, 'submission')}{groups}."
    console.print(f"{line} (If it is none: --from plain.)", markup=False, highlight=False)
    show_notes(found.notes, console)
    if late := sum(bool(arrival.late) for arrival in found.arrivals.values()):
        console.print(f"{late} marked as late by {found.platform.label}.", markup=False, highlight=False)


def show_notes(notes: Sequence[str], console: Console) -> None:
    """One a line."""
    for note in notes:
        console.print(note, markup=False, highlight=False)


def show_attendance(gradebook: Gradebook, console: Console) -> None:
    """Who of the roster handed in nothing, and who handed in and is not on it."""
    attendance = take_roll(gradebook.people.roster(), gradebook.student_ids)
    told = {
        "Nothing was handed in by": attendance.absent,
        "Not on the roster, though graded:": attendance.strangers,
    }
    for words, names in told.items():
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            listed = ", ".join(one_line(name, 60) for name in names[:_NAMED])
            console.print(f"{words} {listed}{more}.", markup=False, highlight=False)


def show_regraded(tally: Tally, console: Console) -> None:
    """Which checks ran where only some had to, whose marks that moved, and what was decided by hand that
    stands beside them."""
    if tally.in_part:
        again = ", ".join(f"{name} ({count})" for name, count in sorted(tally.again.items()))
        kept = quantity(tally.in_part, "submission")
        console.print(
            f"{kept} kept the results of unchanged checks. Run: {again or 'no check'}.", markup=False
        )
    if tally.moved:
        shown = [f"{name} {before:g} to {after:g}" for name, before, after in tally.moved[:_MOVED]]
        more = f" and {len(tally.moved) - _MOVED} more" if len(tally.moved) > _MOVED else ""
        console.print(f"Marks that changed: {', '.join(shown)}{more}.", markup=False)
    for student_id, check, decided in tally.standing:
        gives = "leaves it open" if check.score is None else f"gives {check.score:g} of {check.points:g}"
        console.print(
            f"{student_id}, {check.check}: the check now {gives}; "
            f"the adjustment to {decided.points:g} by {decided.who} stands.",
            markup=False,
        )


def _standing_out(result: SubmissionResult, score: SubmissionScore) -> str:
    if result.problem or result.fault:
        return one_line(result.problem or result.fault, 80)
    return "; ".join(words for words in (say_late(score), _say_worst(result)) if words)


def _say_worst(result: SubmissionResult) -> str:
    unpassed = [check for check in result.checks if check.verdict is not Verdict.PASSED]
    if not unpassed:
        return ""
    worst = max(unpassed, key=lambda check: check.points - (check.score or 0))
    more = f" (+{len(unpassed) - 1})" if len(unpassed) > 1 else ""
    return f"{worst.verdict.label}: {one_line(worst.title, 60)}{more}"
