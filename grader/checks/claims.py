"""Holds figures that a student reports against the reference's calibrated spread. Flags, no marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, Protocol

from grader.assignment import Assignment
from grader.checks.accuracy import Reference
from grader.checks.answers import fraction_answer
from grader.checks.conflicts import RecordedRun, find_conflicts
from grader.data import Dataset
from grader.errors import GraderError
from grader.evidence import Claim, Claims
from grader.models.calibration import Distribution, Setting
from grader.models.statistics import prediction_interval

UNUSUAL = 0.002
"""Share of honest runs that would be flagged, before the allowance for other machines."""

ALLOWANCE = 0.02
"""Other hardware, other versions, 4,999 images for 5,000: an accuracy may differ by this much more,
or by half of what is missing to 1 where that is less."""


class ClaimedRun(Protocol):
    """One run of experiments.json."""

    @property
    def name(self) -> str: ...
    @property
    def train_accuracy(self) -> float: ...
    @property
    def test_accuracy(self) -> float: ...
    @property
    def quick(self) -> bool: ...
    @property
    def dataset_digest(self) -> str: ...


@dataclass(frozen=True)
class MeanRun:
    """The repeats of one experiment as one run with their mean accuracies."""

    name: str
    train_accuracy: float
    test_accuracy: float
    quick: bool
    dataset_digest: str


class RecordedClaim(ClaimedRun, RecordedRun, Protocol):
    """With all that can be held against other runs."""


class ClaimedRuns(Protocol):
    """All of experiments.json."""

    @property
    def dataset_digest(self) -> str: ...
    @property
    def runs(self) -> Sequence[RecordedClaim]: ...


class Answering(Protocol):
    """A submission, as far as its own figures go."""

    @property
    def experiments(self) -> ClaimedRuns | None: ...
    def answer(self, key: str) -> object: ...


def mean_runs(runs: Sequence[ClaimedRun]) -> tuple[MeanRun, ...]:
    """One for each experiment, in order; a trial among its runs makes it a trial."""
    by_name: dict[str, list[ClaimedRun]] = {}
    for run in runs:
        by_name.setdefault(run.name, []).append(run)
    return tuple(
        MeanRun(
            name,
            fmean(run.train_accuracy for run in repeats),
            fmean(run.test_accuracy for run in repeats),
            any(run.quick for run in repeats),
            repeats[0].dataset_digest,
        )
        for name, repeats in by_name.items()
    )


def _same_data(run: ClaimedRun, file: ClaimedRuns | None, reference: Reference) -> bool:
    """Was the run made on the data that the reference was calibrated on for this experiment?"""
    setting = _setting(reference, run.name)
    used = run.dataset_digest or (file.dataset_digest if file else "")
    return setting is None or used == setting.dataset_digest


def judge_claim(label: str, claimed: float, distribution: Distribution | None, note: str = "") -> Claim:
    """`claimed` is a fraction. Without a distribution, or with a single run of it, not checkable."""
    if distribution is None or distribution.sd is None or distribution.n < 3:
        few = "There are too few runs of the reference with this setting."
        none = "The grader has no runs of the reference on the data that this figure is about."
        why = note or (none if distribution is None else few)
        return Claim(label=label, claimed=claimed, verdict="not checkable", note=why)
    low, high = prediction_interval(distribution, UNUSUAL)
    allowance = min(ALLOWANCE, (1 - distribution.mean) / 2)
    low, high = max(low - allowance, 0.0), min(high + allowance, 1.0)
    spread = max(distribution.sd, 1e-6)
    verdict: Literal["plausible", "implausible"] = "plausible" if low <= claimed <= high else "implausible"
    return Claim(
        label=label,
        claimed=claimed,
        verdict=verdict,
        mean=distribution.mean,
        sd=distribution.sd,
        runs=distribution.n,
        low=low,
        high=high,
        distance=(claimed - distribution.mean) / spread,
        note=note,
    )


def judge_run(
    run: ClaimedRun, assignment: Assignment, reference: Reference, *, same_data: bool
) -> tuple[Claim, ...]:
    """Training and test accuracy of one run; `same_data` says whether it used the grader's data set."""
    titles = {experiment.name: experiment.title for experiment in assignment.experiments}
    note = ""
    if run.quick:
        note = "A quick trial run with few images."
    elif not same_data:
        note = "The run used another data set than the grader has at hand."
    elif run.name not in titles:
        note = "This run is not one of the assignment's."
    setting = None if note else _setting(reference, run.name)
    title = titles.get(run.name, run.name)
    return (
        judge_claim(
            f"{title}: training", run.train_accuracy, setting.train_accuracy if setting else None, note
        ),
        judge_claim(f"{title}: test", run.test_accuracy, setting.test_accuracy if setting else None, note),
    )


def claims_of(
    answers: Mapping[str, float], claims: tuple[Claim, ...], distributions: Mapping[str, Distribution | None]
) -> Claims:
    """Everything claimed, in one table: short answers first, then the runs of experiments.json."""
    first = tuple(judge_claim(label, claimed, distributions.get(label)) for label, claimed in answers.items())
    return Claims(
        title="Your figures against the reference's",
        caption=(
            "Plausible means: the reference network, trained many times, gives such a figure now and then. A"
            " figure that is not plausible costs nothing by itself; your instructor looks at it with you."
        ),
        claims=(*first, *claims),
    )


def judge_stated(
    stated: Mapping[str, str],
    *,
    submission: Answering,
    assignment: Assignment,
    reference: Reference,
    dataset: Dataset,
    runs: Sequence[str] | None = None,
) -> tuple[dict[str, float], Claims]:
    """The accuracies that answers.toml states, as fractions, and all claims judged.

    `stated` maps keys of answers.toml to "EXPERIMENT:METRIC", such as "strided-5k:test_accuracy". Of
    experiments.json the `runs` of these names are judged too, or all. Whoever handed in no
    experiments.json is taken to have used the data set that the assignment is about. Raises
    CheckFailed for what is no accuracy.
    """
    fractions = {key: fraction_answer(submission.answer(key), key) for key in stated}
    file = submission.experiments
    wanted_data = dataset.name == assignment.datasets[0]
    same_data = wanted_data if file is None else file.dataset_digest == dataset.digest
    distributions = {}
    for key, source in stated.items():
        experiment, _, metric = source.partition(":")
        setting = _setting(reference, experiment) if same_data else None
        distributions[key] = getattr(setting, metric) if setting is not None else None
    chosen = [run for run in (file.runs if file else ()) if runs is None or run.name in runs]
    claims = [
        claim
        for run in mean_runs(chosen)
        for claim in judge_run(run, assignment, reference, same_data=_same_data(run, file, reference))
    ]
    told = claims_of(fractions, tuple(claims), distributions)
    conflicts = find_conflicts(
        {key: (stated[key], fraction) for key, fraction in fractions.items()}, chosen, assignment
    )
    return fractions, told.model_copy(update={"conflicts": conflicts})


def _setting(reference: Reference, name: str) -> Setting | None:
    """None for a run that was never calibrated on the data set in force."""
    try:
        return reference.setting(name)
    except (GraderError, KeyError):
        return None
