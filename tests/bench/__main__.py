"""`tox -e bench`, or `python -m tests.bench [--only SECTION] [--repeat N]`.

Figures go to docs/bench.json section by section, so that a run may be stopped and gone on with; what is
written there becomes docs/benchmarks.md by `python tools/make_benchmarks.py`. Close other programs first:
seconds are those of the whole machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.bench import class100, graders, grading, growth, training, workload
from tests.bench.section import FIGURES, Options, Section, machine, record, rounded

SECTIONS = (
    training.TEN_RUNS,
    training.CONVOLUTIONS,
    workload.SECTION,
    graders.SECTION,
    growth.GROWTH,
    growth.MODELS,
    grading.SECTION,
    class100.SECTION,
)


def main() -> None:
    arguments = _arguments()
    console = Console(width=100)
    if arguments.names:
        print(*(section.name for section in SECTIONS))
        return
    facts = machine()
    console.print(f"{facts['processor']}, {facts['cores']} cores, Python {facts['python']}", highlight=False)
    chosen = [section for section in SECTIONS if not arguments.only or section.name in arguments.only]
    console.print(f"About {sum(section.minutes for section in chosen):.0f} minutes on two quiet cores.")
    for section in chosen:
        _run(section, arguments, console)


def _run(section: Section, arguments: argparse.Namespace, console: Console) -> None:
    console.rule(f"{section.name}: {section.about} (about {section.minutes:g} min)", align="left")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="epochmark-bench-") as scratch:
        figures = section.run(Options(arguments.repeat, arguments.trial, Path(scratch), console))
    console.print(f"Took {(time.monotonic() - begun) / 60:.1f} min.", highlight=False)
    if not arguments.trial:
        command = f"python -m tests.bench --only {section.name} --repeat {arguments.repeat}"
        record(section, rounded(figures), arguments.figures, command)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="\n".join(
            f"{section.name:12} {section.about} ({section.minutes:g} min)" for section in SECTIONS
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [section.name for section in SECTIONS]
    parser.add_argument("--only", action="append", choices=names, help="one section; may be repeated")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the median is told (3)")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where figures go (docs/bench.json)")
    parser.add_argument("--names", action="store_true", help="print the names of the sections, no more")
    parser.add_argument("--trial", action="store_true", help="everything small, nothing recorded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
