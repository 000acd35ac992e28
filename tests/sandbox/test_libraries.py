"""TensorFlow is imported where it is needed, once, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment
from grader.grading.grade import GradingContext
from grader.models.store import KnownRuns
from grader.results import Tier
from grader.sandbox import Limits, start_sandbox
from grader.sandbox.libraries import ALL_LIBRARIES, mentioned
from tests.sandbox.conftest import module_of, why_not

WEEK8 = "cs7cs4_week8"
LOADED = """
import sys

def loaded(names):
    return [name for name in names if name in sys.modules]
"""
HIDDEN = """
import importlib
import sys

def loaded():
    importlib.import_module("P" + "IL")
    return "PIL" in sys.modules
"""


def test_what_sources_mention() -> None:
    """Each once; Keras comes with what it runs on."""
    assert mentioned(["import numpy as np", ""]) == ()
    assert mentioned(["from keras import layers", "import tensorflow as tf"]) == ("tensorflow", "keras")
    assert mentioned(["from PIL import Image"]) == ("PIL.Image",)
    everything = "keras tensorflow sklearn PIL matplotlib"
    assert mentioned([everything, everything]) == tuple(dict.fromkeys(ALL_LIBRARIES))


def test_what_an_assignment_mentions(tmp_path: Path) -> None:
    """In starter, solution or checks, whatever their encoding; not in what lies beside them."""
    folder = AssignmentFolder(load_assignment(WEEK8, clone_root()).assignment, tmp_path / "a", tmp_path / "r")
    for name, text in (("a/tools/draw.py", "import matplotlib"), ("r/solution/work.py", "# \xe9: PIL")):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="latin-1")
    context = GradingContext(folder, folder.hidden_checks, ("digits32",), KnownRuns(), 1)
    assert context.libraries == ("PIL.Image",)
    (tmp_path / "r" / "checks").mkdir()
    (tmp_path / "r" / "checks" / "test_all.py").write_text("import keras\n")
    assert context.libraries == ("PIL.Image", "tensorflow", "keras")


@pytest.mark.parametrize("tier", [Tier.T1, Tier.T1B, Tier.T2])
def test_a_worker_has_what_submissions_so_far_mention(tier: Tier) -> None:
    if reason := why_not(tier):
        pytest.skip(reason)
    with start_sandbox(force=tier, preload=()) as sandbox:
        found = []
        for words in ("", "# with Pillow: PIL", "# with matplotlib"):
            with sandbox.open([module_of(LOADED + words)], {}, Limits()) as session:
                found.append(session.call("loaded", [["PIL", "matplotlib.pyplot", "keras"]]).value)
    assert found == [[], ["PIL"], ["PIL", "matplotlib.pyplot"]]


@pytest.mark.parametrize("tier", [Tier.T1, Tier.T1B, Tier.T2])
def test_a_worker_has_what_was_asked_for_beforehand(tier: Tier) -> None:
    """And one that is not installed is a submission's to miss."""
    if reason := why_not(tier):
        pytest.skip(reason)
    with (
        start_sandbox(force=tier, preload=("no_such_module", "PIL.Image")) as sandbox,
        sandbox.open([module_of(LOADED)], {}, Limits()) as session,
    ):
        assert session.call("loaded", [["PIL", "keras"]]).value == ["PIL"]


@pytest.mark.parametrize("tier", [Tier.T1, Tier.T1B, Tier.T2])
def test_a_worker_can_import_what_nobody_mentions(tier: Tier) -> None:
    """Slowly, and at the student's own cost."""
    if reason := why_not(tier):
        pytest.skip(reason)
    with (
        start_sandbox(force=tier, preload=()) as sandbox,
        sandbox.open([module_of(HIDDEN)], {}, Limits(call_seconds=120)) as session,
    ):
        assert session.call("loaded").value is True
