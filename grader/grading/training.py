"""The `training` fixture: asks for training runs, never trains in this process.

A run that is not in the store yet is *deferred*: the check stops, the batch trains every distinct
missing run once, and the check is run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from grader.assignment import Assignment, Experiment
from grader.errors import GraderError
from grader.grading.datasets import Datasets
from grader.grading.proxy import ReferenceProxy, StudentModel
from grader.models.spec import ModelSpec
from grader.models.store import RunSource
from grader.models.trainer import TrainingRun, TrainingTask


class Deferred(Exception):
    """A check cannot finish before `tasks` have been trained."""

    def __init__(self, tasks: tuple[TrainingTask, ...]) -> None:
        super().__init__(f"{len(tasks)} training runs are missing")
        self.tasks = tasks


class TrainingDesk:
    """Training runs for one submission. `seed` is the secret seed of the whole grading run."""

    def __init__(
        self,
        assignment: Assignment,
        datasets: Datasets,
        store: RunSource,
        reference: ReferenceProxy,
        seed: int,
        untrainable: Mapping[str, str],
    ) -> None:
        self._assignment = assignment
        self._datasets = datasets
        self._store = store
        self._reference = reference
        self._seed = seed
        self._untrainable = untrainable

    def runs(self, model: StudentModel, experiment: str, *, seeds: int) -> tuple[TrainingRun, ...]:
        """`seeds` runs of a validated model with the settings of an experiment.

        Raises Deferred when some are not in the store, GraderError when one could not be trained,
        ValueError for a model without a spec.
        """
        if model.spec is None:
            raise ValueError(f"{model.function} has no validated model to train")
        setting = self._assignment.experiment(experiment)
        tasks = tuple(self._task(model.spec, setting, index) for index in range(seeds))
        found = [self._store.get(task.key) for task in tasks]
        missing = tuple(task for task, run in zip(tasks, found, strict=True) if run is None)
        failed = [self._untrainable[task.key] for task in missing if task.key in self._untrainable]
        if failed:
            raise GraderError(f"The model could not be trained: {failed[0]}")
        if missing:
            raise Deferred(missing)
        return tuple(run for run in found if run is not None)

    def same_as_reference(self, model: StudentModel, experiment: str) -> bool:
        """True when the model trains exactly as the one that was calibrated: same layers, same settings."""
        return model.spec is not None and model.spec.digest == self._reference.setting(experiment).spec_digest

    def _task(self, spec: ModelSpec, setting: Experiment, index: int) -> TrainingTask:
        return TrainingTask.of(spec, setting, self._datasets.of(setting), seed=self._seed_of(index))

    def _seed_of(self, index: int) -> int:
        """Secret until the run's seed is known, equal for all students: 31 bits of a keyed hash."""
        text = f"{self._seed}/training/{index}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1
