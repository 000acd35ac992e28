"""What an assignment says about itself holds: points, names, starter, reported figures."""

from __future__ import annotations

import ast
import importlib.util
import runpy
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.intake import load_submission
from grader.reproduction.reported import load_reported

ASSIGNMENTS = clone_root() / "assignment"
FOLDERS = [load_assignment(path.name, clone_root()) for path in sorted(ASSIGNMENTS.iterdir())]
each_assignment = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.assignment.name)


def checks_in(folder: Path):
    """(name, mark) of every check of a folder of check files."""
    found = []
    for path in sorted(folder.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"content_{folder.parent.name}_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            found += [
                (name, mark.kwargs) for mark in getattr(function, "pytestmark", []) if mark.name == "check"
            ]
    return found


@each_assignment
def test_points_add_up(folder):
    """The points of a task are the sum of its hidden checks' points, and all checks come to 100."""
    points = Counter()
    for _, mark in checks_in(folder.hidden_checks):
        points[mark["task"]] += mark["points"]
    assert points == {task.id: task.points for task in folder.assignment.tasks}
    assert points.total() == 100
    assert folder.assignment.max_score == 100 + sum(answer.points for answer in folder.assignment.answers)


@each_assignment
def test_checks_have_names_of_their_own_and_words(folder):
    """Results are kept by a check's name; every check has a title and feedback in a sentence."""
    for checks in (folder.hidden_checks, folder.public_checks):
        found = checks_in(checks)
        assert max(Counter(name for name, _ in found).values()) == 1
        for name, mark in found:
            assert mark["title"], name
            assert mark["feedback"].rstrip()[-1] in ".?)]", name


@each_assignment
def test_every_function_has_a_public_check(folder):
    """No task's function is without a check that students can run themselves."""
    text = "\n".join(path.read_text() for path in folder.public_checks.glob("*.py"))
    for task in folder.assignment.tasks:
        for function in task.functions:
            assert function in text, function


@each_assignment
def test_starter_has_every_function_and_answer(folder):
    """Each function raises NotImplementedError, each answer is empty; none is missing or too many."""
    for place in (folder.public / "starter", folder.public / "modules"):
        if not place.is_dir():
            continue
        functions = {}
        for module in load_submission(place).modules:
            for node in ast.parse(module.source).body:
                if isinstance(node, ast.FunctionDef):
                    functions[node.name] = ast.unparse(node.body[-1])
        assert set(functions) == {name for task in folder.assignment.tasks for name in task.functions}
        assert all(last.startswith("raise NotImplementedError") for last in functions.values())
    answers = tomllib.loads((folder.public / "starter" / "answers.toml").read_text())
    assert answers == {question.id: "" for question in folder.assignment.answers}


@pytest.mark.parametrize("name", [path.parent.name for path in ASSIGNMENTS.glob("*/modules")])
def test_starter_is_what_its_sources_make(name):
    """The committed notebook and answers.toml are those that tools/make_starter.py writes."""
    tool = runpy.run_path(str(clone_root() / "tools" / "make_starter.py"))
    for path, text in tool["starter_files"](load_assignment(name, clone_root())).items():
        assert path.read_text(encoding="utf-8") == text, f"run: python tools/make_starter.py {name}"


@each_assignment
def test_handout_names_all_tasks_and_gives_nothing_away(folder):
    """Every task, function and key stands in the handout; no count or grid of the solution does."""
    handout = (folder.public / "README.md").read_text()
    for task in folder.assignment.tasks:
        assert f"({task.id})" in handout
        assert all(f"{name}(" in handout for name in task.functions)
    solution = tomllib.loads((folder.hidden / "solution" / "answers.toml").read_text())
    public = "\n".join(
        path.read_text() for path in folder.public.rglob("*") if path.suffix in (".md", ".toml", ".py")
    )
    for question in folder.assignment.answers:
        if question.kind == "integer":
            answer = solution[question.id]
            assert str(answer) not in public, question.id
            assert f"{answer:,}" not in public, question.id
        if question.kind == "grid":
            assert not any(str(row).strip("[]") in public for row in solution[question.id]), question.id


@each_assignment
def test_solution_answers_every_question(folder):
    """The solution is a submission like any other: no key is missing, choices are allowed ones."""
    solution = tomllib.loads((folder.hidden / "solution" / "answers.toml").read_text())
    for question in folder.assignment.answers:
        assert solution[question.id] != ""
        answer = solution[question.id]
        assert not question.choices or set(answer if isinstance(answer, list) else [answer]) <= set(
            question.choices
        )


@each_assignment
def test_reported_figures_belong_to_experiments(folder):
    """Every reported figure names an experiment, or the baseline, and is a pair low, high."""
    if (folder.hidden / "reported.toml").exists():
        assert load_reported(folder).reported
