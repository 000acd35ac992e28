"""What of an earlier result can stay, and which checks have to run. Pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from grader.checks_digest import CheckDigests, digest_of
from grader.drafts import Draft
from grader.results import CheckResult, Environment, SubmissionResult, Verdict

_UNKNOWN = "unknown"
"""The digest of a check that was kept from a gradebook of a time when checks had none."""


@dataclass(frozen=True)
class Planner:
    """Plans for submissions that are graded in `environment` with the checks of `digests`.

    `changed_too` is False where only what was asked for is run, whatever else has changed since.
    """

    digests: CheckDigests
    environment: Environment
    changed_too: bool = True

    def goal(self, asked: Set[str]) -> str:
        """A digest of what a draft is on its way to: one for something else is of no use."""
        return self.digests.whole if not asked else digest_of([self.digests.whole, *sorted(asked)])

    def plan(self, stored: SubmissionResult, digest: str, asked: Set[str] = frozenset()) -> Draft | None:
        """A draft with the results that stay, for a submission whose files have `digest` now. `asked` are
        checks to run in any case.

        None means that nothing can stay: other files, seed, tier or versions of libraries, which a result
        states once for all of its checks, or no checks that ended.
        """
        if stored.digest != digest or not stored.checks or not self._same_place(stored.environment):
            return None
        if not self.changed_too:
            return _draft([check for check in stored.checks if check.check not in asked], asked)
        current = [check for check in stored.checks if self._stays(check)]
        if not self.digests.complete and len(current) < len(stored.checks):
            return None
        names = self.digests.by_name.keys() if self.digests.complete else {check.check for check in current}
        kept = [check for check in current if check.check in names and check.check not in asked]
        return _draft(kept, names - {check.check for check in kept})

    def stamp(self, result: SubmissionResult) -> SubmissionResult:
        """The result with a digest for each check that has just run, in the order that the files have now."""
        places = {name: place for place, name in enumerate(self.digests.by_name)}
        checks = [
            check.model_copy(
                update={
                    "digest": check.digest or self.digests.of(check.check),
                    "order": places.get(check.check, check.order),
                }
            )
            for check in result.checks
        ]
        current = all(check.digest == self.digests.of(check.check) for check in checks)
        complete = self.changed_too or {check.check for check in checks} >= self.digests.by_name.keys()
        whole = self.digests.whole if current and complete else digest_of(check.digest for check in checks)
        return result.model_copy(
            update={"checks": tuple(sorted(checks, key=lambda check: check.order)), "checks_digest": whole}
        )

    def _stays(self, check: CheckResult) -> bool:
        """A fault of ours is no result: the check is tried again, now that it may be mended."""
        return check.digest == self.digests.of(check.check) and check.verdict is not Verdict.GRADER_ERROR

    def _same_place(self, stored: Environment) -> bool:
        now = self.environment
        return (stored.seed, stored.tier, stored.versions) == (now.seed, now.tier, now.versions)


def _draft(kept: list[CheckResult], names: Set[str]) -> Draft:
    stay = (check if check.digest else check.model_copy(update={"digest": _UNKNOWN}) for check in kept)
    return Draft(checks=tuple(stay), waiting=dict.fromkeys(sorted(names), ()))
