"""Results as text on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from grader.assignment import Assignment
from grader.results import CheckResult, LeftOut, SubmissionResult, Verdict
from grader.scoring import score_submission
from grader.text import one_line, plain

_SIGNS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.NOT_IMPLEMENTED: ("·", "dim"),
    Verdict.SKIPPED: ("?", "yellow"),
}
_FAILED_SIGN = ("✗", "red")


def show_checks(
    checks: Sequence[CheckResult], left_out: Sequence[LeftOut], assignment: Assignment, console: Console
) -> None:
    """A student's self-check: by task, each check with its feedback."""
    console.print(
        f"[bold]{escape(assignment.title)}[/bold]: public checks. [dim]This is not a grade.[/dim]\n"
    )
    for task in assignment.tasks:
        mine = [check for check in checks if check.task == task.id]
        if not mine:
            continue
        console.print(f"[bold]{escape(task.id)}[/bold]  {escape(task.title)}")
        for check in mine:
            _show_check(check, console)
    for item in left_out:
        console.print(f"[dim]not run: {escape(plain(f'{item.where}: {item.what} ({item.why})'))}[/dim]")
    passed = sum(check.verdict is Verdict.PASSED for check in checks)
    console.print(f"\n{passed} of {len(checks)} public checks passed.")
    if passed == len(checks):
        console.print("The hidden checks ask for the same on other inputs, and for accuracy after training.")


def _show_check(check: CheckResult, console: Console) -> None:
    sign, style = _SIGNS.get(check.verdict, _FAILED_SIGN)
    word = "" if check.verdict is Verdict.PASSED else f" [dim]({check.verdict.label})[/dim]"
    console.print(f"  [{style}]{sign}[/{style}] {escape(check.title)}{word}")
    if check.feedback:
        console.print(Padding(escape(plain(check.feedback)), (0, 0, 0, 4)))
    if check.output and check.verdict is not Verdict.PASSED:
        console.print(Padding(f"[dim]printed: {escape(one_line(check.output, 200))}[/dim]", (0, 0, 0, 4)))


def show_class(results: Sequence[SubmissionResult], assignment: Assignment, console: Console) -> None:
    """The class as a table: one row a submission, one column a task."""
    table = Table(title=f"{assignment.title}: {len(results)} submissions", title_justify="left")
    table.add_column("submission", no_wrap=True)
    for task in assignment.tasks:
        table.add_column(task.id, justify="right")
    table.add_column("score", justify="right", style="bold")
    table.add_column("what stands out", overflow="fold")
    for result in results:
        score = score_submission(result, assignment)
        cells = [_points(task.score, task.unscored) for task in score.tasks]
        total = f"{score.total:g} / {score.max_score:g}"
        table.add_row(escape(result.student_id), *cells, total, escape(_standing_out(result)))
    console.print(table)
    if any(score_submission(result, assignment).unscored for result in results):
        console.print("[dim]?: points that nobody has decided yet; the class page says why.[/dim]")


def _points(score: float, unscored: float) -> str:
    return f"{score:g}{' ?' if unscored else ''}"


def _standing_out(result: SubmissionResult) -> str:
    if result.problem or result.fault:
        return one_line(result.problem or result.fault, 70)
    unpassed = [check for check in result.checks if check.verdict is not Verdict.PASSED]
    if not unpassed:
        return ""
    worst = max(unpassed, key=lambda check: check.points - (check.score or 0))
    more = f" (+{len(unpassed) - 1})" if len(unpassed) > 1 else ""
    return f"{worst.verdict.label}: {one_line(worst.title, 50)}{more}"
