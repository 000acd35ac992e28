"""One process of a running `grader grade` is killed outright at a random moment."""

from __future__ import annotations

import random
import subprocess
import time
from dataclasses import dataclass, field
from threading import Event

from tests.crash.grading import Grading, await_gone, descendants, describe, kill


@dataclass
class Blow:
    """What was killed when, and what was wrong afterwards: nothing, it is hoped."""

    after_seconds: float
    whom: str
    finished_before: int
    exit_code: int
    problems: list[str] = field(default_factory=list)


def strike(grading: Grading, seconds: float, rng: random.Random, *, coordinator: bool) -> Blow:
    """Kills the coordinator, or any process that it has started, `seconds` after the start; then the same
    command is given again and has to end as if nothing had happened."""
    begun = time.monotonic()
    with grading.start() as process:
        Event().wait(seconds)  # the moment itself is the input of this test
        family = list(descendants(process.pid))
        victim = process.pid if coordinator or not family else rng.choice(family)
        whom = describe(victim)
        before = grading.finished()
        kill(victim)
        blow = Blow(time.monotonic() - begun, whom, len(before), _end(process))
    if orphans := await_gone(family):
        blow.problems.append(f"{len(orphans)} processes outlived it: {', '.join(map(describe, orphans))}")
    after = grading.finished()
    if any(after.get(student) != result for student, result in before.items()):
        blow.problems.append("a finished result was lost")
    if after and not grading.sound():
        blow.problems.append("the gradebook is damaged")
    return blow


def _end(process: subprocess.Popen[str]) -> int:
    process.communicate()
    return process.returncode


def go_on(grading: Grading, undisturbed: dict[str, object]) -> list[str]:
    """The same command again: what is wrong with its outcome."""
    code, text = grading.finish()
    if code:
        return [f"the second run ended with {code}: {text[-500:]}"]
    outcome = grading.everything()
    different = {name for name in undisturbed.keys() | outcome if undisturbed.get(name) != outcome.get(name)}
    return [f"differs from an undisturbed run: {', '.join(sorted(different))}"] if different else []
