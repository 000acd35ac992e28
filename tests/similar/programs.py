"""Made-up code: every seed writes another program, as students do who have not seen each other's."""

from __future__ import annotations

import random

from grader.similar import Pair, Work, compare_class, read_work
from grader.submission import Module

_NAMES = ("image", "kernel", "row", "total", "out", "step", "value", "left", "right", "count", "edge", "size")
_CALLS = ("np.sum", "np.zeros", "len", "range", "np.pad", "max", "np.stack", "sorted", "np.mean", "abs")

STARTER = '''
def load(path):
    """Reads the data."""
    with open(path, "rb") as stream:
        raw = stream.read()
    return [value / 255 for value in raw if value is not None]
'''


def write_program(seed: int, functions: int = 8) -> str:
    """Python that parses; two seeds have nothing but short phrases in common."""
    rng = random.Random(seed)
    return "import numpy as np\n" + "\n\n".join(_function(rng, number) for number in range(functions)) + "\n"


def _function(rng: random.Random, number: int) -> str:
    names = rng.sample(_NAMES, rng.randint(2, 5))
    lines = [f"def part_{number}({', '.join(names)}):", *_block(rng, names, rng.randint(3, 6), "    ")]
    return "\n".join([*lines, f"    return {_value(rng, names, 2)}"])


def _block(rng: random.Random, names: list[str], size: int, indent: str) -> list[str]:
    lines = []
    for _ in range(size):
        kind = rng.randrange(5) if len(indent) < 12 else 4
        if kind == 0:
            lines.append(f"{indent}for {rng.choice(names)} in {_value(rng, names, 1)}:")
            lines += _block(rng, names, rng.randint(1, 3), indent + "    ")
        elif kind == 1:
            test = rng.choice(("<", ">=", "==", "in"))
            lines.append(f"{indent}if {_value(rng, names, 1)} {test} {_value(rng, names, 1)}:")
            lines += _block(rng, names, rng.randint(1, 2), indent + "    ")
        else:
            lines.append(
                f"{indent}{rng.choice(names)} {rng.choice(('=', '+=', '*='))} {_value(rng, names, 3)}"
            )
    return lines


def _value(rng: random.Random, names: list[str], depth: int) -> str:
    kind = rng.randrange(6) if depth else rng.randrange(2)
    if kind == 0:
        return rng.choice(names)
    if kind == 1:
        return str(rng.randrange(9))
    if kind == 2:
        return f"{_value(rng, names, depth - 1)} {rng.choice('+-*/')} {_value(rng, names, depth - 1)}"
    if kind == 3:
        return f"{rng.choice(_CALLS)}({_value(rng, names, depth - 1)}, {_value(rng, names, depth - 1)})"
    if kind == 4:
        return f"{rng.choice(names)}[{_value(rng, names, depth - 1)}]"
    return f"({_value(rng, names, depth - 1)}, {_value(rng, names, depth - 1)})"


def rename(program: str) -> str:
    """The same with other names for everything, as somebody would do who hides where it is from."""
    for place, name in enumerate(_NAMES):
        program = program.replace(name, f"my_{place}x")
    return program.replace("part_", "helper_")


def work_of(student_id: str, *sources: str) -> Work:
    """A submission of one module for each source."""
    modules = [
        Module(path=f"m{place}.py", file=f"m{place}.py", source=source, functions=())
        for place, source in enumerate(sources)
    ]
    return read_work(student_id, f"digest of {student_id}", modules)


REMARK = "\n# quite an ordinary remark\n"


def pair_of(first: str, second: str, program: str) -> Pair:
    """Two who handed in the same."""
    return compare_class([work_of(first, program), work_of(second, program)], []).pairs[0]
