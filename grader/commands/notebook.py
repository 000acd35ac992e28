"""A gradebook as the notebook of a batch: where each submission begins, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from grader.assignment import Assignment
from grader.drafts import Draft
from grader.gradebook import Gradebook, Identity
from grader.planning import Planner
from grader.results import Adjustment, CheckResult, SubmissionResult
from grader.submission import Submission


@dataclass(frozen=True)
class GradebookNotes:
    """Knows what was made from the same submission, checks, seed and tier. `asked` are checks to run in
    any case, by student."""

    gradebook: Gradebook
    planner: Planner
    asked: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, gradebook: Gradebook, planner: Planner) -> Self:
        return cls(gradebook, planner, gradebook.asked_for())

    def begun(self, submission: Submission) -> Draft | None:
        name, asked = submission.student_id, self._asked(submission)
        if not asked and self._is_settled(submission):
            self.gradebook.drop_draft(name)  # left by a run with other checks, which were put back since
            return None
        if (draft := self.gradebook.draft(name, self._goal(submission))) is not None:
            return draft
        stored = self.gradebook.result(name)
        planned = self.planner.plan(stored, submission.digest, asked) if stored else None
        return planned or Draft()

    def keep(self, submission: Submission, draft: Draft) -> None:
        self.gradebook.put_draft(submission.student_id, self._goal(submission), draft)

    def kept(self) -> Iterator[tuple[str, Draft]]:
        return self.gradebook.drafts()

    def _is_settled(self, submission: Submission) -> bool:
        if not self.planner.changed_too:
            return True
        name, now = submission.student_id, self._identity(submission, self.planner.digests.whole)
        return self.gradebook.identity(name) == now and not self.gradebook.has_fault(name)

    def _goal(self, submission: Submission) -> Identity:
        return self._identity(submission, self.planner.goal(self._asked(submission)))

    def _asked(self, submission: Submission) -> frozenset[str]:
        return self.asked.get(submission.student_id, frozenset())

    def _identity(self, submission: Submission, checks_digest: str) -> Identity:
        environment = self.planner.environment
        return Identity(submission.digest, checks_digest, environment.seed, str(environment.tier))


@dataclass
class Tally:
    """What a run came to.

    `graded` have a new result, `whole` those of them for whom every check ran. For the others `again` says
    which checks ran how often. `moved` are totals of earlier results that are different now (student, before,
    after), `standing` decisions by hand that stand although their check ran again (student, what the check
    gives now, the decision).
    """

    graded: set[str] = field(default_factory=set)
    whole: list[str] = field(default_factory=list)
    in_part: int = 0
    again: Counter[str] = field(default_factory=Counter)
    moved: list[tuple[str, float, float]] = field(default_factory=list)
    standing: list[tuple[str, CheckResult, Adjustment]] = field(default_factory=list)

    def put(
        self, result: SubmissionResult, gradebook: Gradebook, planner: Planner, assignment: Assignment
    ) -> SubmissionResult:
        """Commits a result and takes note of it; returns it as it is stored."""
        name, fresh = result.student_id, {check.check for check in result.checks if not check.digest}
        before = gradebook.total(name)
        stored = gradebook.put(planner.stamp(result), assignment)
        after = gradebook.total(name)
        self.graded.add(name)
        if before is not None and after is not None and before != after:
            self.moved.append((name, before, after))
        if len(fresh) < len(result.checks):
            self.in_part += 1
            self.again.update(fresh)
        elif fresh:
            self.whole.append(name)
        for check in stored.checks:
            decided = stored.in_force.get(check.check)
            if decided is not None and check.check in fresh:
                self.standing.append((name, check, decided))
        return stored
