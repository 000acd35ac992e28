"""The two ways to make up cases: hypothesis alone, and hypothesis steered by what atheris sees covered."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.judge import Judge
from tests.fuzz.target import Target

ENGINES = ("hypothesis", "atheris")
_BATCH = 500  # hypothesis remembers what it tried; in batches that stays small
_ATHERIS_BYTES = 1 << 14  # libFuzzer keeps its corpus in memory
_STARTS, _START_BYTES = 30, 400


def has_atheris() -> bool:
    return find_spec("atheris") is not None


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def draw_a_few(target: Target) -> None:
    """Cases that are put to nobody."""

    def nothing(case: bytes) -> None: ...

    seed(0)(_settings(10)(given(target.cases)(nothing)))()


def run_hypothesis(target: Target, judge: Judge, cases: int, start: int) -> None:
    """At least `cases` cases; equal seeds make equal ones."""
    for number in range(sys.maxsize):
        left = cases - judge.tally.cases
        if left <= 0:
            return
        seed(start * 1_000_003 + number)(_settings(min(_BATCH, left))(given(target.cases)(judge.__call__)))()


def run_atheris(
    target: Target, judge: Judge, cases: int, start: int, folder: Path, done: Callable[[], None]
) -> NoReturn:
    """Until there were that many cases; then calls `done` and ends the process, as libFuzzer wants to.

    The first byte of libFuzzer's input says what the rest is: odd, a case itself; even, the choices of
    the strategy that hypothesis uses too.
    """
    import atheris

    draw = _settings(cases)(given(target.cases)(judge.__call__)).hypothesis.fuzz_one_input

    def one_input(data: bytes) -> None:
        if data and data[0] & 1:
            judge(data[1:])
        else:
            draw(data[1:])
        if judge.tally.cases >= cases:
            done()
            sys.stdout.flush()
            os._exit(0)

    corpus, words = _write_corpus(target, folder, start), _write_dictionary(target, folder)
    options = {
        "seed": start + 1,
        "runs": -1,
        "max_len": _ATHERIS_BYTES,
        "timeout": 1_000_000,
        "rss_limit_mb": 0,
        "verbosity": 0,
    }
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-dict={words}", f"-artifact_prefix={folder}/", *arguments], one_input
    )
    atheris.Fuzz()
    raise RuntimeError("atheris came back before it was done")


def _write_corpus(target: Target, folder: Path, start: int) -> Path:
    corpus = folder / "corpus"
    corpus.mkdir()
    rng = random.Random(start)
    starts = [b"\0" + rng.randbytes(_START_BYTES) for _ in range(_STARTS)]
    genuine = [b"\1" + case for case in target.genuine() if len(case) < _ATHERIS_BYTES]
    for number, content in enumerate([*starts, *genuine]):
        (corpus / str(number)).write_bytes(content)
    return corpus


def _write_dictionary(target: Target, folder: Path) -> Path:
    """As libFuzzer reads it: one quoted token a line."""
    path = folder / "dictionary"
    lines = [
        '"' + "".join(f"\\x{byte:02x}" for byte in token[:64]) + '"\n' for token in target.tokens if token
    ]
    path.write_text("".join(lines) or '"\\x00"\n', encoding="ascii")
    return path
