"""Which data set stands for an experiment: settled once for a run, the same in all its processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Self

from grader.assignment import Assignment, Experiment
from grader.data import Dataset, load_dataset, load_first_available


@dataclass(frozen=True)
class Datasets:
    """`names` are those in force: of each list of the assignment the first that is at hand."""

    assignment: Assignment
    names: tuple[str, ...]

    @classmethod
    def at_hand(cls, assignment: Assignment) -> Self:
        """Raises DatasetMissing where nothing of a list is on this machine, DatasetDamaged."""
        found = (load_first_available(names).name for names in assignment.dataset_lists)
        return cls(assignment, tuple(dict.fromkeys(found)))

    @property
    def default(self) -> Dataset:
        """The one for all that does not name its own."""
        return self._first(self.assignment.datasets)

    def of(self, experiment: Experiment) -> Dataset:
        """The one that the experiment is made on."""
        return self._first(self.assignment.datasets_of(experiment))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the digests of all in force; that of the only one where there is one."""
        digests = [_load(name).digest for name in self.names]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    @property
    def note(self) -> str:
        """One sentence for each, which says where one is a stand-in."""
        return " ".join(load_first_available(names).note for names in self.assignment.dataset_lists)

    def _first(self, wanted: tuple[str, ...]) -> Dataset:
        return _load(next(name for name in wanted if name in self.names))


@cache
def _load(name: str) -> Dataset:
    return load_dataset(name)
