"""The judge, the listener and the search for leftovers do find what they look for."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from grader.results import CheckResult, Environment, SubmissionResult, Tier, Verdict
from tests.hostile.arena import MARKER, Arena, Graded
from tests.hostile.corpus import BASE, REFUSED, Attack
from tests.hostile.judge import differences, problems
from tests.hostile.listener import ABSTRACT_NAME, TCP_PORT, UDP_PORT, listening

ATTACK = Attack("forging/x", Path(), "Wants points.", "failed", fails=("test_square_images",))


def graded(verdict: Verdict, score: float | None, *, name: str = BASE, **more: str) -> Graded:
    """A run in which one submission met one check."""
    check = CheckResult(
        check="test_square_images", task="i.a", title="Square images", points=4, verdict=verdict, score=score
    )
    result = SubmissionResult(
        assignment="a", student_id="s", digest="0", checks_digest="0", files=(), checks=(check,),
        environment=Environment(tier=Tier.T1, dataset="d", dataset_note="", seed=1, versions={}), **more,
    )  # fmt: skip
    return Graded({name: result}, "", 1.0, 0)


ALONE = graded(Verdict.FAILED, 1.0)


@pytest.mark.parametrize(
    ("among", "told"),
    [
        (graded(Verdict.FAILED, 1.0, name=ATTACK.name), []),
        (graded(Verdict.FAILED, 2.0, name=ATTACK.name), ["gained 2.0 points"]),
        (graded(Verdict.RAISED, 0.0, name=ATTACK.name), ["raised, expected failed"]),
        (graded(Verdict.PASSED, 1.0, name=ATTACK.name), ["passed", "passed, expected failed"]),
        (
            graded(Verdict.GRADER_ERROR, None, name=ATTACK.name),
            ["the grader's error", "grader_error, expected"],
        ),
        (graded(Verdict.FAILED, 1.0, name=ATTACK.name, fault="It ended."), ["a fault of the grader's"]),
        (graded(Verdict.FAILED, 1.0, name=ATTACK.name, problem="No zip."), ["expected failed: No zip."]),
    ],
)
def test_gains_and_surprises_are_told(among: Graded, told: list[str]) -> None:
    """Points, verdicts, faults and refusals that were not foretold, and nothing else."""
    found = problems(ATTACK, among, ALONE)
    assert len(found) == len(told)
    assert all(words in line for words, line in zip(told, found, strict=True))


def test_a_refusal_is_told_where_none_comes() -> None:
    """And missing words in what the student reads."""
    refused = Attack("archives/x", Path(), "A bomb.", REFUSED, words="overlaps")
    among = graded(Verdict.FAILED, 1.0, name=refused.name)
    assert ["expected refused" in line or "overlaps" in line for line in problems(refused, among, ALONE)] == [
        True
    ] * 2


def test_a_changed_result_of_a_neighbour_is_told() -> None:
    """Every check that differs."""
    assert differences(BASE, ALONE, graded(Verdict.FAILED, 1.0)) == []
    assert len(differences(BASE, ALONE, graded(Verdict.FAILED, 0.5))) == 1


@pytest.mark.xdist_group("hostile")
def test_calls_are_heard() -> None:
    """Over TCP, by datagram, and to an abstract name."""
    with listening() as heard:
        with socket.create_connection(("127.0.0.1", TCP_PORT)) as connection:
            assert connection.recv(1) == b"", "it was accepted, and closed"
        with socket.socket(socket.AF_UNIX) as local:
            local.connect(ABSTRACT_NAME)
            assert local.recv(1) == b""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"expected values", ("127.0.0.1", UDP_PORT))
    assert len(heard) == 3


@pytest.mark.xdist_group("hostile")
def test_leftovers_are_found_and_removed(tmp_path: Path) -> None:
    """In a folder that an attack could think of."""
    arena = Arena(tmp_path / "arena")
    left = arena.root / f"{MARKER}.py"
    left.touch()
    assert arena.leftovers() == [str(left)]
    assert not left.exists()
