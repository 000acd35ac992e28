"""What the class page says: pure, from all results to a view."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean, quantiles

from grader.assignment import Assignment
from grader.report.adjusted import view_history
from grader.report.attention import Scored, report_link, undecided, view_attention
from grader.report.class_view import ClassPage, HardView, RateView, RowView
from grader.report.lateness import say_late
from grader.report.leaderboard import view_leaderboards
from grader.report.plots import FEW, draw_distribution
from grader.report.similar import view_similar
from grader.report.told import view_told
from grader.report.view import AdjustmentView, Notice
from grader.report.words import (
    VERDICTS,
    decimals_for,
    first_sentence,
    listed,
    number,
    percent,
    points,
    share_of,
    true_times,
)
from grader.results import CheckResult, SubmissionResult, Tier, Verdict
from grader.roster import NOBODY, Attendance
from grader.scoring import score_submission
from grader.similar import Findings
from grader.text import quantity

ABSENT = "nothing handed in"
_HARDEST = 5
_FEW_NOTE = "Each dot is a submission; totals that lie close together are piled up."
_MANY_NOTE = "How many submissions reached which total; full marks are in the last column."


def view_class(
    results: Sequence[SubmissionResult],
    assignment: Assignment,
    findings: Findings | None = None,
    attendance: Attendance = NOBODY,
) -> ClassPage:
    """Everything on the class page; students in the order of their ids."""
    scored = [
        Scored(result, score_submission(result, assignment))
        for result in sorted(results, key=lambda result: result.student_id)
    ]
    graded = [item for item in scored if not item.failed]
    totals = [item.score.total for item in graded]
    full = full_marks(graded, assignment)
    rates = _rates(graded, assignment)
    decimals = decimals_for(totals)
    task_decimals = decimals_for(task.score for item in graded for task in item.score.tasks)
    return ClassPage(
        title=f"{assignment.title}: the class",
        assignment=assignment.title,
        facts=_facts(scored, graded, full),
        notices=_notices(scored) + _say_roster(scored, attendance),
        distribution=draw_distribution(totals, full, key="totals") if totals else None,
        distribution_note=_FEW_NOTE if len(totals) <= FEW else _MANY_NOTE,
        by_task=_task_shares(graded),
        rates=rates,
        hardest=_hardest(rates),
        told=view_told(graded),
        boards=view_leaderboards(graded),
        attention=view_attention(scored, decimals),
        similar=None if findings is None else view_similar(findings, results),
        task_ids=tuple((task.id, task.title) for task in assignment.tasks),
        max_score=number(full, decimals_for([full])),
        rows=tuple(
            sorted(
                [*(_row(item, decimals, task_decimals) for item in scored), *map(_absent, attendance.absent)],
                key=lambda row: row.student_id,
            )
        ),
        decided=_decided(scored),
        environment=_environment(scored),
    )


def full_marks(graded: Sequence[Scored], assignment: Assignment) -> float:
    """What can be reached, without what does not count."""
    return max((item.score.max_score for item in graded), default=assignment.max_score)


def _hardest(rates: Sequence[RateView]) -> tuple[HardView, ...]:
    """The checks that most lost; those with the same commonest feedback have one cause, so one place."""
    causes: dict[str, list[RateView]] = {}
    for rate in sorted((rate for rate in rates if rate.lost), key=_by_loss):
        causes.setdefault(rate.common or rate.title, []).append(rate)
    return tuple(
        HardView(first, tuple(f"{other.task} {other.title}" for other in others))
        for first, *others in list(causes.values())[:_HARDEST]
    )


def _by_loss(rate: RateView) -> int:
    return -rate.lost


def _facts(scored: Sequence[Scored], graded: Sequence[Scored], full: float) -> tuple[tuple[str, str], ...]:
    """Figures for the head of the page, name and value."""
    facts = [("submissions", str(len(scored)))]
    totals = sorted(item.score.total for item in graded)
    if len(totals) >= 2:
        low, middle, high = quantiles(totals, n=4, method="inclusive")
        facts += [
            (f"median of {number(full)}", number(middle, 1)),
            ("middle half", f"{number(low, 1)} to {number(high, 1)}"),
            ("mean", number(mean(totals), 1)),
        ]
    facts.append(("with open points", str(sum(item.score.undecided > 0 for item in graded))))
    if waiting := sum(item.score.to_mark > 0 for item in graded):
        facts.append(("with answers to mark", str(waiting)))
    if len(graded) < len(scored):
        facts.append(("could not be graded", str(len(scored) - len(graded))))
    return tuple(facts)


def _notices(scored: Sequence[Scored]) -> tuple[Notice, ...]:
    naked = sum(item.result.environment.tier is Tier.UNSANDBOXED for item in scored)
    if not naked:
        return ()
    works = quantity(len(scored), "submission")
    text = f"{naked} of {works} ran without any protection; do not trust their marks."
    return (Notice("bad", "UNSANDBOXED", text),)


def _say_roster(scored: Sequence[Scored], attendance: Attendance) -> tuple[Notice, ...]:
    """Who is missing or strange, and of whom it is not known when they handed in."""
    notices = []
    if attendance.absent:
        text = f"{len(attendance.absent)} of {len(attendance.entries)} on the roster; they are in the table."
        notices.append(Notice("info", "Nothing handed in", text))
    if attendance.strangers:
        notices.append(Notice("warn", "Not on the roster", f"{listed(attendance.strangers)}."))
    open_times = [
        item.result.student_id
        for item in scored
        if item.score.lateness is not None
        and item.score.lateness.submitted is None
        and item.score.lateness.rule != "in time"
    ]
    if open_times:
        text = f"{listed(open_times)}. A column “submitted” in the roster says it."
        notices.append(Notice("info", "It is not known when these were handed in", text))
    return tuple(notices)


def _absent(student_id: str) -> RowView:
    return RowView(
        student_id=student_id,
        link="",
        details="",
        total="–",
        sort_total=-2.0,
        tasks=(),
        passed="–",
        unscored="",
        state=ABSENT,
        tone="open",
    )


def _task_shares(graded: Sequence[Scored]) -> tuple[tuple[str, str, str, float], ...]:
    """Id, title and the mean share of a task's decided points that the class earned, told and in percent."""
    earned: defaultdict[tuple[str, str], float] = defaultdict(float)
    decided: defaultdict[tuple[str, str], float] = defaultdict(float)
    for item in graded:
        for task in item.score.tasks:
            earned[task.id, task.title] += task.score
            decided[task.id, task.title] += task.points - task.unscored
    return tuple(
        (*name, percent(earned[name] / whole) if whole else "–", share_of(earned[name], whole))
        for name, whole in decided.items()
    )


def _rates(graded: Sequence[Scored], assignment: Assignment) -> tuple[RateView, ...]:
    by_check: dict[str, list[CheckResult]] = {}
    for item in graded:
        for check in sorted(item.result.checks, key=lambda check: check.order):
            by_check.setdefault(check.check, []).append(check)
    order = {task.id: place for place, task in enumerate(assignment.tasks)}
    rates = [_rate(checks) for checks in by_check.values()]
    return tuple(sorted(rates, key=lambda rate: order.get(rate.task, len(order))))


def _rate(checks: Sequence[CheckResult]) -> RateView:
    tones = Counter(VERDICTS[check.verdict].tone for check in checks)
    verdicts = Counter(VERDICTS[check.verdict].word.lower() for check in checks)
    said = Counter(
        text
        for check in checks
        if VERDICTS[check.verdict].tone == "bad" and (text := first_sentence(check.feedback))
    )
    common, told = min(said.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    share = 100 / len(checks)
    decided = tones["good"] + tones["bad"]
    return RateView(
        task=checks[0].task,
        title=checks[0].title,
        passed=percent(tones["good"] / decided) if decided else "–",
        passed_share=round(tones["good"] * share, 1),
        lost_share=round(tones["bad"] * share, 1),
        open_share=round(tones["open"] * share, 1),
        cells=(tones["good"], tones["bad"], tones["open"]),
        lost=tones["bad"],
        counts=", ".join(f"{count}\u00a0{word}" for word, count in sorted(verdicts.items(), key=_most_first)),
        common=common,
        common_count=_say_common(told, tones["bad"]),
    )


def _say_common(told: int, lost: int) -> str:
    if told == 1 < lost:
        return f"An example: each of the {lost} read something else"
    return f"Told to {told} of {lost}" if told else ""


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _row(item: Scored, decimals: int, task_decimals: int) -> RowView:
    result, score = item.result, item.score
    good = sum(check.verdict is Verdict.PASSED for check in result.checks)
    state, tone = say_state(item)
    return RowView(
        student_id=result.student_id,
        link=report_link(result, "students"),
        details=report_link(result, "instructor"),
        total="–" if item.failed else number(score.total, decimals),
        sort_total=-1.0 if item.failed else score.total,
        tasks=tuple(
            (number(task.score, task_decimals), task.score, task.score / task.points if task.points else 0.0)
            for task in score.tasks
        )
        if not item.failed
        else (),
        passed=f"{good} of {len(result.checks)}" if result.checks else "–",
        unscored=points(score.unscored) if score.unscored and not item.failed else "",
        state=state,
        tone=tone,
    )


def _decided(scored: Sequence[Scored]) -> tuple[AdjustmentView, ...]:
    """What counts of that which was decided by hand."""
    return tuple(
        view
        for item in scored
        if item.result.adjustments
        for view in view_history(item.result, report_link(item.result, "instructor"))
        if view.counts
    )


def say_state(item: Scored) -> tuple[str, str]:
    """One short phrase, and its tone."""
    words, tone = _say_state(item)
    if item.failed:
        return words, tone
    more = (say_late(item.score), "adjusted" if item.result.in_force else "")
    return ", ".join(part for part in (words, *more) if part), tone


def _say_state(item: Scored) -> tuple[str, str]:
    if item.result.fault:
        return "grader fault", "open"
    if item.result.problem:
        return "could not be graded", "bad"
    if undecided(item.result, Verdict.GRADER_ERROR):
        return "grader fault", "open"
    if item.score.undecided:
        return f"{points(item.score.undecided)} open", "open"
    if item.score.to_mark:
        return f"{points(item.score.to_mark)} to mark", "open"
    return "complete", "good"


def _environment(scored: Sequence[Scored]) -> tuple[tuple[str, str], ...]:
    """What all marks depend on; several values are listed where submissions differ."""
    environments = [item.result.environment for item in scored]
    versions = Counter(
        ", ".join(f"{name} {version}" for name, version in sorted(env.versions.items()))
        for env in environments
    )
    rows = (
        ("Data", Counter(true_times(env.dataset_note or env.dataset) for env in environments)),
        ("Run", Counter(env.tier.words for env in environments)),
        ("Versions", versions),
        ("Seed", Counter(str(env.seed) for env in environments)),
        ("Digest of the checks", Counter(item.result.checks_digest[:16] for item in scored)),
    )
    return tuple((name, "; ".join(_told(values))) for name, values in rows if any(values))


def _told(values: Counter[str]) -> Iterable[str]:
    for value, count in sorted(values.items(), key=_most_first):
        yield value if len(values) == 1 else f"{value} ({count})"
