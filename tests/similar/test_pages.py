"""What instructors read about similar submissions, and that nobody else does."""

from __future__ import annotations

import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.assignment_folder import load_assignment
from grader.commands.findings import read_findings
from grader.commands.new import make_assignment
from grader.commands.report import rewrite_reports
from grader.commands.similar import run_similar, show_findings
from grader.errors import GraderError, UsageError
from grader.gradebook import open_gradebook
from grader.intake import load_submission
from grader.layout import ResultsFolder
from tests.e2e.command import grader
from tests.similar.programs import STARTER, rename, write_program
from tests.unit.builders import make_check, make_result

STUDENTS = ("ada", "bea", "cleo", "dora", "emil", "fay")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A class of six, of whom fay has renamed what dora wrote; its gradebook was filled without grading."""
    make_assignment("tiny", tmp_path)
    assignment = load_assignment("tiny", tmp_path).assignment
    (tmp_path / "assignment" / "tiny" / "starter" / "given.py").write_text(STARTER)
    texts = {name: write_program(seed) for seed, name in enumerate(STUDENTS)}
    texts["fay"] = rename(texts["dora"])
    files = ResultsFolder(tmp_path / "results")
    task = assignment.tasks[0]
    with open_gradebook(files.gradebook) as gradebook:
        gradebook.start("tiny", 1)
        for name, text in texts.items():
            place = tmp_path / "submissions" / name
            place.mkdir(parents=True)
            (place / "work.py").write_text(STARTER + text)
            gradebook.remember({name: place})
            result = make_result(name, make_check(task=task.id))
            digest = load_submission(place, name).digest
            gradebook.put(result.model_copy(update={"digest": digest}), assignment)
    return files.root


def similar(results: Path, submissions: Path | None = None) -> str:
    """What the command says."""
    said = StringIO()
    console = Console(file=said, width=500)
    findings = run_similar(results, results.parent, submissions, console, quiet=True)
    show_findings(findings, results, console)
    return " ".join(said.getvalue().split())


def report(results: Path) -> None:
    rewrite_reports(results, results.parent, None, ("html",), 1, Console(file=StringIO()), quiet=True)


def test_the_class_page_leads_to_the_pair_side_by_side(results: Path):
    """Flagged with words that say what it is not; both texts on a page of their own."""
    done = grader("similar", results, "--assignments", results.parent)
    assert done.code == 0, done.text
    assert "6 submissions compared. 100% of dora, 100% of fay" in done.text
    assert "no verdict" in done.text
    index = (results / "index.html").read_text()
    assert "A reason to look, not a verdict." in index
    link = re.findall(r'<a href="(similar/[^"]+)">side by side</a>', index)
    assert link == ["similar/pair-001.html"]
    page = (results / link[0]).read_text()
    assert "A reason to look, not a verdict." in page
    assert 'id="' not in page
    assert re.search(r"<strong>dora</strong> work.py, line \d+", page)
    assert "def <mark>helper_0</mark>(" in page
    assert "def <mark>part_0</mark>(" in page
    assert "Reads the data" not in page


def test_students_pages_know_nothing_of_it(results: Path):
    """Neither the pages nor anything else below students/ says who is like whom."""
    similar(results)
    report(results)
    pages = list((results / "students").rglob("*.html"))
    assert len(pages) == len(STUDENTS)
    for page in pages:
        others = set(STUDENTS) - {page.parent.name}
        body = re.sub(r"<style>.*?</style>", "", page.read_text(), flags=re.DOTALL)
        words = set(re.findall(r"\w+", body))
        assert not words & (others | {"similar", "Similar"})


def test_whoever_hands_in_again_is_not_listed_any_more(results: Path):
    """A finding is about the files that were compared: after others it is left out, and that is said."""
    similar(results)
    work = results.parent / "submissions" / "fay" / "work.py"
    work.write_text(write_program(77))
    assignment = load_assignment("tiny", results.parent).assignment
    with open_gradebook(results / "gradebook.sqlite") as gradebook:
        old = gradebook.result("fay")
        assert old is not None
        gradebook.put(old.model_copy(update={"digest": "e" * 64}), assignment)
    report(results)
    index = (results / "index.html").read_text()
    assert "side by side" not in index
    assert "1 pair is not listed, because somebody handed in again since." in index
    assert "No two are conspicuously alike." in similar(results)
    assert not (results / "similar" / "pair-001.html").exists()


def test_files_that_are_gone(results: Path):
    """Some: named, and the others compared. All: the way out is named; elsewhere they are found."""
    moved = results.parent / "elsewhere"
    shutil.move(results.parent / "submissions" / "ada", moved / "ada")
    assert "5 submissions compared. 1 was not found: ada." in similar(results)
    assert "Not compared, because their files were not found: ada." in (results / "index.html").read_text()
    shutil.rmtree(results.parent / "submissions")
    with pytest.raises(UsageError) as caught:
        similar(results)
    assert "--submissions" in caught.value.hint
    assert "1 submission compared." in similar(results, moved)


def test_a_broken_file_of_findings_says_what_to_do(results: Path):
    """Not a traceback, and not silently nothing."""
    files = ResultsFolder(results)
    assert read_findings(files) is None
    files.similar.mkdir()
    files.findings.write_text('{"pairs": 3}')
    with pytest.raises(GraderError) as caught:
        read_findings(files)
    assert "grader similar" in caught.value.hint
