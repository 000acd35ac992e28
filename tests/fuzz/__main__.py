"""python -m tests.fuzz [--target NAME] [--cases 100000] [--seed N] [--engine hypothesis|atheris]"""

from __future__ import annotations

import argparse
import hashlib
import platform
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.fuzz.engines import ENGINES, has_atheris
from tests.fuzz.judge import Tally
from tests.fuzz.target import ENTRANCES
from tests.fuzz.watch import Bounds, Work, fuzz

FAILED, USAGE, INTERRUPTED = 1, 2, 130
NO_ATHERIS = (
    "atheris is not installed, so nothing is steered by coverage: pip install --editable '.[fuzz]'\n"
    "It has wheels for Linux and the Pythons that it supports; elsewhere building it takes clang 14\n"
    "or newer, named by CLANG_BIN; or run this in a container with such a Python.\n"
    "--engine hypothesis goes without."
)
console = Console(highlight=False)


@dataclass(frozen=True)
class Row:
    """A line of the table; `trouble` says what failed, and where its input lies."""

    work: Work
    seconds: float
    tally: Tally
    trouble: list[str]


def main() -> int:
    options = _options()
    engines = [options.engine] if options.engine else list(ENGINES)
    if "atheris" in engines and not has_atheris():
        console.print(NO_ATHERIS, style="yellow", markup=False)
        if options.engine:
            return USAGE
        engines.remove("atheris")
    rows: list[Row] = []
    try:
        for engine in engines:
            for name in options.target or ENTRANCES:
                rows.append(_run(name, engine, options))
    except KeyboardInterrupt:
        console.print("Interrupted; what was finished is below.")
        _show(rows, options)
        return INTERRUPTED
    _show(rows, options)
    return FAILED if any(row.trouble for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzzes what reads strangers' data."
    )
    parser.add_argument(
        "--target", action="append", choices=ENTRANCES, help="only this one (may be repeated)"
    )
    parser.add_argument(
        "--cases", type=int, default=100_000, help="for each target; expensive ones take a share"
    )
    parser.add_argument("--seed", type=int, default=0, help="equal seeds make equal cases, with hypothesis")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    parser.add_argument("--seconds", type=float, default=Bounds.seconds, help="the most that a case may take")
    parser.add_argument(
        "--mb", type=float, default=Bounds.mib, help="the most memory above that at the start"
    )
    parser.add_argument(
        "--failures", type=Path, default=Path("fuzz-failures"), help="where inputs that failed are put"
    )
    return parser.parse_args()


def _run(name: str, engine: str, options: argparse.Namespace) -> Row:
    entrance = ENTRANCES[name]
    work = Work(name, engine, max(1, options.cases // entrance.one_in), options.seed)
    begun = time.monotonic()
    tally = fuzz(work, Bounds(options.seconds, options.mb))
    trouble = [
        f"{what}: {_keep(name, bytes.fromhex(case), options.failures)}"
        for what, case in tally.failures.items()
    ]
    if tally.accepted < entrance.accepted * tally.cases:
        trouble.append(f"only {tally.accepted} of {tally.cases} cases were accepted: the others prove little")
    row = Row(work, time.monotonic() - begun, tally, trouble)
    console.print(" ".join(_cells(row)), markup=False, soft_wrap=True)
    return row


def _keep(name: str, case: bytes, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{hashlib.sha256(case).hexdigest()[:12]}"
    path.write_bytes(case)
    return path


def _cells(row: Row) -> list[str]:
    tally = row.tally
    refusals = sum(outcome.startswith("refused") for outcome in tally.outcomes)
    return [
        row.work.name,
        row.work.engine,
        f"{tally.cases:,}",
        f"{row.seconds:,.0f}",
        f"{tally.slowest:.2f}",
        f"{tally.peak_mib:.0f}",
        f"{100 * tally.accepted / max(tally.cases, 1):.0f} %",
        str(refusals),
        str(len(row.trouble)),
    ]


def _show(rows: list[Row], options: argparse.Namespace) -> None:
    table = Table(
        title=f"{platform.machine()}, Python {platform.python_version()}, seed {options.seed}",
        title_justify="left",
        box=SIMPLE,
        pad_edge=False,
    )
    for heading in ("target", "engine"):
        table.add_column(heading, no_wrap=True)
    for heading in ("cases", "s", "slowest", "MB", "accepted", "kinds", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, _cells(row)))
    console.print(table)
    console.print(
        f"slowest: seconds of a case (at most {options.seconds:g}). MB: peak above the start (at most "
        f"{options.mb:g}).\naccepted: share of the cases. kinds: of refusal, that were reached."
    )
    for row in rows:
        for trouble in row.trouble:
            console.print(
                f"{row.work.name}, {row.work.engine}: {trouble}", style="red", markup=False, soft_wrap=True
            )


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts background jobs deaf to the first
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
