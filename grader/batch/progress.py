"""How far a batch is: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress


class Progress(Protocol):
    """Stages run one after another; each has a number of steps."""

    def stage(self, title: str, total: int) -> None: ...

    def step(self, what: str) -> None: ...

    def skip(self) -> None:
        """One step less than was thought."""
        ...


class LiveProgress:
    """One bar per stage."""

    def __init__(self, display: RichProgress) -> None:
        self._display = display
        self._current = display.add_task("Starting", total=None, what="")

    def stage(self, title: str, total: int) -> None:
        if self._display.tasks[-1].total is None:
            self._display.remove_task(self._current)
        self._current = self._display.add_task(title, total=total, what="")

    def step(self, what: str) -> None:
        self._display.update(self._current, advance=1, what=what)

    def skip(self) -> None:
        left = (self._display.tasks[-1].total or 1) - 1
        self._display.update(self._current, total=left)


class PlainProgress:
    """A line for each step, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._title, self._total, self._done = "", 0, 0

    def stage(self, title: str, total: int) -> None:
        self._title, self._total, self._done = title, total, 0

    def step(self, what: str) -> None:
        self._done += 1
        self._console.print(
            f"{self._title} {self._done}/{self._total}  {what}", markup=False, highlight=False
        )

    def skip(self) -> None:
        self._total -= 1


class QuietProgress:
    """Says nothing."""

    def stage(self, title: str, total: int) -> None: ...

    def step(self, what: str) -> None: ...

    def skip(self) -> None: ...


@contextmanager
def show_progress(console: Console, *, quiet: bool = False) -> Iterator[Progress]:
    """Chooses by where the output goes."""
    if quiet:
        yield QuietProgress()
    elif not console.is_terminal:
        yield PlainProgress(console)
    else:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[what]}", markup=False),
        )
        with RichProgress(*columns, console=console) as display:
            yield LiveProgress(display)
