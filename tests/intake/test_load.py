"""From a path to a Submission; what is wrong with it becomes its problem, never an exception."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake import load_submission
from tests.intake.archives import CODE, make_zip
from tests.intake.notebooks import notebook
from tests.intake.test_folder import write


@pytest.fixture
def four_ways(tmp_path: Path) -> list[Path]:
    """One submission as folder, wrapped folder, zip and wrapped zip."""
    files = {"solution.py": CODE, "answers.toml": "n = 1"}
    return [
        write(tmp_path / "plain", files),
        write(tmp_path / "deep", {f"hand/in/{name}": text for name, text in files.items()}),
        make_zip(tmp_path / "flat.zip", files),
        make_zip(tmp_path / "wrapped.zip", {f"work/{name}": text for name, text in files.items()}),
    ]


def test_the_same_work_in_any_wrapping_is_the_same(four_ways: list[Path]) -> None:
    """Same digest, modules and answers: the same marks, and no grading twice."""
    loaded = [load_submission(path) for path in four_ways]
    assert {item.digest for item in loaded} == {loaded[0].digest}
    assert {item.modules for item in loaded} == {loaded[0].modules}
    assert {item.answers for item in loaded} == {b"n = 1"}
    assert [item.student_id for item in loaded] == ["plain", "deep", "flat", "wrapped"]
    assert loaded[0].files == ("answers.toml", "solution.py")
    assert not any(item.problem for item in loaded)


def test_single_files(tmp_path: Path) -> None:
    """A .py and an .ipynb are submissions of one file, named after it."""
    write(tmp_path, {"ada.py": CODE, "bob.ipynb": notebook(CODE)})
    assert load_submission(tmp_path / "ada.py").modules[0].functions == ("convolve",)
    bob = load_submission(tmp_path / "bob.ipynb")
    assert (bob.student_id, bob.modules[0].path, bob.modules[0].file) == ("bob", "bob.py", "bob.ipynb")
    assert str(bob.modules[0].place(2)) == "bob.ipynb, cell 1, line 2"


def test_a_script_that_trains_on_import(tmp_path: Path) -> None:
    """Definitions stay, the rest is one readable entry a stretch."""
    script = (
        "import keras\n(x, y), _ = keras.datasets.cifar10.load_data()\nx = x / 255\nprint(x.shape)\n"
        "def build_strided():\n    return keras.Sequential()\nmodel = build_strided()\nmodel.fit(x, y)\n"
    )
    loaded = load_submission(write(tmp_path, {"ada.py": script}) / "ada.py")
    assert loaded.modules[0].functions == ("build_strided",)
    assert loaded.modules[0].left_out_names == ("x", "y", "_", "model")
    assert [(left.where, left.what) for left in loaded.left_out] == [
        ("ada.py, line 2", "(x, y), _ = keras.datasets.cifar10.load_data() … and 2 more statements"),
        ("ada.py, line 7", "model = build_strided() … and 1 more statement"),
    ]


def test_a_syntax_error_costs_one_module(tmp_path: Path) -> None:
    """It says the line; other modules are whole, and there is no problem."""
    loaded = load_submission(write(tmp_path / "ada", {"a.py": "def f(:\n", "b.py": CODE}))
    broken, whole = loaded.modules
    assert (broken.error, broken.source, broken.functions) == ("line 1: invalid syntax", "", ())
    assert broken.left_out_names == ("f",)
    assert whole.functions == ("convolve",)
    assert loaded.problem == ""
    assert loaded.left_out[0].where == "a.py, line 1"


def test_a_broken_notebook_beside_code_costs_only_itself(tmp_path: Path) -> None:
    """Alone it is the problem of the submission."""
    both = load_submission(write(tmp_path / "ada", {"a.py": CODE, "b.ipynb": "{"}))
    assert both.problem == ""
    assert "b.ipynb is no notebook" in both.left_out[0].why
    alone = load_submission(write(tmp_path / "bob", {"b.ipynb": "{"}))
    assert "b.ipynb is no notebook" in alone.problem


def test_the_definition_nearest_to_the_top_counts(tmp_path: Path) -> None:
    """And the report says so."""
    loaded = load_submission(write(tmp_path / "ada", {"solution.py": CODE, "z/old.py": CODE}))
    counted = loaded.defining("convolve")
    assert counted is not None
    assert counted.path == "solution.py"
    assert loaded.left_out[0].where == "z/old.py"
    assert loaded.left_out[0].why == "solution.py defines convolve too, and that one is graded"


def test_a_script_and_a_notebook_of_one_name(tmp_path: Path) -> None:
    """No two modules have one path."""
    loaded = load_submission(write(tmp_path / "ada", {"work.py": "n = 1", "work.ipynb": notebook("m = 2")}))
    assert sorted((module.path, module.file) for module in loaded.modules) == [
        ("work.py", "work.ipynb"),
        ("work_2.py", "work.py"),
    ]


def test_answers_and_experiments_nearest_to_the_top(tmp_path: Path) -> None:
    """The others are listed."""
    files = {
        "solution.py": CODE,
        "b/answers.toml": "n = 2",
        "a/answers.toml": "n = 1",
        "run/experiments.json": "{}",
    }
    loaded = load_submission(write(tmp_path / "ada", files))
    assert (loaded.answers, loaded.experiments) == (b"n = 1", b"{}")
    assert [left.where for left in loaded.left_out] == ["b/answers.toml"]


def test_small_data_goes_along(tmp_path: Path) -> None:
    """Pictures and text up to 5 MB together, smallest first."""
    files = {
        "a.py": CODE,
        "picture.png": b"\1" * 3_000_000,
        "img/more.jpg": b"\2" * 3_000_000,
        "notes.txt": b"x",
    }
    loaded = load_submission(write(tmp_path / "ada", files))  # type: ignore[arg-type]
    assert set(loaded.data) == {"notes.txt", "img/more.jpg"}
    assert [left.where for left in loaded.left_out] == ["picture.png"]


def test_answers_alone_are_a_submission(tmp_path: Path) -> None:
    """Their checks can be graded, the functions are not implemented."""
    assert load_submission(write(tmp_path / "ada", {"answers.toml": "n = 1"})).problem == ""


def test_a_folder_that_holds_one_zip(tmp_path: Path) -> None:
    """As learning platforms store it; two zips are a question to the student."""
    folder = write(tmp_path / "ada", {"comment.txt": "see the zip"})
    make_zip(folder / "homework.zip", {"hw/solution.py": CODE})
    loaded = load_submission(folder)
    assert loaded.defining("convolve") is not None
    assert loaded.left_out == ()
    make_zip(folder / "final.zip", {"hw/solution.py": CODE})
    assert "2 archives (final.zip, homework.zip)" in load_submission(folder).problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("ada.png", "ada.png is a picture. Hand in a folder, a .zip, a .py or an .ipynb file."),
        ("ada.docx", "is a Word document"),
        ("ada.tar.gz", "is an archive that is not a .zip"),
        ("ada.rar", "is an archive that is not a .zip"),
        ("ada", "is no code"),
        ("ada.zip", "ada.zip is damaged or no zip archive"),
        ("ada.ipynb", "ada.ipynb is empty"),
    ],
)
def test_files_that_are_no_submission(tmp_path: Path, name: str, problem: str) -> None:
    """The student is listed with what was handed in and what is accepted."""
    loaded = load_submission(write(tmp_path, {name: b""}) / name)
    assert problem in loaded.problem
    assert loaded.student_id.startswith("ada")
    assert loaded.modules == ()


def test_folders_that_are_no_submission(tmp_path: Path) -> None:
    """Empty, or with documents only."""
    (tmp_path / "empty").mkdir()
    assert "There are no files in it" in load_submission(tmp_path / "empty").problem
    write(tmp_path / "words", {"report.pdf": b"", "notes.txt": b"x"})
    assert (
        "no Python file or notebook in it, only notes.txt, report.pdf."
        in load_submission(tmp_path / "words").problem
    )


def test_a_link_is_no_submission(tmp_path: Path) -> None:
    """It could lead to another student's work; also when it leads nowhere."""
    write(tmp_path / "ada", {"a.py": CODE})
    (tmp_path / "bob").symlink_to(tmp_path / "ada")
    (tmp_path / "cem").symlink_to(tmp_path / "nowhere")
    assert "bob is a link" in load_submission(tmp_path / "bob").problem
    assert "cem is a link" in load_submission(tmp_path / "cem").problem


def test_a_single_file_that_is_too_large(tmp_path: Path) -> None:
    """One sentence with the next step."""
    assert (
        "take data out of it" in load_submission(write(tmp_path, {"a.py": b"#" * 2_000_000}) / "a.py").problem
    )


def test_problems_differ_in_digest(tmp_path: Path) -> None:
    """A student who hands in another broken file is not unchanged."""
    write(tmp_path, {"a.png": b"", "b.zip": b""})
    assert load_submission(tmp_path / "a.png").digest != load_submission(tmp_path / "b.zip").digest


def test_nothing_at_the_path(tmp_path: Path) -> None:
    """A wrong path is the instructor's mistake, not the student's."""
    with pytest.raises(UsageError, match="does not exist"):
        load_submission(tmp_path / "absent")


def test_a_given_id_is_made_safe(tmp_path: Path) -> None:
    """Whatever it is taken from."""
    assert load_submission(write(tmp_path, {"a.py": CODE}) / "a.py", "../x y").student_id == "x-y"


def test_text_for_people_is_printable(tmp_path: Path) -> None:
    """No escape sequences or direction marks reach a report."""
    code = "train('\x1b[31m \u202e')\nx = '\x07'; train()\n"
    loaded = load_submission(write(tmp_path / "ada", {"a\u202eb.py": code}))
    assert loaded.left_out
    for left in loaded.left_out:
        assert left.where.isprintable()
        assert left.what.isprintable()
        assert left.why.isprintable()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    suffix=st.sampled_from([".py", ".ipynb", ".zip", ""]),
    raw=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
)
def test_any_file_is_loaded_or_explained(tmp_path: Path, suffix: str, raw: bytes) -> None:
    """Whatever the bytes: a module, an error of the module, or a problem."""
    path = tmp_path / f"ada{suffix}"
    path.write_bytes(raw)
    loaded = load_submission(path)
    assert bool(loaded.modules) != bool(loaded.problem)
    for module in loaded.modules:
        with contextlib.suppress(ValueError):  # a NUL that an escape in the text stands for
            compile(module.source, "sifted", "exec", dont_inherit=True) if not module.error else None


def test_a_package_that_is_not_installed_costs_only_what_uses_it(tmp_path: Path) -> None:
    """An import of an absent package goes and is reported; in a try it stays; own modules are there."""
    (tmp_path / "work.py").write_text(
        "import absent_plots as plots\nimport helper\nimport numpy as np\n"
        "try:\n    import absent_too\nexcept ImportError:\n    absent_too = None\n"
        "def convolve(image, kernel):\n    return np.sum(image)\n"
    )
    (tmp_path / "helper.py").write_text("VALUE = 1\n")
    submission = load_submission(tmp_path)
    work = submission.defining("convolve")
    assert work is not None
    assert "plots" not in work.source
    assert "import helper" in work.source
    assert "import absent_too" in work.source
    assert work.left_out_names == ("plots",)
    (left,) = submission.left_out
    assert left.why == "absent_plots is not installed where the work is graded"
