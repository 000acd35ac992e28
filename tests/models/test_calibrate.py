"""Calibration: trains what is missing, writes what it found, and can be read back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder
from grader.calibrate import calibrate, training_cache
from grader.data import load_dataset
from grader.errors import GraderError, UsageError
from grader.models import calibration as written
from grader.models.calibration import (
    CalibratedRun,
    Calibration,
    Distribution,
    Setting,
    calibration_text,
    load_calibration,
    with_runs,
)
from grader.models.store import TrainingStore

pytestmark = pytest.mark.xdist_group("keras")

SOLUTION = """
import keras
from sizes import FILTERS

def build_tiny(filters: int = FILTERS) -> keras.Model:
    model = keras.Sequential([
        keras.Input((32, 32, 3)),
        keras.layers.Conv2D(filters, 3, strides=4, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model
"""


def make_folder(root: Path) -> AssignmentFolder:
    hidden = root / "reference"
    (hidden / "solution").mkdir(parents=True)
    (hidden / "solution" / "networks.py").write_text(SOLUTION)
    (hidden / "solution" / "sizes.py").write_text("FILTERS = 4\n")
    settings = {
        "model": "build_tiny",
        "n": 10**6,
        "epochs": 1,
        "batch_size": 100,
        "task": "a",
        "title": "Tiny",
    }
    assignment = Assignment.model_validate(
        {
            "name": "tiny",
            "title": "Tiny",
            "datasets": ["digits32"],
            "tasks": [{"id": "a", "title": "A", "points": 1}],
            "experiments": [
                {"name": "four", **settings, "seeds": 2},
                {"name": "six", **settings, "arguments": {"filters": 6}, "seeds": 1},
            ],
        }
    )
    return AssignmentFolder(assignment, root / "assignment", hidden)


def test_calibrates_and_resumes(tmp_path: Path) -> None:
    """Every experiment is trained with its seeds; a second call trains only what is new."""
    folder, store = make_folder(tmp_path), TrainingStore(tmp_path / "store.sqlite")
    console = Console(file=io.StringIO(), width=200)
    first = calibrate(folder, "digits32", store=store, console=console)
    assert load_calibration(folder.calibration) == first
    four = first.setting("four", load_dataset("digits32").digest)
    assert [run.seed for run in four.runs] == [1000, 1001]
    assert (four.n, four.epochs) == (2000, 1)
    assert four.test_accuracy == Distribution.of([run.test_accuracy for run in four.runs])
    assert four.spec_digest == first.models["build_tiny"].digest
    assert first.spec("build_tiny").parameters == 4 * 28 + 8 * 8 * 4 * 10 + 10
    six = first.find("six", "digits32")
    assert six is not None
    assert six.spec_digest != four.spec_digest
    assert six.test_accuracy.sd is None

    console = Console(file=(output := io.StringIO()), width=200)
    second = calibrate(folder, "digits32", experiments=["four"], seeds=3, store=store, console=console)
    again = second.setting("four", four.dataset_digest)
    assert again.runs[:2] == four.runs
    assert again.test_accuracy.n == 3
    assert second.find("six", "digits32") == six
    assert output.getvalue().count("test 0.") == 1


def test_unknown_experiment(tmp_path: Path) -> None:
    """A wrong name is answered with the names there are, before anything is trained."""
    with pytest.raises(UsageError) as caught:
        calibrate(
            make_folder(tmp_path), "digits32", experiments=["five"], store=TrainingStore(tmp_path / "s")
        )
    assert "four, six" in caught.value.hint


def test_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """EPOCHMARK_CACHE says where runs are kept."""
    monkeypatch.setenv("EPOCHMARK_CACHE", str(tmp_path))
    assert training_cache() == tmp_path / "training.sqlite"


def make_run(seed: int, accuracy: float = 0.5, loss: float | None = 1.0) -> CalibratedRun:
    return CalibratedRun(
        seed=seed,
        train_accuracy=0.75,
        test_accuracy=accuracy,
        history={"loss": (2.0, loss)},
        wall_seconds=1.0,
    )


def make_setting(*runs: CalibratedRun, dataset: str = "digits32", epochs: int = 2) -> Setting:
    bare = Setting(
        experiment="four",
        dataset=dataset,
        dataset_digest=f"digest of {dataset}",
        spec_digest="s",
        arguments={"l1": 1e-4},
        n=10,
        epochs=epochs,
        batch_size=5,
        validation_split=0.1,
        versions={"keras": "3.0"},
        test_accuracy=Distribution(mean=0, sd=None, n=0),
        train_accuracy=Distribution(mean=0, sd=None, n=0),
        runs=(),
    )
    return with_runs(bare, runs)


def test_merging_keeps_other_data_and_seeds() -> None:
    """Other data sets stay; runs of other seeds stay where the settings are the same."""
    calibration = Calibration(assignment="tiny").merged(make_setting(make_run(1, 0.4), make_run(2, 0.5)))
    calibration = calibration.merged(make_setting(make_run(1), dataset="cifar10"))
    calibration = calibration.merged(make_setting(make_run(2, 0.6), make_run(3, 0.8)))
    joined = calibration.setting("four", "digest of digits32")
    assert [(run.seed, run.test_accuracy) for run in joined.runs] == [(1, 0.4), (2, 0.6), (3, 0.8)]
    assert joined.test_accuracy == Distribution(mean=0.6, sd=0.2, n=3)
    assert calibration.find("four", "cifar10") is not None
    replaced = calibration.merged(make_setting(make_run(9), epochs=3))
    assert [run.seed for run in replaced.setting("four", "digest of digits32").runs] == [9]


def test_file_round_trips(tmp_path: Path) -> None:
    """One line per run; what is written is read; a diverged loss is null."""
    setting = make_setting(make_run(1), make_run(2, loss=None))
    calibration = Calibration(assignment="tiny", command="grader calibrate tiny").merged(setting)
    path = tmp_path / "calibration.json"
    path.write_text(calibration_text(calibration))
    assert load_calibration(path) == calibration
    assert json.loads(path.read_text())["schema_version"] == 1
    assert sum('"seed"' in line for line in path.read_text().splitlines()) == 2
    assert setting.values("loss") == ((2.0, 1.0),)


def test_what_is_missing_names_the_command(tmp_path: Path) -> None:
    """No file, a spoilt file, no such experiment or model: each says how to get it."""
    with pytest.raises(GraderError) as caught:
        load_calibration(tmp_path / "tiny" / "calibration.json")
    assert caught.value.hint == "Run: grader calibrate tiny"
    (tmp_path / "calibration.json").write_text('{"schema_version": 2, "assignment": "tiny"}')
    with pytest.raises(GraderError, match="schema_version"):
        load_calibration(tmp_path / "calibration.json")
    empty = written.Calibration(assignment="tiny")
    with pytest.raises(GraderError, match="was not calibrated"):
        empty.setting("four", "digest")
    with pytest.raises(GraderError, match="no model build"):
        empty.spec("build")


@pytest.mark.parametrize(
    ("dataset", "experiments", "words"),
    [
        ("cifar10", None, "has no experiment on cifar10"),
        ("digits32", ["own"], 'no experiment "own" on digits32'),
    ],
)
def test_an_experiment_keeps_to_its_data_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str, experiments: list[str] | None, words: str
) -> None:
    """Calibration trains on a data set what may be made on it, and says what that is."""
    folder = make_folder(tmp_path)
    four, six = folder.assignment.experiments
    own = six.model_copy(update={"name": "own", "datasets": ("mnist",)})
    changed = folder.assignment.model_copy(update={"experiments": (four, own)})
    monkeypatch.setattr("grader.calibrate.load_dataset", lambda name: load_dataset("digits32"))
    with pytest.raises(UsageError, match=words) as caught:
        calibrate(AssignmentFolder(changed, folder.public, folder.hidden), dataset, experiments=experiments)
    assert "four" in caught.value.hint or "digits32" in caught.value.hint
