"""experiments.json is read strictly: what a claim rests on must be what the program wrote."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import ExperimentRun, ExperimentsError, parse_experiments

RUN: dict[str, Any] = {
    "name": "strided-5k",
    "n": 5000,
    "epochs": 2,
    "batch_size": 128,
    "history": {"loss": [2.0, 1.5], "val_accuracy": [0.2, 0.3]},
    "train_accuracy": 0.6,
    "test_accuracy": 0.5,
    "seconds": 12.5,
    "parameters": 37146,
}
FILE: dict[str, Any] = {
    "schema_version": 1,
    "assignment": "cs7cs4_week8",
    "dataset": "cifar10",
    "dataset_digest": "0" * 64,
    "machine": "Linux x86_64, 2 cores",
    "runs": [RUN],
}


def with_run(**changes: object) -> bytes:
    return json.dumps(FILE | {"runs": [RUN | changes]}).encode()


def test_a_file_comes_back_as_written() -> None:
    """Through JSON and back; none without a file."""
    file = parse_experiments(json.dumps(FILE).encode())
    assert file is not None
    assert file.runs[0].history["loss"] == [2.0, 1.5]
    assert file.runs[0].quick is False
    assert parse_experiments(file.model_dump_json().encode()) == file
    assert parse_experiments(None) is None


def test_a_network_that_diverged_is_a_result() -> None:
    """Its losses have gaps, which are null in the file."""
    file = parse_experiments(with_run(history={"loss": [2.0, None], "accuracy": [0.1, 0.1]}))
    assert file is not None
    assert file.runs[0].history["loss"] == [2.0, None]
    assert parse_experiments(file.model_dump_json().encode()) == file


def test_a_report_of_scikit_learn_becomes_rows() -> None:
    """Its own dictionary is taken; the overall accuracy in it is no row."""
    scores = {"precision": 0.5, "recall": 0.25, "f1-score": 1 / 3, "support": 10.0}
    run = ExperimentRun.model_validate(
        RUN | {"report": {"cat": scores, "accuracy": 0.5, "macro avg": scores}}
    )
    assert [(row.label, row.f1, row.support) for row in run.report] == [
        ("cat", 1 / 3, 10),
        ("macro avg", 1 / 3, 10),
    ]
    again = parse_experiments(json.dumps(FILE | {"runs": [run.model_dump()]}).encode())
    assert again is not None
    assert again.runs[0] == run


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "line 1, column 2: "),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "recursion"),
        (b"[]", "valid dictionary"),
        (b'{"a": 1, "a": 2}', "a key is there twice"),
        (with_run().replace(b"0.5,", b"NaN,"), "NaN is no result"),
        (with_run().replace(b"0.5,", b"1e999,"), r"runs\.0\.test_accuracy \(run strided-5k\): "),
        (
            with_run(test_accuracy=48),
            r"runs\.0\.test_accuracy \(run strided-5k\): Input should be less than or equal to 1",
        ),
        (with_run(n=0), r"runs\.0\.n "),
        (with_run(history={"loss": ["a"]}), r"runs\.0\.history\.loss\.0"),
        (with_run(confusion=[[1, 2], [3, 4]]), r"runs\.0\.confusion"),
        (with_run(other=1), r"runs\.0\.other .*Extra inputs"),
        (json.dumps(FILE | {"schema_version": 2}).encode(), "schema_version: Input should be 1"),
        (json.dumps(FILE | {"runs": [RUN, RUN]}).encode(), "the run 'strided-5k' is there twice"),
        (json.dumps(FILE | {"dataset_digest": "x"}).encode(), "dataset_digest: "),
        (b" " * 6_000_000, "it has 6.0 MB, more than 5.2 MB"),
    ],
)
def test_faults_with_place_and_next_step(raw: bytes, message: str) -> None:
    """Where, what, and that the program writes the file."""
    with pytest.raises(ExperimentsError, match=message) as caught:
        parse_experiments(raw)
    assert "tox -e experiments" in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_explained(raw: bytes) -> None:
    """Nothing but ExperimentsError comes out."""
    with pytest.raises(ExperimentsError):
        parse_experiments(raw)


@given(
    st.dictionaries(
        st.sampled_from(list(FILE)),
        st.none()
        | st.integers()
        | st.text(max_size=5)
        | st.lists(st.dictionaries(st.sampled_from(list(RUN)), st.integers())),
    )
)
def test_any_json_is_read_or_explained(changes: dict[str, Any]) -> None:
    """Whatever the shape."""
    with contextlib.suppress(ExperimentsError):
        parse_experiments(json.dumps(FILE | changes).encode())


def test_an_experiment_may_be_repeated_and_have_data_of_its_own() -> None:
    """Runs are told apart by name and repeat; the file's data are those of runs that say nothing."""
    own = RUN | {"repeat": 1, "dataset": "mnist", "dataset_digest": "1" * 64}
    file = parse_experiments(json.dumps(FILE | {"runs": [RUN, own]}).encode())
    assert file is not None
    assert [file.digest_of(run) for run in file.runs] == ["0" * 64, "1" * 64]
