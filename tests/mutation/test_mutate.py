"""What is changed, and what is left alone."""

from __future__ import annotations

import ast

from tests.e2e.test_samples import CHECKS
from tests.mutation.judge import all_mutants
from tests.mutation.mutate import mutants, reach

SOURCE = '''
"""Module."""
import numpy as np
SIZE = 3
UNUSED = 4

def graded(values: list[int], first: int = 0) -> int:
    """Says 7."""
    if first < SIZE:
        values = values[first:]
    return _sum(values, start=-1)

def _sum(values, start):
    return sum(values) + start

def other():
    return 5
'''


def test_every_kind_of_change_at_every_place() -> None:
    """But nothing in a docstring, an annotation, or what no graded function uses."""
    reached = reach(ast.parse(SOURCE), frozenset({"graded"}))
    assert reached == {"graded", "_sum", "SIZE"}
    changes = sorted(mutant.change for mutant in mutants("m.py", SOURCE, reached))
    assert changes == sorted(
        [
            *("3 -> 4", "3 -> 2", "0 -> 1", "0 -> -1", "1 -> 2", "1 -> 0"),
            *("Lt -> LtE", "condition turned round", "lower bound dropped", "argument start dropped"),
            *("Add -> Sub", "minus dropped"),
            "line 1 dropped: if first < SIZE:",
            "line 0 dropped: values = values[first:]",
            "line 2 dropped: return _sum(values, start=-1)",
            "line 0 dropped: return sum(values) + start",
        ]
    )


def test_each_mutant_differs_in_one_place() -> None:
    """All can be parsed, none equals the module or another one; names are unique."""
    for assignment in CHECKS:
        found = list(all_mutants(assignment))
        assert len(found) > 80
        assert len({mutant.name for mutant in found}) == len(found)
        assert len({(mutant.module, mutant.source) for mutant in found}) == len(found)
        for mutant in found:
            ast.parse(mutant.source)
