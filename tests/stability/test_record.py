"""The record of gradings keeps what differs, and where it left off."""

from __future__ import annotations

from pathlib import Path

from tests.stability.record import Outcome, Record

WRONG: Outcome = {"test_a": ["failed", 0.0], "test_b": ["failed", 0.5]}
OTHER: Outcome = {"test_b": ["failed", 0.5]}


def test_what_differs_is_named(tmp_path: Path) -> None:
    """By check: the one that always came to the same is not."""
    record = Record()
    for seed, outcome in enumerate((WRONG, WRONG, OTHER)):
        record.add("wrong/one", seed, outcome)
        record.add("correct/one", seed, {})
    assert record.changed() == {"wrong/one": ["test_a"]}
    assert record.summary() == "6 gradings of 2 samples, 1 not always the same\n  wrong/one: test_a"


def test_a_record_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "stability.json"
    for seed in range(3):
        record = Record.read(path)
        assert [known for known in range(3) if record.has("correct/one", known)] == list(range(seed))
        record.add("correct/one", seed, OTHER)
        record.write(path)
    assert Record.read(path).summary() == "3 gradings of 1 sample, 0 not always the same"
