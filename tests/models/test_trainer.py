"""Trainer processes: real training, and what becomes of runs when one dies."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import Experiment
from grader.data import Dataset, load_dataset
from grader.errors import GraderError
from grader.models import trainer
from grader.models.spec import ModelSpec
from grader.models.store import TrainingStore
from grader.models.tasks import TrainingTask
from grader.models.trainer import TrainerPool, train_all
from tests.models import keras_side
from tests.models.documents import compiled, convolution, image, layer, sequential, text
from tests.models.training_side import run_training

pytestmark = pytest.mark.xdist_group("keras")


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset("digits32")


def make_spec(units: int = 10, **convolution_settings: Any) -> ModelSpec:
    small = convolution(**{"filters": 4, "strides": [4, 4], "activation": "relu", **convolution_settings})
    head = layer("Dense", units=units, activation="softmax")
    return ModelSpec.parse(text(sequential(image(), small, layer("Flatten"), head)), text(compiled()))


def make_task(dataset: Dataset, seed: int = 1, spec: ModelSpec | None = None, **changes: Any) -> TrainingTask:
    settings = {
        "name": "tiny",
        "title": "Tiny",
        "model": "build",
        "n": 300,
        "epochs": 2,
        "batch_size": 32,
        "task": "a",
    }
    experiment = Experiment.model_validate({**settings, **changes})
    return TrainingTask.of(spec or make_spec(), experiment, dataset, seed=seed)


def test_same_seed_same_run(in_keras: Callable[..., Any], digits: Dataset) -> None:
    """A run is a function of its task: equal seeds give equal weights, others do not."""
    first, again, other = (in_keras(run_training, make_task(digits, seed)) for seed in (1, 1, 2))
    assert first.history == again.history
    assert first.test_predictions == again.test_predictions
    assert first.history != other.history
    assert first.key == again.key != other.key


def test_run_tells_what_happened(in_keras: Callable[..., Any], digits: Dataset) -> None:
    """History for every epoch, accuracies over all images, predictions for each test image, times."""
    run = in_keras(run_training, make_task(digits, epochs=12, n=2000))
    assert {name: len(values) for name, values in run.history.items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), 12
    )
    assert run.history["loss"][-1] < run.history["loss"][0]
    assert run.test_accuracy == pytest.approx(np.mean(np.array(run.test_predictions) == digits.y_test))
    assert run.test_accuracy > 0.7
    assert run.train_accuracy > 0.7
    assert 0 < run.cpu_seconds < 60
    assert run.wall_seconds > 0


def test_keys_follow_content(digits: Dataset) -> None:
    """The title is for people; everything else that decides a run is in its key."""
    key = make_task(digits).key
    assert make_task(digits, name="another", title="Another").key == key
    assert make_task(digits, spec=make_spec(filters=5)).key != key
    for change in ({"n": 299}, {"epochs": 3}, {"batch_size": 33}, {"validation_split": 0.2}, {"seed": 2}):
        assert make_task(digits, **change).key != key
    assert make_task(digits).model_copy(update={"dataset_digest": "0" * 64}).key != key
    assert make_task(digits, n=10**6).n == len(digits.x_train)


def test_each_distinct_run_is_trained_once(tmp_path: Path, digits: Dataset) -> None:
    """Equal tasks share a run; what cannot be trained is told with the reason, and costs nobody else."""
    store = TrainingStore(tmp_path / "store.sqlite")
    good, misfit = make_task(digits), make_task(digits, spec=make_spec(units=3))
    endless = make_task(digits, epochs=10**9)
    told: list[str] = []
    tasks = [good, misfit, make_task(digits), endless]
    failures = train_all(tasks, store, on_done=lambda task: told.append(task.key))
    assert store.has(good.key)
    assert set(failures) == {misfit.key, endless.key}
    assert "10 classes need 10 numbers" in failures[misfit.key]
    assert "the grader stops at" in failures[endless.key]
    assert sorted(told) == sorted([good.key, misfit.key, endless.key])
    assert store.claim(misfit.key, "somebody else")
    assert train_all([good], store) == {}


def test_a_crash_costs_one_run(tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that die take their own run with them and no other."""
    monkeypatch.setattr(trainer, "run_trainings", keras_side.crash_on_odd_seeds)
    monkeypatch.setattr(
        trainer, "TrainerPool", lambda processes: TrainerPool(processes, start=keras_side.nothing)
    )
    store = TrainingStore(tmp_path / "store.sqlite")
    tasks = [make_task(digits, seed) for seed in range(6)]
    failures = train_all(tasks, store, processes=2)
    assert [store.has(task.key) for task in tasks] == [True, False] * 3
    assert set(failures) == {task.key for task in tasks[1::2]}
    assert "ended by itself" in failures[tasks[1].key]


def test_a_killed_trainer_costs_nothing(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a process was at when something killed it is trained once more."""
    marker = str(tmp_path / "died")
    monkeypatch.setattr(trainer, "run_trainings", partial(keras_side.crash_once, marker))
    store = TrainingStore(tmp_path / "store.sqlite")
    tasks = [make_task(digits, seed) for seed in range(3)]
    told: list[str] = []
    with TrainerPool(1, start=keras_side.nothing) as pool:
        assert train_all(tasks, store, pool=pool, on_done=lambda task: told.append(task.key)) == {}
    assert os.path.exists(marker)
    assert all(store.has(task.key) for task in tasks)
    assert sorted(told) == sorted(task.key for task in tasks)


def test_large_pages_are_asked_for_in_trainers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader's own environment stays as it was, and what the user has set wins."""
    name = "GLIBC_TUNABLES"
    for own in (None, "glibc.malloc.check=0"):
        monkeypatch.delenv(name, raising=False)
        if own:
            monkeypatch.setenv(name, own)
        with TrainerPool(1, start=keras_side.nothing) as pool:
            future = pool.submit(os.getenv, name)
            future.exception()
            assert pool.result(future) == (own or trainer.TRAINER_ENVIRONMENT[name])
        assert os.environ.get(name) == own


class InterruptedStore(TrainingStore):
    """Ctrl-C comes right after a run was claimed."""

    def claim(self, key: str, owner: str) -> bool:
        super().claim(key, owner)
        raise KeyboardInterrupt


class InterruptedPool(TrainerPool):
    """Ctrl-C comes while a claimed run is handed to a trainer."""

    def submit(self, *_: Any) -> Any:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("store_class", "pool_class"), [(InterruptedStore, TrainerPool), (TrainingStore, InterruptedPool)]
)
def test_interrupted_at_the_worst_moment_nothing_stays_claimed(
    tmp_path: Path, digits: Dataset, store_class: type[TrainingStore], pool_class: type[TrainerPool]
) -> None:
    """The same command, given again at once, does not wait for the claims of the first to run out."""
    task, path = make_task(digits), tmp_path / "store.sqlite"
    with pool_class(1) as pool, pytest.raises(KeyboardInterrupt):
        train_all([task], store_class(path), pool=pool)
    assert TrainingStore(path).claim(task.key, "somebody else")


def test_crash_is_the_graders_fault() -> None:
    """A dead trainer raises GraderError, and its place works again."""
    with TrainerPool(1, start=keras_side.nothing) as pool:
        future = pool.submit(os.abort)
        assert not pool.has_room
        future.exception()
        with pytest.raises(GraderError):
            pool.result(future)
        again = pool.submit(keras_side.process_id)
        again.exception()
        assert pool.result(again) != os.getpid()


PARENT = """
from grader.models import trainer
from tests.models import keras_side
if __name__ == "__main__":
    pool = trainer.TrainerPool(1)
    future = pool.submit(keras_side.process_id)
    print(future.result(), flush=True)
    input()
"""


def test_trainers_do_not_outlive_the_grader(tmp_path: Path) -> None:
    """When the grader is killed outright, its trainer ends by itself."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = str(Path(trainer.__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    with parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.send_signal(signal.SIGKILL)
            ended, _, _ = select.select([child], [], [], 30)
        finally:
            os.close(child)
    assert ended
