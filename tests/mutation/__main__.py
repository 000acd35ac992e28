"""python -m tests.mutation [ASSIGNMENT...]: are all small changes to the reference solutions noticed?

Resumable: what was judged is in docs/mutation.json, by mutant; the table of it is printed at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from grader.layout import write_whole
from grader.models.trainer import TrainerPool
from grader.sandbox import start_sandbox
from tests.e2e.in_process import Grader
from tests.e2e.test_samples import CHECKS
from tests.mutation.judge import Judge, all_mutants
from tests.mutation.page import RECORD

Record = dict[str, dict[str, list[str]]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignments", nargs="*", default=sorted(CHECKS), metavar="ASSIGNMENT")
    record: Record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        start_sandbox() as sandbox,
        TrainerPool(1) as pool,
    ):
        for assignment in parser.parse_args().assignments:
            judge = Judge(assignment, Grader(sandbox, pool, Path(scratch) / "training.sqlite"))
            if disturbed := judge.killed_by(None):
                print(f"The solution of {assignment} itself does not pass {', '.join(disturbed)}.")
                return 1
            _judge_all(judge, record)
    return 0


def _judge_all(judge: Judge, record: Record) -> None:
    """Mutants that are gone leave the record as well."""
    known, found = record.get(judge.assignment, {}), record.setdefault(judge.assignment, {})
    mutants = list(all_mutants(judge.assignment))
    found = record[judge.assignment] = {m.name: known[m.name] for m in mutants if m.name in known}
    for number, mutant in enumerate(mutants, start=1):
        if mutant.name in found:
            continue
        found[mutant.name] = list(judge.killed_by(mutant))
        verdict = ", ".join(found[mutant.name]) or "SURVIVES"
        print(f"{number}/{len(mutants)} {mutant.name}: {verdict}", flush=True)
        write_whole(RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())
    killed = sum(bool(killers) for killers in found.values())
    print(f"{judge.assignment}: {killed} of {len(found)} mutants noticed ({killed / len(found):.1%})")


if __name__ == "__main__":
    sys.exit(main())
