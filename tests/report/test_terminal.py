"""What students write cannot colour, move, link, rename or reverse anything on a terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from grader.assignment_folder import clone_root
from grader.batch.progress import show_progress
from grader.commands.show import CheckPrinter, show_class
from grader.results import LeftOut
from grader.terminal import Terminal
from tests.report.hostile_class import hostile_class
from tests.report.sample_assignment import make_assignment

ASSIGNMENT = make_assignment()
HOSTILE = (
    "\x1b[2J\x1b]0;title\x07\x1b]8;;http://a\x07x\x1b[5mblink\x9b31m\r100 \u202e001\u2028[bold]b[/bold]"
    "[link=http://a]y[/link] :warning:\\"
)
SHOWN = ("[bold]b[/bold]", "[link=http://a]y[/link]", ":warning:")
# Colours and weights, which only rich writes; a cursor that is hidden or moved while a bar is drawn.
_RICH_S_OWN = re.compile(r"\x1b\[[\d;]*m|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A|\r")


def expect_harmless(text: str) -> None:
    """But for what rich itself writes there are only characters that can be seen, and breaks of lines."""
    assert "\x1b[5m" not in text, "blinking is what the payload asks for, not rich"
    rest = _RICH_S_OWN.sub("", text)
    assert not [c for c in rest if not c.isprintable() and c not in "\n\t"]


def in_terminal(*words: str | Path) -> str:
    """What `grader WORDS` writes to a terminal of 200 columns."""
    ours, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "grader.cli", *map(str, words)]
    process = subprocess.Popen(
        command, cwd=clone_root(), env=environment, stdin=subprocess.DEVNULL, stdout=its, stderr=its
    )
    os.close(its)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # on Linux this is how a terminal says that nobody writes to it any more
        pass
    os.close(ours)
    process.wait(timeout=60)
    return written.decode()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A submission whose file name, output, exception and answers are hostile."""
    folder = tmp_path / "work"
    folder.mkdir()
    code = (
        f"def convolve(image, kernel):\n    print({HOSTILE!r})\n    raise ValueError({HOSTILE!r})\n\n\n"
        f"Odd = type({HOSTILE!r}, (Exception,), {{}})\n\n\n"
        f"def edge_responses(*arguments):\n    raise Odd\n"
    )
    (folder / "work.py").write_text(code)
    (folder / "\x1b[31mname\u202e[red].py").write_text("def broken(:\n")
    (folder / "answers.toml").write_text('strided_parameters = "[red]x\\u001b[31m\\u202e"\n')
    return folder


def test_a_self_check(work: Path) -> None:
    """`grader check` in a real terminal: every line is harmless, and markup is shown as it was written."""
    text = in_terminal("check", work, "--assignment", "cs7cs4_week8")
    expect_harmless(text)
    folded = " ".join(_RICH_S_OWN.sub("", text).split())
    assert "convolve raised ValueError" in folded
    assert all(part in folded for part in SHOWN)
    assert "\x1b[31m" in text, "rich did colour"


def test_errors_of_use(tmp_path: Path) -> None:
    """A path that does not exist is named without what it would do."""
    text = in_terminal("check", tmp_path / HOSTILE.replace("/", ""))
    expect_harmless(text)
    assert "does not exist" in text


def test_the_class_and_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, problems and steps of a class that is all payload."""
    members = hostile_class("terminal")
    terminal = Terminal()
    show_class(list(members.values()), ASSIGNMENT, terminal)
    with show_progress(terminal) as progress:
        progress.stage("Checking", 1)
        progress.step(HOSTILE)
    printer = CheckPrinter(ASSIGNMENT, terminal)
    for task in ASSIGNMENT.tasks:
        checks = tuple(check for check in members["failing"].checks if check.task == task.id)
        printer.task_done(task.id, checks)
    printer.sum_up(members["failing"].checks, [LeftOut(where=HOSTILE, what=HOSTILE, why=HOSTILE)])
    text = capsys.readouterr().out
    expect_harmless(text)
    assert all(part in text for part in SHOWN)
    assert "<script>" in text


def test_a_traceback_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the grader itself fails, the message may quote a student."""
    try:
        raise RuntimeError(HOSTILE)
    except RuntimeError:
        Terminal(stderr=True).print_exception()
    text = capsys.readouterr().err
    expect_harmless(text)
    assert ":warning:" in text


def test_the_console_of_rich_is_not_enough() -> None:
    """The same through rich alone: escapes and direction marks arrive."""
    out = io.StringIO()
    table = Table()
    table.add_column("x")
    table.add_row(HOSTILE)
    Console(file=out, width=200).print(table)
    with pytest.raises(AssertionError):
        expect_harmless(out.getvalue())
