"""Every input that once broke a promise keeps it now; its file is named after what went wrong."""

from __future__ import annotations

import tracemalloc

import pytest

from tests.fuzz.large import LARGE
from tests.fuzz.target import ENTRANCES, SEEDS, load_target

FILES = {str(path.relative_to(SEEDS)): path for path in sorted(SEEDS.glob("*/*"))}


def read(seed: str) -> bytes:
    return FILES[seed].read_bytes() if seed in FILES else LARGE[seed]


def test_every_seed_belongs_to_a_target() -> None:
    """Else it would be replayed by nobody."""
    assert {seed.partition("/")[0] for seed in [*FILES, *LARGE]} <= set(ENTRANCES)


@pytest.mark.parametrize("seed", [*FILES, *LARGE])
def test_seed(seed: str) -> None:
    """Accepted or refused in words, and nothing else."""
    target = load_target(seed.partition("/")[0])
    assert target.contract(read(seed)).startswith(("accepted", "refused"))


@pytest.mark.parametrize("seed", ["notebooks/three_hundred_thousand_magics", "notebooks/objects_in_outputs"])
def test_objects_that_were_too_many(seed: str) -> None:
    """Less than 100 MB of what Python allocates; the syntax tree is refused before there is one."""
    contract = load_target("notebooks").contract
    tracemalloc.start()
    contract(LARGE[seed])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 << 20
