"""docs/stability.json: what each sample came to, and with which secret seeds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.layout import write_whole
from grader.text import quantity

Outcome = Mapping[str, list[str | float | None]]
"""Verdict and score of every check that did not pass."""


@dataclass
class Record:
    """By sample, what it came to (as JSON, since that can be a key), each with its seeds."""

    seen: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Record:
        """An empty one where there is no file yet."""
        if not path.exists():
            return cls()
        told = json.loads(path.read_text("utf-8"))
        return cls(
            {
                name: {json.dumps(one["not_passed"]): one["seeds"] for one in outcomes}
                for name, outcomes in told.items()
            }
        )

    def write(self, path: Path) -> None:
        told = {
            name: [
                {"seeds": sorted(seeds), "not_passed": json.loads(key)} for key, seeds in sorted(by.items())
            ]
            for name, by in sorted(self.seen.items())
        }
        lines = (f" {json.dumps(name)}: {json.dumps(outcomes)}" for name, outcomes in told.items())
        write_whole(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())

    def add(self, name: str, seed: int, outcome: Outcome) -> None:
        key = json.dumps(outcome, sort_keys=True)
        self.seen.setdefault(name, {}).setdefault(key, []).append(seed)

    def has(self, name: str, seed: int) -> bool:
        return any(seed in seeds for seeds in self.seen.get(name, {}).values())

    def changed(self) -> dict[str, list[str]]:
        """The checks of each sample whose verdict or score was not always the same."""
        changed = {}
        for name, by in self.seen.items():
            outcomes = [json.loads(key) for key in by]
            checks = sorted({check for outcome in outcomes for check in outcome})
            moved = [
                check for check in checks if len({json.dumps(outcome.get(check)) for outcome in outcomes}) > 1
            ]
            if moved:
                changed[name] = moved
        return changed

    def summary(self) -> str:
        gradings = sum(len(seeds) for by in self.seen.values() for seeds in by.values())
        changed = self.changed()
        told = "".join(f"\n  {name}: {', '.join(checks)}" for name, checks in changed.items())
        samples = quantity(len(self.seen), "sample")
        return f"{quantity(gradings, 'grading')} of {samples}, {len(changed)} not always the same{told}"
