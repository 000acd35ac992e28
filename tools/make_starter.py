"""Writes the starter notebook and the empty answers.toml of an assignment from their sources.

    python tools/make_starter.py hw5_cnn

The notebook holds the functions of assignment/NAME/modules/*.py under the headings of their tasks, and
answers.toml the questions of assignment.toml: each is written down once.
"""

from __future__ import annotations

import ast
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment, Question, Task
from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment

ANSWERS_HEAD = '''\
# Your short answers. Numbers stand bare, text in "quotes"; longer text between three quotes:
#
#     key = """
#     As many lines as you like.
#     """
#
# Text is read by your instructor, all other answers are checked.
'''
WIDTH = 100


def starter_answers(assignment: Assignment) -> str:
    """answers.toml with every key empty, sorted by task, each below its question."""
    parts = [ANSWERS_HEAD]
    for task in assignment.tasks:
        questions = [question for question in assignment.answers if question.task == task.id]
        if questions:
            parts.append(f"\n# --- {task.id}: {task.title}\n")
        for question in questions:
            text = f"{question.question} {_form(question)}".strip()
            comment = textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ")
            parts.append(f'\n{comment}\n{question.id} = ""\n')
    return "".join(parts)


def _form(question: Question) -> str:
    """How the answer is written, where that is not plain from the question."""
    choices = ", ".join(question.choices)
    return {
        "choice": f"One of: {choices}.",
        "choices": f'As many as are right, as ["first", "second"], of: {choices}.',
        "integers": f"As [{', '.join(['12'] * sum(question.shape))}].",
        "grid": "As [[1, -2, ...], [3, 4, ...], ...], or as lines of numbers between three quotes.",
        "number": "From 0 to 1." if "accuracy" in question.question else "",
    }.get(question.kind, "")


def starter_notebook(folder: AssignmentFolder) -> str:
    """The notebook as JSON text: imports, then the tasks that have functions or runs, in order."""
    assignment = folder.assignment
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted((folder.public / "modules").glob("*.py"))]
    functions = {
        node.name: ast.get_source_segment(path.read_text("utf-8"), node) or ""
        for path in sorted((folder.public / "modules").glob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    cells = [_text(_introduction(assignment)), _code(_imports(trees))]
    for task in assignment.tasks:
        cells += _task_cells(assignment, task, functions)
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    notebook = {"cells": numbered, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1) + "\n"


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _introduction(assignment: Assignment) -> str:
    return (
        f"# {assignment.title}\n\n"
        "Fill in the functions; what is asked stands in README.md. Keep their names, add cells and helpers"
        " as you like.\n\n"
        "The grader reads your functions, your imports and your constants, and runs nothing else: no cell"
        " that trains, no `%magic`, no `!command`. Short answers belong into `answers.toml` beside this file."
    )


def _imports(trees: list[ast.Module]) -> str:
    found = {ast.unparse(node) for tree in trees for node in tree.body if isinstance(node, ast.Import)}
    return "\n".join(sorted(found))


def _task_cells(assignment: Assignment, task: Task, functions: dict[str, str]) -> Iterator[dict[str, object]]:
    runs = [item for item in assignment.experiments if item.task == task.id and item.student]
    if not task.functions and not runs:
        return
    keys = ", ".join(f"`{question.id}`" for question in assignment.answers if question.task == task.id)
    yield _text(f"## {task.id} {task.title}\n\nAnswers in `answers.toml`: {keys}.")
    for name in task.functions:
        yield _code(functions[name])
    if runs:
        names = ", ".join(experiment.name for experiment in runs)
        text = f"Trials of your own. `tox -e experiments` makes these runs: {names}."
        yield _code(textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# "))


def _text(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def starter_files(folder: AssignmentFolder) -> dict[Path, str]:
    """What belongs into starter/, by path."""
    starter = folder.public / "starter"
    return {
        starter / "answers.toml": starter_answers(folder.assignment),
        starter / f"{folder.assignment.name}.ipynb": starter_notebook(folder),
    }


def main() -> None:
    for path, text in starter_files(load_assignment(sys.argv[1], clone_root())).items():
        path.write_text(text, encoding="utf-8")
        print(f"Written: {path}")


if __name__ == "__main__":
    main()
