"""What a student's page says: pure, from a result to a view. The only place that decides who sees what."""

from __future__ import annotations

from grader.assignment import Assignment, Statistics
from grader.report.adjusted import view_history
from grader.report.lateness import say_changes, say_penalty
from grader.report.tasks import view_tasks
from grader.report.todo import TODO_LINES, view_todo
from grader.report.view import Audience, Mark, Notice, StudentPage
from grader.report.words import (
    CELL,
    cut,
    decimals_for,
    listed,
    number,
    open_points,
    paragraphs,
    plain_number,
    points,
    share_of,
    true_times,
)
from grader.results import LeftOut, SubmissionResult, Tier, Verdict
from grader.scoring import SubmissionScore, score_submission

_LEFT_OUT_ROWS = 50


def view_student(result: SubmissionResult, assignment: Assignment, audience: Audience) -> StudentPage:
    """Everything on the page, in the order of the page."""
    score = score_submission(result, assignment)
    self_check = result.environment.tier is Tier.PLAIN
    instructor = audience == "instructor"
    nothing = bool(result.problem or result.fault)
    checks = sorted(result.checks, key=lambda check: check.order)
    anchors = {check.check: f"check-{place}" for place, check in enumerate(checks, start=1)}
    todo = view_todo(result, assignment, anchors)
    return StudentPage(
        title=f"{assignment.title}: {'self-check' if self_check else 'report'} for {result.student_id}",
        assignment=assignment.title,
        student_id=result.student_id,
        instructor=instructor,
        self_check=self_check,
        mark=None if nothing else _mark(result, score, self_check),
        notices=(
            *say_notices(result, score, self_check),
            *say_changes(result, score, assignment, audience),
        ),
        todo=todo[:TODO_LINES],
        todo_more=len(todo[TODO_LINES:]),
        tasks=view_tasks(result, assignment, anchors, instructor),
        left_out=_left_out(result),
        environment=_environment(result, instructor),
        how_judged=say_how_judged(assignment.statistics),
        problem=say_problem(result, instructor),
        problem_is_ours=bool(result.fault),
        history=view_history(result, marks_too=True) if instructor else (),
    )


def _mark(result: SubmissionResult, score: SubmissionScore, self_check: bool) -> Mark:
    if self_check:
        passed = sum(check.verdict is Verdict.PASSED for check in result.checks)
        total = len(result.checks)
        unit = "public checks passed" if total != 1 else "public check passed"
        return Mark(str(passed), str(total), unit, share_of(passed, total), 0.0, "Not a grade.")
    decimals = decimals_for([score.total])
    missing = open_points(score.undecided, score.to_mark)
    note = " ".join(said for said in (say_penalty(score), missing and f"{missing}.") if said)
    return Mark(
        value=number(score.total, decimals),
        of=number(score.max_score, decimals_for([score.max_score])),
        unit="points",
        share=share_of(score.total, score.max_score),
        open_share=min(
            share_of(score.unscored, score.max_score), 100 - share_of(score.total, score.max_score)
        ),
        note=note,
    )


def say_notices(result: SubmissionResult, score: SubmissionScore, self_check: bool) -> tuple[Notice, ...]:
    notices = []
    if result.environment.tier is Tier.UNSANDBOXED:
        notices.append(
            Notice(
                "bad", "UNSANDBOXED", "This code ran without any protection; do not trust the marks below."
            )
        )
    if self_check:
        notices.append(
            Notice(
                "info",
                "Self-check, not a grade",
                "These are the public checks, run on your own machine. Your mark comes from further checks "
                "with other inputs.",
            )
        )
    elif score.undecided and result.checks:
        notices.append(
            Notice(
                "warn",
                f"{points(score.undecided)} not decided yet",
                "The grader could not decide every check. Your instructor sees which ones and decides; "
                "nothing was taken off for them.",
            )
        )
    if score.to_mark and not self_check:
        notices.append(
            Notice(
                "info",
                f"{points(score.to_mark)} for answers in words",
                "A person reads these answers and marks them. Until then they are not in the total.",
            )
        )
    return tuple(notices)


def say_problem(result: SubmissionResult, instructor: bool) -> tuple[str, ...]:
    """A fault of the grader may tell about hidden files: a student learns only that there was one."""
    if result.fault and not instructor:
        return ("The grader failed while it worked on your submission.",)
    return paragraphs(cut(result.fault or result.problem))


def _left_out(result: SubmissionResult) -> tuple[LeftOut, ...]:
    """The first of them: whoever hands in a data set does not want to read all of its names."""
    shown = tuple(
        LeftOut(where=cut(item.where, CELL), what=cut(item.what, CELL), why=cut(item.why, CELL))
        for item in result.left_out[:_LEFT_OUT_ROWS]
    )
    more = len(result.left_out) - len(shown)
    rest = LeftOut(where=f"{number(more)} more", what="", why="too many to list here")
    return (*shown, rest) if more else shown


def _environment(result: SubmissionResult, instructor: bool) -> tuple[tuple[str, str], ...]:
    """Seeds would let a student prepare an answer, so only the instructor sees them."""
    environment = result.environment
    versions = ", ".join(f"{name} {version}" for name, version in sorted(environment.versions.items()))
    rows = [
        ("Data", true_times(environment.dataset_note or environment.dataset)),
        ("Run", environment.tier.words),
        ("Versions", versions),
    ]
    if result.problem and not instructor:
        rows = [("Run", f"nothing; what can be run is run {environment.tier.words}")]
    rows += [("Files", listed(result.files)), ("Digest of the files", result.digest[:16])]
    if instructor:
        rows += [("Digest of the checks", result.checks_digest[:16]), ("Seed", str(environment.seed))]
    return tuple((name, value) for name, value in rows if value)


def say_how_judged(statistics: Statistics) -> str:
    """How the accuracy limit comes about, in words that need no statistics."""
    runs = "once" if statistics.max_runs == 1 else f"up to {statistics.max_runs} times"
    chance = f"{plain_number(round(statistics.alpha * 100, 4))}\u202f%"
    granted = f"{plain_number(round(statistics.margin * 100, 4))}\u202f%"
    margin = f", and {granted} accuracy is granted on top" if statistics.margin else ""
    return (
        f"Training depends on chance: the same model ends a little better or worse each time. A model other "
        f"than the reference's is therefore trained {runs}, "
        f"and its mean accuracy is held against a limit that a correct model misses with a chance of only "
        f"{chance}{margin}. When that leaves it open, your instructor decides."
    )
