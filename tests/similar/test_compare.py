"""Whose code is told to be alike, and whose is not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment_folder import clone_root
from grader.similar import compare_class
from grader.similar.compare import SHORTEST
from tests.similar.programs import STARTER, rename, work_of, write_program


def names(found) -> list[tuple[str, ...]]:
    return [tuple(work.student_id for work in pair.works) for pair in found.pairs]


def test_a_copy_with_other_names_in_another_order_is_found():
    """Renamed, shuffled, in two files, without comments and docstrings: among forty only these two."""
    works = [work_of(f"s-{seed:02}", write_program(seed)) for seed in range(40)]
    head, *functions = rename(write_program(7)).split("\n\ndef ")
    parts = [head, *(f"def {text.replace('):', '):' + chr(10) + '    # changed', 1)}" for text in functions)]
    moved = work_of("copy", "\n\n".join([*parts[4:], '"""Mine."""']), "\n\n".join(parts[:4]))
    found = compare_class([*works, moved], [])
    assert names(found) == [("copy", "s-07")]
    assert min(found.pairs[0].shares) > 0.85
    assert found.usual < 0.1


def test_spelling_tells_a_plain_copy_from_a_renamed_one():
    """The share of names, numbers and texts that are spelled alike."""
    program = write_program(3)
    plain = compare_class([work_of("a", program), work_of("b", program)], [])
    renamed = compare_class([work_of("a", program), work_of("b", rename(program))], [])
    assert plain.pairs[0].spelled == 1.0
    assert plain.pairs[0].shares == (1.0, 1.0)
    assert renamed.pairs[0].spelled is not None
    assert renamed.pairs[0].spelled < 0.5


def test_half_of_it_taken_over_is_told_with_both_shares():
    """Whoever took a half has it in a half; the other one has all of it there."""
    short, more = write_program(1, 5), write_program(2, 5)
    found = compare_class([work_of("long", short, more), work_of("short", short)], [])
    assert names(found) == [("long", "short")]
    assert found.pairs[0].shares[0] == pytest.approx(0.5, abs=0.15)
    assert found.pairs[0].shares[1] > 0.95


def test_the_starter_is_nobody_s_own():
    """Those who have nothing in common but what they were given are not told about."""
    given = STARTER + write_program(99, 12)
    works = [work_of(f"s-{seed}", given + write_program(seed, 2)) for seed in range(6)]
    assert names(compare_class(works, [])) != []
    assert names(compare_class(works, [work_of("starter", given)])) == []


def test_what_many_wrote_alike_is_the_task_s():
    """Eleven with the same solution are not each other's copies; two more with one of their own are."""
    usual = write_program(5)
    works = [work_of(f"s-{place:02}", usual + write_program(place + 100, 3)) for place in range(11)]
    twins = [work_of(name, usual + write_program(500, 3)) for name in ("x", "y")]
    assert names(compare_class([*works, *twins], [])) == [("x", "y")]


def test_remarks_that_only_two_have():
    """Comments are no tokens, but rare ones are counted; those of the starter are not."""
    program, remark = write_program(4), "# here the border falls off"
    given = work_of("starter", "# a remark that was given\n")
    texts = [f"{program}\n{remark}\n# a remark that was given\n", f"{program}\n{remark}\n"]
    found = compare_class([work_of(f"s{n}", text) for n, text in enumerate(texts)], [given])
    assert found.pairs[0].comments == ("here the border falls off",)


@pytest.mark.parametrize("sources", [(), ("",), ("x = 1\n",), ("def f(:\n  pass",), ("'''", "(((", "\x00")])
def test_code_that_is_none(sources):
    """Nothing, next to nothing and what is no Python: no pair and no exception."""
    assert compare_class([work_of("a", *sources), work_of("b", *sources)], []).pairs == ()
    assert compare_class([], []).usual == 0.0


def test_code_that_repeats_itself_ends():
    """Twenty thousand equal lines have twenty thousand places that match each."""
    found = compare_class([work_of(name, "x = x + 1\n" * 20_000) for name in "ab"], [])
    assert found.pairs[0].shares == pytest.approx((1.0, 1.0), abs=0.01)
    assert all(work.cut for work in found.pairs[0].works)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_passages_are_what_they_say(first: int, second: int):
    """Equal kinds on both sides, long enough, and no token twice."""
    texts = [write_program(first, 4) + write_program(second, 4), write_program(second, 4)]
    for pair in compare_class([work_of("a", texts[0]), work_of("b", rename(texts[1]))], []).pairs:
        left, right = pair.works
        for tile in pair.tiles:
            assert tile.length >= SHORTEST
            kinds = [[token.kind for token in work.tokens[at : at + tile.length]]
                     for work, at in ((left, tile.left), (right, tile.right))]  # fmt: skip
            assert kinds[0] == kinds[1]
        for side in (0, 1):
            used = [place for tile in pair.tiles for place in range(tile[side], tile[side] + tile.length)]
            assert len(used) == len(set(used))
        assert all(0 <= share <= 1 for share in pair.shares)


@given(st.integers(0, 10**6))
def test_names_do_not_matter(seed: int):
    """A program and the same with other names have the same codes."""
    program = write_program(seed, 3)
    assert work_of("a", program).codes.tolist() == work_of("a", rename(program)).codes.tolist()


def test_every_process_finds_the_same():
    """Nothing depends on the salt of hash()."""
    words = (
        "from tests.similar.programs import *; from grader.similar import compare_class;"
        "works = [work_of(str(n), write_program(n % 5) + write_program(n)) for n in range(9)];"
        "print([(pair.works[0].student_id, pair.tiles) for pair in compare_class(works, []).pairs])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", words],
            cwd=clone_root(),
            env={"PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(said) == 1
    assert "Tile" in said.pop()
