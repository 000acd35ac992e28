"""The runner sees what it is there to see: a fuzzer that cannot fail proves nothing."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root
from tests.fuzz import __main__ as runner
from tests.fuzz.judge import Judge, Slate, Tally
from tests.fuzz.misbehaving import TARGET
from tests.fuzz.watch import Bounds, Work, fuzz


@pytest.mark.parametrize(
    ("how", "words"),
    [("hang", "more than 0.5 seconds"), ("swell", "more than 100 MB"), ("die", "the process ended with -11")],
)
def test_what_only_a_watcher_survives(how: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hang, memory and a crash of Python itself are told with the case that did it."""
    monkeypatch.setenv("MISBEHAVIOUR", how)
    bounds = Bounds(seconds=0.5 if how == "hang" else 60, mib=100)
    tally = fuzz(Work("misbehaving", "hypothesis", 1, 0), bounds)
    ((what, case),) = tally.failures.items()
    assert what.startswith(words)
    assert bytes.fromhex(case) == how.encode()
    assert tally.cases == 1


@pytest.mark.parametrize("case", [b"raise", b"leave"])
def test_exceptions_are_failures(case: bytes) -> None:
    """Also such as would end a program; each place is told once, with its smallest case."""
    judge = Judge(TARGET)
    for put in (case, b"fine", b"no", case):
        judge(put)
    assert [bytes.fromhex(kept) for kept in judge.tally.failures.values()] == [case]
    assert judge.tally.outcomes == {"failed": 2, "accepted": 1, "refused": 1}
    assert judge.tally.accepted == 1


def _write_often(path: Path) -> None:
    slate = Slate(path)
    for count in range(1, 100_001):
        slate.write(0.0, count, b"", 64.0)


def test_the_watcher_never_reads_half_of_a_line(tmp_path: Path) -> None:
    """What is written over again and again is at no moment read as if nothing had been written yet."""
    slate = Slate(tmp_path / "slate")
    slate.write(0.0, 0, b"", 64.0)
    writer = multiprocessing.get_context("spawn").Process(target=_write_often, args=(tmp_path / "slate",))
    writer.start()
    read = 0
    while read < 100_000:
        _, read, _, baseline = slate.read()
        assert baseline == 64.0
    writer.join()


def test_the_command(tmp_path: Path) -> None:
    """One line for each target and engine, and success."""
    words = [
        "--target",
        "answers",
        "--cases",
        "30",
        "--engine",
        "hypothesis",
        "--failures",
        str(tmp_path / "f"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words], cwd=clone_root(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "answers" in done.stdout
    assert not (tmp_path / "f").exists()


def run_main(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> int:
    command = ["fuzz", "--target", "answers", "--engine", "hypothesis", "--failures", str(folder), *words]
    monkeypatch.setattr(sys, "argv", command)
    return runner.main()


def test_failures_are_kept_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the input in a file that can become a seed, and an exit code that CI sees."""
    tally = Tally(10, {"accepted": 9, "failed": 1}, {"LookupError at x.py:1 f": b"bad".hex()})
    monkeypatch.setattr(runner, "fuzz", lambda work, bounds: tally)
    assert run_main(monkeypatch, tmp_path) == runner.FAILED
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"bad"
    assert str(kept) in capsys.readouterr().out


def test_a_run_that_gets_nowhere_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the first check refuses everything, the others were not tried."""
    monkeypatch.setattr(runner, "fuzz", lambda work, bounds: Tally(1000, {"refused": 999, "accepted": 1}))
    assert run_main(monkeypatch, tmp_path) == runner.FAILED
    assert "only 1 of 1000 cases were accepted" in capsys.readouterr().out


def test_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What was finished is shown, without a traceback."""

    def interrupted(work: Work, bounds: Bounds) -> Tally:
        if work.name == "names":
            raise KeyboardInterrupt
        return Tally(7, {"accepted": 7})

    monkeypatch.setattr(runner, "fuzz", interrupted)
    assert run_main(monkeypatch, tmp_path, "--target", "names") == runner.INTERRUPTED
    assert "Interrupted; what was finished is below." in (out := capsys.readouterr().out)
    assert "answers" in out


def test_a_tally_survives_its_file(tmp_path: Path) -> None:
    """The watcher reads what the process wrote, however that ended."""
    tally = Tally(3, {"accepted": 3}, {"fault": "00ff"}, 0.5, 12.0)
    tally.save(tmp_path / "report.json")
    assert Tally.load(tmp_path / "report.json") == tally
    assert Tally.load(tmp_path / "absent.json") == Tally()
    assert json.loads((tmp_path / "report.json").read_text(encoding="ascii"))["cases"] == 3
