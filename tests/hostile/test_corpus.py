"""The corpus, graded by `grader grade` in tier T1.

`python -m tests.hostile` (tox -e hostile) grades all of it in every tier and as an ordinary user. Here it is
every twelfth attack, for the sake of minutes; EPOCHMARK_ALL_ATTACKS=1 takes all of them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.results import Tier
from tests.hostile.arena import Arena, Graded
from tests.hostile.corpus import ATTACKS, BASE, HONEST, Attack, load_attacks
from tests.hostile.judge import differences, problems
from tests.hostile.listener import listening
from tests.sandbox.conftest import why_not

pytestmark = pytest.mark.xdist_group("hostile")
CORPUS = load_attacks()
FOUGHT = CORPUS if os.environ.get("EPOCHMARK_ALL_ATTACKS") == "1" else CORPUS[::12]


@dataclass(frozen=True)
class Battle:
    """The honest students alone, and with the attackers among them."""

    arena: Arena
    alone: Graded
    among: Graded
    heard: list[str]


@pytest.fixture(scope="module")
def battle() -> Iterator[Battle]:
    """Not in pytest's own folders: these are closed to others, and would protect secrets by themselves."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="epochmark-arena-") as folder, listening() as heard:
        arena = Arena(Path(folder))
        alone = arena.grade("alone", [])
        among = arena.grade("among", FOUGHT)
        yield Battle(arena, alone, among, heard)


def test_none_of_them_is_collected(request: pytest.FixtureRequest) -> None:
    """pytest would run a conftest.py of theirs, outside of every sandbox."""
    assert [item for item in request.session.items if "submissions" in item.path.parts] == []


def test_there_are_many() -> None:
    """At least a hundred, over all groups, each with one sentence about what it is after."""
    assert len(CORPUS) >= 100
    groups = "archives escape exhaustion forging gaming notebooks protocol reports secrets tampering"
    assert {attack.group for attack in CORPUS} == set(groups.split())
    assert [attack.name for attack in CORPUS if not attack.aim.endswith(".")] == []
    folders = {path for path in ATTACKS.glob("*/*") if path.parent.name not in ("base", "honest")}
    assert {attack.folder for attack in CORPUS} == folders


@pytest.mark.parametrize("attack", FOUGHT, ids=lambda attack: attack.name)
def test_it_gains_nothing(battle: Battle, attack: Attack) -> None:
    """No more points than without the attack, and the verdict that is foretold."""
    assert problems(attack, battle.among, battle.alone) == []


@pytest.mark.parametrize("name", [*HONEST, BASE])
def test_honest_students_notice_nothing(battle: Battle, name: str) -> None:
    """Whoever was graded before them, beside them and after them."""
    assert differences(name, battle.alone, battle.among) == []
    lost = [check.check for check in battle.alone.results[name].checks if check.score is None]
    assert lost == []


def test_no_secret_comes_out(battle: Battle) -> None:
    """Neither in reports nor in the gradebook, for anybody; nor does any attack boast."""
    assert battle.arena.leaks("alone") + battle.arena.leaks("among") == []
    for word in battle.arena.secrets.values():
        assert word not in battle.among.printed


def test_a_secret_that_came_out_would_be_found(battle: Battle) -> None:
    """The search finds a planted one."""
    page = next((battle.arena.root / "alone-results" / "students").rglob("report.html"))
    page.write_text(page.read_text() + battle.arena.secrets["sibling"])
    assert battle.arena.leaks("alone") != []
    page.write_text(page.read_text().replace(battle.arena.secrets["sibling"], ""))


def test_nobody_calls_home(battle: Battle) -> None:
    """No connection, no datagram."""
    assert battle.heard == []


def test_nothing_is_left_behind(battle: Battle) -> None:
    """No file in any place that an attack could think of."""
    assert battle.arena.leftovers() == []


def test_the_run_itself_ends_well(battle: Battle) -> None:
    """The command ends as it should, and every submission has a result under its own tier."""
    assert battle.among.code == battle.alone.code == 0, battle.among.printed
    assert len(battle.among.results) == len(FOUGHT) + len(HONEST) + 1
    assert {result.environment.tier for result in battle.among.results.values()} == {Tier.T1}
    reports = [path.name for path in (battle.arena.root / "among-results" / "students").glob("*/*")]
    assert reports == ["report.html"] * len(battle.among.results), "no PDF was asked for"
