"""Bytes become text as Python would read them, and hostile text cannot hurt the grader."""

from __future__ import annotations

import codecs
import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.decode import SourceError, decode_source, names_in_broken, parse_source


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a = 1\r\nb = 2\rc = 3\n", "a = 1\nb = 2\nc = 3\n"),
        (codecs.BOM_UTF8 + "é = 1".encode(), "é = 1"),
        ("# -*- coding: latin-1 -*-\nname = 'é'".encode("latin-1"), "# -*- coding: latin-1 -*-\nname = 'é'"),
        (
            "#!/usr/bin/python\n# coding: cp1252\nx = '€'".encode("cp1252"),
            "#!/usr/bin/python\n# coding: cp1252\nx = '€'",
        ),
        (b"", ""),
    ],
)
def test_declared_encodings_and_line_ends(raw: bytes, text: str) -> None:
    """PEP 263, byte order marks and the line ends of other systems."""
    assert decode_source(raw) == text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            "a = 1\nb = 2\nc = 3\nx = 'é'".encode("latin-1"),
            "line 4: byte 0xe9 is not utf-8; save the file as UTF-8",
        ),
        ("x = 'é'".encode("latin-1"), "line 1: byte 0xe9"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        (b"a = 1\nb = \0", "line 2: .*NUL"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (b"# coding: zlib\n", "the encoding zlib is not accepted"),
        (b"# coding: punycode\n", "not accepted"),
        (b"# coding: unicode_escape\n", "not accepted"),
    ],
)
def test_undecodable_bytes_in_words(raw: bytes, message: str) -> None:
    """The line, the reason and the next step."""
    with pytest.raises(SourceError, match=message):
        decode_source(raw)


@pytest.mark.parametrize("piece", ["a.b,", "x=", "'', ", "()"])
def test_text_whose_tree_would_be_large(piece: str) -> None:
    """A syntax tree takes a thousand times what some characters do; a data string takes nothing."""
    with pytest.raises(SourceError, match="more than 150,000 words and signs"):
        parse_source("x = " + piece * 100_000)
    assert parse_source("x = '" + "a" * 1_000_000 + "'").body


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_explained(raw: bytes) -> None:
    """Nothing but SourceError comes out."""
    with contextlib.suppress(SourceError):
        assert "\r" not in decode_source(raw)


NESTED = {
    "minus": "-" * 300_000 + "1",
    "brackets": "(" * 300_000,
    "closed brackets": "[" * 150 + "]" * 150,
    "attributes": "a" + ".a" * 300_000,
    "import": "import a" + ".a" * 300_000,
    "import over lines": "import a" + ".\\\n a" * 100_000,
    "import of foreign letters": "import a" + ".éé" * 200_000,
    "additions": "1" + "+1" * 300_000,
    "items": "a" + "[0]" * 300_000,
    "elif": "if a:pass\n" + "elif a:pass\n" * 50_000,
    "lambda": "lambda:" * 100_000 + "1",
    "big number": "9" * 900_000,
    "one long name": "x" * 900_000,
    "many names with a dot": ".é" * 99 + "(" + "é" * 300_000,
    "too large": "a\n" * 600_000,
}

# Address space and time that parsing may take, so that growth with the square fails instead of killing
# the machine that runs this test.
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from grader.intake.decode import SourceError
from grader.intake.sift import sift
try:
    sift(sys.stdin.buffer.read().decode())
    print("sifted")
except SourceError as error:
    print(error)
"""


@pytest.mark.parametrize("name", NESTED)
def test_nested_text_is_read_or_refused_in_bounded_memory_and_time(name: str) -> None:
    """A parser bomb costs the student a message and the grader neither memory nor time."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED], input=NESTED[name].encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert done.stdout.strip()


def test_ordinary_dotted_names_are_fine() -> None:
    """The guard against long chains leaves real code alone."""
    parse_source("x = keras.layers.Conv2D(1).a.b.c\n" * 200 + "y = '" + "0.5." * 20 + "'")


def test_invalid_escapes_do_not_warn(recwarn: pytest.WarningsRecorder) -> None:
    r"""A plot label such as "\sigma" is the student's business."""
    parse_source("label = '\\sigma'")
    assert len(recwarn) == 0


def test_names_of_a_file_that_does_not_parse() -> None:
    """A missing function can then be traced to the file that would define it."""
    assert names_in_broken("def f(:\n  def inner(): pass\nasync  def g(): pass\nclass A\n") == ("f", "g", "A")
