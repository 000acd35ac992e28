"""Grades mutants of a reference solution with the hidden checks, the cheap ones first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.assignment_folder import clone_root, load_assignment
from grader.intake.files import FileSet
from grader.intake.load import assemble
from tests.e2e.in_process import Checks, Grader
from tests.e2e.samples import SAMPLES
from tests.mutation.mutate import Mutant, mutants, reach

# Whose short answers are handed in beside the mutated modules: answers that are right.
_ANSWERS = {
    "cs7cs4_week8": "folder_of_modules",
    "hw5_cnn": "notebook",
    "syde552_a2": "modules",
}
_SEED = 20_241


def all_mutants(assignment: str) -> Iterator[Mutant]:
    """Of every module of the solution, as far as graded functions reach.

    Without the builders of open tasks: there, any other network is another answer and not a mistake.
    """
    whole = load_assignment(assignment, clone_root()).assignment
    free = {whole.experiment(band.experiment).model for band in whole.bands}
    graded = frozenset(name for task in whole.tasks for name in task.functions) - free
    sources = _solution(assignment)
    # Modules import from each other by name, so what one needs of another is wanted there.
    imported = {
        alias.name
        for source in sources.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for module, source in sources.items():
        yield from mutants(module, source, reach(ast.parse(source), graded | imported))


def _solution(assignment: str) -> dict[str, str]:
    folder = clone_root() / "reference" / assignment / "solution"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


@dataclass
class Judge:
    """Grades mutants of one assignment."""

    assignment: str
    grader: Grader

    def killed_by(self, mutant: Mutant | None) -> tuple[str, ...]:
        """The checks that do not give all their points to the mutant, or to the solution as it is.

        Checks that train outside the sandbox are run only where no other check notices.
        """
        checks = Checks(self.assignment)
        killers = self._lost(mutant, checks.all - checks.accuracy)
        return killers or self._lost(mutant, checks.accuracy)

    def _lost(self, mutant: Mutant | None, only: frozenset[str]) -> tuple[str, ...]:
        submission = assemble("mutant", FileSet(self._files(mutant)))
        results = self.grader.grade(submission, Checks(self.assignment), only, _SEED)
        return tuple(sorted(name for name, check in results.items() if check.score != check.points))

    def _files(self, mutant: Mutant | None) -> Mapping[str, bytes]:
        sources = _solution(self.assignment)
        if mutant is not None:
            sources[mutant.module] = mutant.source
        answers = SAMPLES / "correct" / self.assignment / _ANSWERS[self.assignment] / "answers.toml"
        return {
            "answers.toml": answers.read_bytes(),
            **{name: text.encode() for name, text in sources.items()},
        }
