"""`grader mark`: walks an instructor through the answers in words that have no mark yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.batch.progress import show_progress
from grader.commands.adjust import REPORT_FORMATS, settle_who
from grader.commands.write_reports import Format, write_class, write_reports
from grader.errors import UsageError
from grader.gradebook import Gradebook, open_gradebook, read_gradebook
from grader.layout import ResultsFolder
from grader.marking import Rubric, Script, open_scripts, parse_points, read_rubric, say_why
from grader.results import Adjustment
from grader.text import quantity

_ASK = "Points, a number for each line (or: all, none, skip, back, quit): "


@dataclass(frozen=True)
class MarkOptions:
    """`question` and `student` narrow down what is shown; `again` shows what has a mark, too."""

    results: Path
    question: str | None
    student: str | None
    again: bool
    who: str | None
    jobs: int


def run_mark(options: MarkOptions, root: Path, console: Console) -> None:
    """Each mark is kept as soon as it is given. Raises UsageError for a folder, question or student that
    is not there, GraderError for a rubric that does not fit."""
    who, files = settle_who(options.who), ResultsFolder(options.results)
    with read_gradebook(files.gradebook) as gradebook:
        folder = _folder(gradebook, options, root)
    rubric = read_rubric(folder)
    with open_gradebook(files.gradebook) as gradebook:
        scripts = _chosen(gradebook, folder.assignment, options)
        if not scripts:
            console.print("No answer waits for a mark; --again shows those that have one.")
            return
        desk = Desk(console, rubric, gradebook, folder.assignment, files, who)
        left = desk.walk(scripts)
        _write(desk, gradebook, folder, options.jobs, console)
    console.print(
        f"{len(scripts) - left} of {quantity(len(scripts), 'answer')} marked,"
        f" {quantity(len(desk.changed), 'report')} written."
        + (" Run the same command to go on." if left else "")
    )


def _folder(gradebook: Gradebook, options: MarkOptions, root: Path) -> AssignmentFolder:
    if gradebook.assignment is None:
        raise UsageError(f"{options.results} has no results yet.", hint="Run `grader grade`.")
    folder = load_assignment(gradebook.assignment, root)
    written = [question.id for question in folder.assignment.answers if question.points]
    if not written:
        raise UsageError(
            f"{folder.assignment.name} has no answers that are marked by hand.",
            hint='Give a question of the kind "text" points in assignment.toml; see docs/marking.md.',
        )
    if options.question not in (None, *written):
        raise UsageError(
            f'"{options.question}" is no question that is marked by hand.',
            hint=f"There are: {', '.join(written)}.",
        )
    if options.student not in (None, *gradebook.student_ids):
        raise UsageError(
            f'There is no result of "{options.student}" in {options.results}.',
            hint=f"There are: {', '.join(gradebook.student_ids[:10])}, ...",
        )
    return folder


def _chosen(gradebook: Gradebook, assignment: Assignment, options: MarkOptions) -> list[Script]:
    students = None if options.student is None else [options.student]
    scripts = open_scripts(gradebook.results(students), assignment, marked_too=options.again)
    return [script for script in scripts if options.question in (None, script.question.id)]


def _write(desk: Desk, gradebook: Gradebook, folder: AssignmentFolder, jobs: int, console: Console) -> None:
    """The reports that the marks made old."""
    names = sorted(desk.changed)
    with show_progress(console, quiet=not names) as progress:
        trouble = write_reports(
            gradebook.results(names), len(names), folder, desk.files, tuple(desk.formats), jobs, progress
        )
    write_class(gradebook, folder.assignment, desk.files)
    if trouble is not None:
        raise trouble


@dataclass
class Desk:
    """Where an instructor sits; `changed` are the students who got a mark, `formats` the reports they had."""

    console: Console
    rubric: Rubric
    gradebook: Gradebook
    assignment: Assignment
    files: ResultsFolder
    who: str
    changed: set[str] = field(default_factory=set)
    formats: list[Format] = field(default_factory=list)

    def walk(self, scripts: Sequence[Script]) -> int:
        """Returns how many got no mark. Ctrl-C and the end of the input stop it as "quit" does."""
        marked: set[int] = set()
        place = 0
        while place < len(scripts):
            self._show(scripts[place], f"Answer {place + 1} of {len(scripts)}")
            try:
                word = self._mark(scripts[place])
            except (EOFError, KeyboardInterrupt):
                word = "quit"
                self.console.print()
            if word == "quit":
                break
            if word == "marked":
                marked.add(place)
            place = max(place - 1, 0) if word == "back" else place + 1
        return len(scripts) - len(marked)

    def _show(self, script: Script, heading: str) -> None:
        question, names = script.question, tuple(script.keys)
        self.console.rule(f"{heading}: {question.id}, task {question.task}", align="left")
        self.console.print(Padding(Text(question.question, "italic"), (0, 0, 1, 0)))
        self.console.print(Padding(Text(script.text.strip()), (0, 4, 1, 4)))
        if len(names) > 1:
            self.console.print(Text(f"{len(names)} students handed in these very words: one mark for all."))
        rubric = Table.grid(padding=(0, 2))
        rubric.add_column(justify="right")
        for line in self.rubric.of(question):
            rubric.add_row(Text(f"0 to {line.points:g}"), Text(line.text))
        self.console.print(rubric)

    def _mark(self, script: Script) -> str:
        """What was entered: "marked", "skip", "back" or "quit"."""
        lines = self.rubric.of(script.question)
        while (entry := self.console.input(_ASK).strip()).lower() not in ("skip", "back", "quit"):
            try:
                given = parse_points(entry, lines)
            except ValueError as error:
                self.console.print(f"Not understood: {error}.", markup=False)
                continue
            comment = self.console.input("Comment for the student (Enter for none): ").strip()
            self._keep(script, sum(given), say_why(given, lines, comment))
            return "marked"
        return entry.lower()

    def _keep(self, script: Script, points: float, why: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for student, key in script.keys.items():
            item = Adjustment(check=key, points=points, who=self.who, at=at, why=why)
            had = [kind for kind in REPORT_FORMATS if self.files.report(student, kind).is_file()]
            self.formats += [kind for kind in had if kind not in self.formats]
            result = self.gradebook.adjust(student, item, self.assignment)
            self.files.discard(
                result.student_id
            )  # so that an interruption leaves no report that does not know of it
            self.files.write_result(result)
            self.changed.add(student)
