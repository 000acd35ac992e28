"""The process that fuzzes one target: python -m tests.fuzz.child NAME ENGINE CASES SEED MOST_MIB FOLDER"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

SLATE, REPORT = "slate", "report.json"


def main(name: str, engine: str, cases: str, start: str, most_mib: str, folder: str) -> None:
    os.environ["EPOCHMARK_DATA"] = os.devnull
    from tests.fuzz.engines import draw_a_few, run_atheris, run_hypothesis
    from tests.fuzz.judge import Judge, Slate, Tally
    from tests.fuzz.target import load_target

    place = Path(folder)
    if engine == "atheris":
        _load_instrumented(name)
    target = load_target(name)
    for case in target.genuine():
        target.contract(case)  # what is imported on first use belongs to the start
    draw_a_few(target)  # so does what hypothesis reads before it draws
    judge = Judge(target, Tally(), Slate(place / SLATE), place / REPORT, float(most_mib))
    if engine == "atheris":
        run_atheris(target, judge, int(cases), int(start), place, lambda: judge.tally.save(place / REPORT))
    run_hypothesis(target, judge, int(cases), int(start))
    judge.tally.save(place / REPORT)


def _load_instrumented(name: str) -> None:
    """Imports the target so that atheris sees which branches of the grader a case takes."""
    import atheris

    from tests.fuzz.target import ENTRANCES

    modules = ENTRANCES[name].modules
    for module in modules:
        sys.modules.pop(module, None)
    with atheris.instrument_imports(include=list(modules)):
        for module in modules:
            import_module(module)


if __name__ == "__main__":
    main(*sys.argv[1:])
