"""The autograder zip in a container's folders: graded by what is in the zip, and the student's code apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root
from tests.e2e.command import grader
from tests.e2e.course import NAME, Course, make_course
from tests.export.schemas import Gradescope

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(
    not ROOT, reason="only root can take another user, or away what containers lack"
)
AS_USER = ("tests/sandbox/as_user.py", "61234")
IN_CONTAINER = ("tests/sandbox/in_container.py",)
SPY = """
import os
from pathlib import Path


def scale_pixels(images):
    found = [os.geteuid()]
    for place in {places!r}:
        try:
            found.append(sorted(os.listdir(place)))
        except OSError as error:
            found.append(error.errno)
    raise RuntimeError(f"seen: {{found}}")
"""


@dataclass(frozen=True)
class Box:
    """`/autograder` somewhere else, with the wheel of the zip unpacked in the place of an installed one."""

    root: Path

    @property
    def autograder(self) -> Path:
        return self.root / "autograder"

    @property
    def results(self) -> Path:
        return self.autograder / "results" / "results.json"

    def command(self, *as_whom: str) -> list[str]:
        """run_autograder, as the platform starts it or through a script that makes this another place."""
        settings = {
            "EPOCHMARK_AUTOGRADER": self.autograder,
            "EPOCHMARK_PYTHON": sys.executable,
            "EPOCHMARK_DATA": self.root / "data",
            "PYTHONPATH": self.root / "site",
            "TF_CPP_MIN_LOG_LEVEL": 3,
        }
        through = [sys.executable, *as_whom, str(self.root)] if as_whom else []
        words = [f"{name}={value}" for name, value in settings.items()]
        return [*through, "/usr/bin/env", *words, str(self.autograder / "run_autograder")]

    def run(self, *as_whom: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(clone_root())}
        return subprocess.run(
            self.command(*as_whom),
            cwd=clone_root(),
            env=environment,
            capture_output=True,
            text=True,
            timeout=400,
        )

    def document(self) -> Gradescope:
        return Gradescope.model_validate_json(self.results.read_bytes())

    def set(self, **changes: object) -> None:
        path = self.autograder / "source" / "settings.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Path]:
    """A tiny course and its autograder."""
    course = make_course(tmp_path_factory.mktemp("course"))
    text = course.checks.read_text(encoding="utf-8")
    # The checks of the course note who they ran for, in a place that a container has not.
    text = text.replace('os.environ["COURSE"]', '"/nowhere"').replace("    _note(", "    0 and _note(")
    course.checks.write_text(text, encoding="utf-8")
    out = course.root / "autograder.zip"
    words = ("--for", "gradescope", "--out", out, "--seed", 7, "--assignments", course.root)
    made = grader("package", NAME, *map(str, words))
    assert made.code == 0, made.text
    assert "show it to nobody" in made.text
    return course, out


@pytest.fixture
def box(package: tuple[Course, Path]) -> Iterator[Box]:
    """As the platform lays it out: the zip in source/, the script beside it, a submission of somebody's.

    pytest's own folders are closed to other users; those of a container are not.
    """
    with tempfile.TemporaryDirectory(prefix="container-") as folder:
        os.chmod(folder, 0o755)
        yield lay_out(Box(Path(folder)), package[1])


def lay_out(box: Box, package: Path) -> Box:
    source = box.autograder / "source"
    with zipfile.ZipFile(package) as contents:
        for member in contents.infolist():
            Path(contents.extract(member, source)).chmod(member.external_attr >> 16 & 0o777)
    (source / "run_autograder").rename(box.autograder / "run_autograder")
    (box.autograder / "results").mkdir()
    hand_in(box, "images / 255")
    (box.autograder / "submission_metadata.json").write_text(json.dumps({"id": 1, "users": [{"id": 2}]}))
    (wheel,) = (source / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as contents:
        contents.extractall(box.root / "site")
    return box


def hand_in(box: Box, body: str) -> None:
    folder = box.autograder / "submission"
    folder.mkdir(exist_ok=True)
    (folder / "work.py").write_text(f"def scale_pixels(images):\n    return {body}\n")
    (folder / "answers.toml").write_text('me = "nobody"\nscale_discussion = "to learn"\n')


def test_what_is_in_the_zip(package: tuple[Course, Path], tmp_path: Path) -> None:
    """Both scripts at the top, executable; the wheel, both halves of the assignment, the settings. The same
    seed gives the same bytes; what is there is not replaced without being told to."""
    course, archive = package
    with zipfile.ZipFile(archive) as contents:
        modes = {member.filename: member.external_attr >> 16 & 0o777 for member in contents.infolist()}
        settings = json.loads(contents.read("settings.json"))
        setup = contents.read("setup.sh").decode()
    assert (modes["setup.sh"], modes["run_autograder"]) == (0o755, 0o755)
    for name in (f"assignment/{NAME}/assignment.toml", f"reference/{NAME}/solution/work.py"):
        assert modes[name] == 0o644
    assert sum(name.startswith("wheel/epochmark-") for name in modes) == 1
    assert not [name for name in modes if "__pycache__" in name]
    assert (settings["assignment"], settings["seed"], settings["tier"]) == (NAME, 7, None)
    subprocess.run(["bash", "-n"], input=setup, text=True, check=True)

    before = archive.read_bytes()
    words = (
        "package",
        NAME,
        "--for",
        "gradescope",
        "--out",
        archive,
        "--seed",
        "7",
        "--assignments",
        course.root,
    )
    refused = grader(*words)
    assert (refused.code, "is there already" in refused.text) == (2, True)
    assert grader(*words, "--force").code == 0
    assert archive.read_bytes() == before


@needs_root
def test_in_a_container_as_root(box: Box) -> None:
    """Without namespaces, as Docker has it: tier T2. Nothing but results.json tells the student anything, and
    that only once grades are published."""
    done = box.run(*IN_CONTAINER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tier T2" in done.stdout
    document = box.document()
    assert (document.score, document.visibility, document.stdout_visibility) == (
        100,
        "after_published",
        "hidden",
    )
    assert [(test.score, test.status) for test in document.tests] == [
        (50, "passed"),
        (30, "passed"),
        (20, "passed"),
    ]
    assert list(box.results.parent.iterdir()) == [box.results]


@needs_root
def test_as_an_ordinary_user(box: Box) -> None:
    """Where a container is not run as root, the grader takes namespaces: tier T1 or T1b. A wrong answer loses
    its points, with the student's feedback and no expected value."""
    hand_in(box, "images / 256")
    for path in [box.autograder, *box.autograder.rglob("*")]:
        os.chown(path, 61234, 61234)
    done = box.run(*AS_USER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(tier T1" in done.stdout
    document = box.document()
    assert (document.score, document.tests[0].score) == (30, 0)
    assert "every value is wrong." in (document.tests[0].output or "")


@needs_root
def test_students_code_is_somebody_else_and_sees_nothing(box: Box) -> None:
    """It runs under another user id and can list neither the hidden checks nor the results, not even its own
    folder."""
    places = [str(box.autograder / name) for name in ("source", "results", "submission")]
    (box.autograder / "submission" / "work.py").write_text(SPY.format(places=places))
    done = box.run(*IN_CONTAINER)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = [test.output or "" for test in box.document().tests]
    assert all("RuntimeError: seen: [" in text for text in seen), seen
    user, *errors = json.loads(seen[0].split("seen: ")[1].split("]")[0] + "]")
    assert user != 0
    assert set(errors) <= {1, 2, 13}, "not permitted, not there, or no access"


def test_results_are_there_while_grading_goes_on(box: Box, package: tuple[Course, Path]) -> None:
    """Killed in the midst of a check, what was graded until then is valid and the rest is not a zero."""
    checks = box.autograder / "source" / "reference" / NAME / "checks" / "test_hidden.py"
    waiting = box.root / "waiting"
    text = checks.read_text(encoding="utf-8").replace('task="1", points=20', 'task="2", points=20')
    stop = f"    open({str(waiting)!r}, 'w').close()\n    import signal; signal.pause()\n"
    checks.write_text(text.replace("def test_white(submission):\n", f"def test_white(submission):\n{stop}"))
    toml = box.autograder / "source" / "assignment" / NAME / "assignment.toml"
    split = toml.read_text(encoding="utf-8").replace("points = 100", "points = 80", 1)
    second = '\n[[tasks]]\nid = "2"\ntitle = "White"\npoints = 20\n\n[[answers]]'
    toml.write_text(split.replace("\n[[answers]]", second, 1), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(clone_root())}
    with subprocess.Popen(
        box.command(), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            while not waiting.exists():
                assert process.poll() is None, process.stdout and process.stdout.read()
                time.sleep(0.1)  # until the check itself says that it has begun
        finally:
            process.kill()
    document = box.document()
    assert [(test.name, test.score) for test in document.tests] == [
        ("Pixels", 50),
        ("Black", 30),
        ("White (not decided yet)", None),
    ]
    assert (document.score, "Grading goes on" in document.output) == (80, True)


def test_lateness_follows_the_platforms_times(box: Box) -> None:
    """Two days late takes a fifth off; with an extension of Gradescope's own, nothing."""
    toml = box.autograder / "source" / "assignment" / NAME / "assignment.toml"
    policy = "\n[late]\ndue = 2027-02-01T17:00:00+00:00\npercent_per_day = 10\n"
    toml.write_text(toml.read_text(encoding="utf-8") + policy, encoding="utf-8")
    told = {
        "created_at": "2027-02-03T08:22:32.365935-08:00",
        "assignment": {"due_date": "2027-02-01T09:00:00.000000-08:00"},
    }
    scores = []
    for due in ("2027-02-01T09:00:00.000000-08:00", "2027-02-03T09:00:00.000000-08:00"):
        users = [{"id": 2, "assignment": {"due_date": due}}]
        (box.autograder / "submission_metadata.json").write_text(json.dumps({**told, "users": users}))
        done = box.run()
        assert done.returncode == 0, done.stdout + done.stderr
        document = box.document()
        scores.append((document.score, document.tests[-1].name, document.tests[-1].output or ""))
    assert scores[0][:2] == (80, "Changes to the total")
    assert "10\u202f% for each day begun (2 days): 20\u202f% of 100 points = −20." in scores[0][2]
    assert scores[1] == (100, "White", "")


def test_our_own_time_limit_comes_first(box: Box) -> None:
    """The platform keeps nothing of what it has to stop, so the grader stops itself and says so."""
    checks = box.autograder / "source" / "reference" / NAME / "checks" / "test_hidden.py"
    text = checks.read_text(encoding="utf-8")
    pause = "def test_white(submission):\n    import signal; signal.pause()\n"
    checks.write_text(text.replace("def test_white(submission):\n", pause))
    box.set(seconds=15)
    done = box.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Stopped after 15 s" in done.stdout
    assert "stopped at the time limit" in box.document().output


def test_without_a_sandbox_nothing_is_run(box: Box) -> None:
    """A tier that cannot be had: no score, the reason for the instructor, nothing of it for the student."""
    box.set(tier="T3")
    done = box.run()
    assert done.returncode == 3
    assert "Tier T3 cannot be asked for." in done.stdout + done.stderr
    document = box.document()
    assert (document.score, document.tests[0].score, "T3" in document.output) == (None, None, False)
    assert "The grader failed while it worked on your submission." in document.output


def test_what_is_no_submission_is_told_the_student(box: Box) -> None:
    """Without a score: a person decides."""
    for path in (box.autograder / "submission").iterdir():
        path.unlink()
    (box.autograder / "submission" / "essay.txt").write_text("An essay.")
    done = box.run()
    assert done.returncode == 0, done.stdout + done.stderr
    document = box.document()
    assert (document.score, document.tests[0].name) == (None, "Your submission")
    assert document.output
