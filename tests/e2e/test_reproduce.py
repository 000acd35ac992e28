"""`grader reproduce` through the command line, with real training on the embedded digits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root
from grader.errors import ExitCode
from tests.ctrl_c import heed_ctrl_c
from tests.e2e.command import PLAIN_TERMINAL, Outcome, grader

pytestmark = pytest.mark.xdist_group("keras")

ASSIGNMENT = """\
name = "tiny"
title = "Tiny"
datasets = ["digits28"]

[[tasks]]
id = "a"
title = "A"
points = 1

[lab]
baseline = "commonest"

[[experiments]]
name = "slow"
title = "Small steps"
task = "a"
model = "build"
arguments = { learning_rate = 0.0001 }
n = 400
epochs = 3
batch_size = 20
seeds = 2

[[experiments]]
name = "fast"
title = "Larger steps"
task = "a"
model = "build"
arguments = { learning_rate = 0.05 }
n = 400
epochs = 3
batch_size = 20
seeds = 2
"""
REPORTED = """\
source = "one report"
dataset = "digits28"

[[reported]]
experiment = "slow"
label = "small steps"
val_accuracy = [0.9, 0.9]
note = "The report does not give its learning rate."

[[reported]]
experiment = "fast"
label = "larger steps"
test_accuracy = [0.4, 0.95]

[[reported]]
experiment = "baseline"
label = "commonest label"
n = 400
test_accuracy = [0.1, 0.12]
"""
SOLUTION = """\
import keras

def build(learning_rate=0.05):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    model.compile(keras.optimizers.SGD(learning_rate), "categorical_crossentropy", metrics=["accuracy"])
    return model
"""
BASELINE = """\
import numpy as np

def commonest(y_train, n):
    return np.full(n, np.bincount(y_train).argmax())
"""


def make_course(root: Path) -> Path:
    files = {
        "assignment/tiny/assignment.toml": ASSIGNMENT,
        "reference/tiny/reported.toml": REPORTED,
        "reference/tiny/solution/models.py": SOLUTION,
        "reference/tiny/solution/baseline.py": BASELINE,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def reproduce(course: Path, *more: str | Path, name: str = "tiny", cwd: Path | None = None) -> Outcome:
    """With a cache of the course's own, in a folder that is not the clone."""
    words = ("reproduce", name, "--assignments", course, "--jobs", "1", *more)
    environment = {"EPOCHMARK_CACHE": str(course / "cache"), "PYTHONPATH": str(clone_root())}
    return grader(*words, cwd=cwd or course, **environment)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A course whose assignment was reproduced once."""
    course = make_course(tmp_path_factory.mktemp("course"))
    return course, reproduce(course)


def written(course: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((course / "docs").rglob("*")) if path.is_file()}


def test_every_reported_figure_stands_beside_ours(done: tuple[Path, Outcome]) -> None:
    """Trained with all seeds, with the baseline computed, and what differs explained."""
    course, outcome = done
    assert outcome.code == 0, outcome.text
    page = (course / "docs" / "reproduction.md").read_text(encoding="utf-8")
    rows = {line.split(" | ")[0][2:]: line for line in page.splitlines() if line.startswith("| ")}
    assert "validation accuracy | 0.90 | 0." in rows["small steps"]
    assert "| no, see below | 2 |" in rows["small steps"]
    assert "test accuracy | 0.40 – 0.95 | 0." in rows["larger steps"]
    assert "| yes | 2 |" in rows["larger steps"]
    assert "test accuracy | 0.10 – 0.12 | 0.1" in rows["commonest label"]
    assert "- **small steps**: The report does not give its learning rate." in page
    assert "without a reason" not in outcome.text
    pictures = sorted(name for name in written(course) if name.endswith(".svg"))
    assert pictures == [f"reproduction-tiny-{what}.svg" for what in ("learning", "test", "val")]
    assert all(f"(images/{name})" in page for name in pictures)


def test_again_trains_nothing_and_writes_the_same_bytes(done: tuple[Path, Outcome]) -> None:
    """Finished runs are kept, and page and pictures depend on nothing else."""
    course, first = done
    before = written(course)
    again = reproduce(course)
    assert again.code == 0, again.text
    assert (first.text.count("seed 100"), again.text.count("seed 100")) == (4, 0)
    assert written(course) == before
    assert reproduce(course, "--no-train").code == 0
    assert written(course) == before


def test_a_trial_leaves_calibration_and_page_alone(done: tuple[Path, Outcome], tmp_path: Path) -> None:
    """--quick says what it is, writes elsewhere, and refuses the page of the real thing."""
    course, _ = done
    before, calibration = written(course), (course / "reference/tiny/calibration.json").read_bytes()
    trial = reproduce(course, "--quick", cwd=tmp_path)
    assert trial.code == 0, trial.text
    assert "no reproduction. calibration.json and the committed page stay as they are." in trial.text
    page = (tmp_path / "reproduction-trial" / "reproduction.md").read_text(encoding="utf-8")
    assert page.startswith("# A trial: no reproduction")
    assert "Reported: one report, on digits28; the trial: on digits28." in page
    assert (tmp_path / "reproduction-trial" / "images" / "reproduction-tiny-learning.svg").is_file()
    refused = reproduce(course, "--quick", "--out", course / "docs" / "reproduction.md")
    assert refused.code == 2
    assert "nothing was overwritten" in refused.text
    assert written(course) == before
    assert (course / "reference/tiny/calibration.json").read_bytes() == calibration


def test_without_training_says_what_is_missing(tmp_path: Path) -> None:
    """The page is written all the same, and nothing is trained."""
    course = make_course(tmp_path)
    outcome = reproduce(course, "--no-train")
    assert outcome.code == 0, outcome.text
    assert "Not run yet: small steps larger steps" in outcome.text
    assert "| not run |" in (course / "docs" / "reproduction.md").read_text(encoding="utf-8")
    assert not (course / "cache").exists()


def test_a_difference_without_a_reason_is_reported(done: tuple[Path, Outcome], tmp_path: Path) -> None:
    """The row is named, and where a reason belongs."""
    course = tmp_path / "course"
    shutil.copytree(done[0], course)
    path = course / "reference" / "tiny" / "reported.toml"
    path.write_text("\n".join(line for line in REPORTED.splitlines() if not line.startswith("note")))
    outcome = reproduce(course, "--no-train")
    assert outcome.code == 0, outcome.text
    assert "without a reason: small steps Look into these" in outcome.text
    assert str(path) in outcome.text


def test_interrupted_it_goes_on_where_it_was(done: tuple[Path, Outcome], tmp_path: Path) -> None:
    """Ctrl-C ends it with a message; the same command trains the rest and writes the same page."""
    course = make_course(tmp_path)
    environment = {
        **os.environ, **PLAIN_TERMINAL, "PYTHONUNBUFFERED": "1",
        "EPOCHMARK_CACHE": str(course / "cache"),
    }  # fmt: skip
    words = ["reproduce", "tiny", "--assignments", str(course), "--jobs", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", *words], cwd=clone_root(), env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "seed 1000" in line:
            os.killpg(process.pid, signal.SIGINT)
            break
    _, err = process.communicate(timeout=120)
    assert process.returncode == ExitCode.INTERRUPTED, err
    assert "What was finished is kept" in err
    assert "Traceback" not in err
    assert not (course / "docs").exists()
    rest = reproduce(course)
    assert rest.code == 0, rest.text
    assert 1 <= rest.text.count("seed 100") < 4
    assert written(course) == written(done[0])


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("--out", "{course}"), 2, "is a folder"),
        (("--out", "{file}/page.md"), 2, "is not a folder"),
        (("--out", "{file}"), 2, "none of these pages"),
        (("--jobs", "0"), 2, "--jobs"),
        (("--quick", "--no-train"), 2, "do not go together"),
    ],
)
def test_wrong_places_are_refused_before_training(
    words: tuple[str, ...], code: int, expected: str, tmp_path: Path
) -> None:
    """Hours of training must not end with a page that cannot be written."""
    course = make_course(tmp_path / "course")
    (tmp_path / "file").write_text("# My notes\n")
    places = {"course": str(course), "file": str(tmp_path / "file")}
    outcome = reproduce(course, *(word.format(**places) for word in words))
    assert (outcome.code, "Traceback" in outcome.text) == (code, False), outcome.text
    assert expected in outcome.text
    assert not (course / "cache").exists()
    assert (tmp_path / "file").read_text() == "# My notes\n"


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "code", "expected"),
    [
        ("tyni", "", "", "", 2, "Choose one of: tiny"),
        ("tiny", "reference/tiny/reported.toml", REPORTED, None, 2, "no reported figures of tiny"),
        ("tiny", "reference/tiny/reported.toml", "digits28", "mnist", 3, "grader data fetch mnist"),
        ("tiny", "reference/tiny/reported.toml", "digits28", "minst", 2, "There is no data set 'minst'"),
        ("tiny", "reference/tiny/reported.toml", "digits28", "digits32", 2, "on digits32"),
        ("tiny", "reference/tiny/reported.toml", '"fast"', '"faster"', 3, "baseline"),
        ("tiny", "reference/tiny/reported.toml", "0.95]", "95]", 3, "reported.toml, line 13"),
        ("tiny", "reference/tiny/reported.toml", "one report", "\udcff", 3, "not UTF-8"),
        ("tiny", "reference/tiny/solution/baseline.py", "commonest", "rarest", 3, "commonest"),
    ],
)
def test_what_cannot_be_reproduced_says_why(
    name: str, file: str, old: str, new: str | None, code: int, expected: str, tmp_path: Path
) -> None:
    """Wrong names, missing or broken files, data that are not here: a message and the next step."""
    course = make_course(tmp_path)
    if new is None:
        (course / file).unlink()
    elif file:
        text = (course / file).read_text().replace(old, new)
        (course / file).write_text(text, errors="surrogateescape")
    outcome = reproduce(course, name=name)
    assert (outcome.code, "Traceback" in outcome.text) == (code, False), outcome.text
    assert expected in outcome.text
    assert not (course / "docs").exists()
