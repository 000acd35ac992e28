"""What of an earlier result can stay, and which checks have to run. Pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from grader.checks_digest import CheckDigests
from grader.results import CheckResult, Environment, SubmissionResult


@dataclass(frozen=True)
class Start:
    """Where grading begins: results that stay, and the names of the checks to run, which may be none.

    `checks_digest` is what the whole result will have been graded with.
    """

    kept: tuple[CheckResult, ...]
    run: frozenset[str]
    checks_digest: str


@dataclass(frozen=True)
class Planner:
    """Plans for submissions that are graded in `environment` with the checks of `digests`.

    `changed_too` is False where only what was asked for is run, whatever else has changed since.
    """

    digests: CheckDigests
    environment: Environment
    changed_too: bool = True

    def plan(self, stored: SubmissionResult, digest: str, asked: Set[str] = frozenset()) -> Start | None:
        """For a submission whose files have `digest` now; `asked` are checks to run in any case.

        None means that nothing can stay: other files, seed, tier or versions of libraries, which a result
        states once for all of its checks, or no checks that ended.
        """
        if stored.digest != digest or not stored.checks or not self._same_place(stored.environment):
            return None
        if not self.changed_too:
            kept = tuple(check for check in stored.checks if check.check not in asked)
            return Start(kept, frozenset(asked), stored.checks_digest)
        current = [check for check in stored.checks if check.digest == self.digests.of(check.check)]
        if not self.digests.complete and len(current) < len(stored.checks):
            return None
        names = self.digests.by_name if self.digests.complete else {check.check for check in current}
        kept = tuple(check for check in current if check.check in names and check.check not in asked)
        return Start(kept, frozenset(names) - {check.check for check in kept}, self.digests.whole)

    def stamp(self, result: SubmissionResult, start: Start | None) -> SubmissionResult:
        """The result with the digests that belong to its checks, and these in the order of the files."""
        kept = {check.check for check in start.kept} if start else set()
        places = {name: place for place, name in enumerate(self.digests.by_name)}
        checks = tuple(
            check.model_copy(
                update={
                    "digest": check.digest if check.check in kept else self.digests.of(check.check),
                    "order": places.get(check.check, check.order),
                }
            )
            for check in result.checks
        )
        whole = start.checks_digest if start else self.digests.whole
        return result.model_copy(
            update={"checks": tuple(sorted(checks, key=_by_order)), "checks_digest": whole}
        )

    def _same_place(self, stored: Environment) -> bool:
        now = self.environment
        return (stored.seed, stored.tier, stored.versions) == (now.seed, now.tier, now.versions)


def _by_order(check: CheckResult) -> int:
    return check.order
