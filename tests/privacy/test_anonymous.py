"""Pages without names hold none, wherever it was planted."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from grader.anonymous import KEY_BYTES, LEFT_OUT, Pseudonyms, anonymise, names_in
from grader.intake import load_submission
from grader.report import render_student, write_pdf
from grader.results import Adjustment, HandedIn, LeftOut, SubmissionResult, Verdict
from tests.intake.notebooks import notebook
from tests.report.sample_assignment import make_assignment
from tests.report.samples import check, failing

NAMES = Pseudonyms(b"k" * KEY_BYTES)
STUDENT = "quimby-jo_2041977_assignsubmission_file"
PLANTED = ("quimby", "jo_hw5", "2041977", "examiner one")
ASSIGNMENT = make_assignment()


def planted() -> SubmissionResult:
    """A result that says who handed it in wherever something can be said."""
    text = (
        "Quimby: jo_hw5.ipynb, cell 3, and jo_hw5.py, line 2, by QUIMBY 2041977, in quimby/Jo_Hw5.ipynb"
        " and quimby_net."
    )
    base = failing(STUDENT)
    checks = tuple(
        entry.model_copy(update={"feedback": text, "detail": text, "output": text}) for entry in base.checks
    )
    return base.model_copy(
        update={
            "checks": (*checks, check("test_more", "i.a", "More", 1, Verdict.FAILED, text)),
            "files": ("answers.toml", "quimby/Jo_Hw5.ipynb", "jo_hw5.ipynb", "models.py"),
            "left_out": (LeftOut(where="jo_hw5.ipynb, cell 1", what="name = 'Quimby'", why="of Quimby"),),
            "answers": tuple(answer.model_copy(update={"text": text}) for answer in base.answers),
            "adjustments": (
                Adjustment(check="", points=1, who="examiner one", at="2026-01-02T03:04:05+00:00", why=text),
            ),
        }
    )


def held(text: str) -> list[str]:
    return [name for name in PLANTED if name in text.casefold()]


def test_a_year_in_the_id_leaves_times_alone():
    """Lateness is judged by the time on pages without names, too."""
    known = HandedIn(submitted="2027-02-01T17:00:00+00:00")
    result = anonymise(failing("s2027").model_copy(update={"handed_in": known}), NAMES)
    assert result.handed_in == known


def test_no_page_and_no_document_says_who_it_was():
    """Neither the HTML nor the text, title, metadata and bookmarks of the PDF; the untouched one says all."""
    given_files = {"answers.toml", "models.py"}
    result = anonymise(planted(), NAMES, given_files)
    page = render_student(result, ASSIGNMENT)
    assert held(render_student(planted(), ASSIGNMENT)) == ["quimby", "jo_hw5", "2041977"]
    assert held(page) == []
    assert held(result.model_dump_json()) == []
    assert NAMES.of(STUDENT) in page
    assert "[name]: file-2.ipynb, cell 3, and file-2.py, line 2, by [name] [name]" in page
    assert "models.py" in page
    assert LEFT_OUT in page
    pdf = write_pdf(page)
    reader = PdfReader(io.BytesIO(pdf))
    words = (
        " ".join(part.extract_text() for part in reader.pages) + str(reader.metadata) + str(reader.outline)
    )
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert held(words + metadata) == []
    assert NAMES.of(STUDENT) in words


def test_marks_do_not_change():
    """An anonymous report says the same points."""
    assert [entry.score for entry in anonymise(planted(), NAMES).checks] == [
        entry.score for entry in planted().checks
    ]
    assert anonymise(planted(), NAMES).in_force[""].points == 1


def test_what_anybody_could_compute_is_not_there():
    """Neither a hash of the id nor the digest of the files leads back."""
    page = render_student(anonymise(planted(), NAMES), ASSIGNMENT)
    assert planted().digest[:16] not in page
    for algorithm in ("md5", "sha1", "sha256"):
        assert hashlib.new(algorithm, STUDENT.encode()).hexdigest()[:10] not in page


@given(st.text(min_size=1), st.text(min_size=1), st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_pseudonyms_need_the_key(first: str, second: str, key: bytes):
    """The same each time; another for another student, and for another key."""
    names = Pseudonyms(key)
    assert names.of(first) == Pseudonyms(key).of(first)
    assert (names.of(first) == names.of(second)) == (first == second)
    assert names.of(first) != Pseudonyms(bytes(byte ^ 1 for byte in key)).of(first)
    assert names.of(first).isascii()


def test_a_short_key_is_refused():
    """One that can be guessed is none."""
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonyms(b"k")


@pytest.mark.parametrize(
    ("student_id", "names"),
    [
        ("student-07", {"student-07"}),
        ("doe-jo_12345_assignsubmission_file", {"doe", "12345", "doe-jo_12345_assignsubmission_file"}),
        ("Élodie.Müller", {"Élodie", "Müller", "Élodie.Müller"}),
    ],
)
def test_what_of_an_id_names_somebody(student_id: str, names: set[str]):
    """Not "student", which stands in every text, and not two letters, which stand in every word."""
    assert names_in(student_id) == names


def test_names_that_a_platform_knows_are_hidden_too():
    """A number for an id, and the name in a text: the roster leads from one to the other."""
    entry = check("t", "i.a", "T", 1, Verdict.FAILED, "By Jo Quimby (jo.quimby@uni.test), 77041.")
    result = failing("s-1").model_copy(update={"checks": (entry,)})
    known = ("Quimby, Jo", "jo.quimby@uni.test", "77041", "")
    said = anonymise(result, NAMES, (), known).checks[0].feedback
    assert said == "By Jo [name] ([name]), [name]."


def test_an_ordinary_text_stays():
    """Parts of longer words are no names, and the words of the grader are left alone."""
    entry = check("t", "i.a", "T", 1, Verdict.FAILED, "Ann: the annual channel, by_ann; ANN's student-7")
    result = failing("ann").model_copy(update={"checks": (entry,)})
    said = anonymise(result, NAMES).checks[0].feedback
    assert said == "[name]: the annual channel, by_[name]; [name]'s student-7"


def test_metadata_of_a_notebook_is_not_even_read(tmp_path):
    """Authors, names of kernels and outputs go nowhere."""
    book = json.loads(notebook("def f():\n    return 1\n"))
    book["metadata"] = {"authors": [{"name": "Doe, Jo"}], "kernelspec": {"display_name": "Doe's kernel"}}
    book["cells"][1]["metadata"] = {"tags": ["Doe"]}
    book["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["Doe was here"]}]
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps(book))
    submission = load_submission(path, "student-01")
    assert submission.modules
    assert "doe" not in repr(submission).casefold()
