"""The same pages on paper."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader

from grader.errors import GraderError
from grader.report import pdf, render_lab_report, render_student, write_pdf
from tests.report.sample_assignment import make_assignment
from tests.report.sample_lab import make_lab
from tests.report.samples import failing, passing
from tests.report.test_student import nasty_result

ASSIGNMENT = make_assignment()


@pytest.fixture(scope="module")
def report() -> bytes:
    return write_pdf(render_student(failing(), ASSIGNMENT))


@pytest.fixture(scope="module")
def reader(report: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(report))


def test_it_is_tagged_and_says_what_it_is(reader):
    """PDF/UA: title, language, structure, title in the window, the standard in the metadata."""
    root = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == "ConvNets on CIFAR-10: report for s-104417"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def structure(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All elements below `part`, in reading order."""
    kids = part.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        entry = kid.get_object()
        if isinstance(entry, dict) and "/S" in entry:
            yield entry
            yield from structure(entry)


def test_every_figure_has_alternative_text(reader):
    """Each Figure of the structure tree says what can be seen."""
    figures = [
        part for part in structure(reader.trailer["/Root"]["/StructTreeRoot"]) if part["/S"] == "/Figure"
    ]
    assert len(figures) == 6
    assert all(len(figure["/Alt"]) > 20 for figure in figures)


def test_heading_cells_say_what_they_head(reader):
    """Rule 7.5 of PDF/UA-1: without a scope a reader has to guess."""
    cells = [part for part in structure(reader.trailer["/Root"]["/StructTreeRoot"]) if part["/S"] == "/TH"]
    assert {cell["/A"]["/Scope"] for cell in cells} == {"/Column", "/Row"}


def test_headings_descend_step_by_step(reader):
    """Rule 7.4.2: one H1, and no level is left out on the way down."""
    kinds = [str(part["/S"]) for part in structure(reader.trailer["/Root"]["/StructTreeRoot"])]
    levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_links_are_part_of_the_structure(reader):
    """Rules 7.18.1, 7.18.3 and 7.18.5: in the order of the structure, with a place in it and words for it."""
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
    assert links
    assert all(page["/Tabs"] == "/S" for page in reader.pages if "/Annots" in page)
    assert all("/StructParent" in link and link["/Contents"] for link in links)


def test_pages_are_numbered_and_headed(reader):
    """Every page has its number; all but the first have assignment and student at the top."""
    total = len(reader.pages)
    assert 3 <= total <= 6
    for number, page in enumerate(reader.pages, start=1):
        words = page.extract_text()
        assert f"Page {number} of {total}" in words
        assert "s-104417" in words
    assert "Report for s-104417" in reader.pages[1].extract_text()


def test_bookmarks_lead_to_tasks(reader):
    """The outline holds the sections of the page."""
    titles = str(reader.outline)
    assert "What to do next" in titles
    assert "Convolution by hand" in titles


def test_it_says_what_the_page_says(reader):
    """Marks, feedback, numbers in figures and answers are text, not pictures of text."""
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for part in ("16.5", "of 80 points", "transposed kernel", "81,930", "automobile", "K1 sums to zero"):
        assert part in words
    assert "Numbers" not in words


def test_fonts_are_embedded_and_the_file_is_small(report, reader):
    """Under 300 kB, and readable on a machine without these fonts."""
    assert len(report) < 300_000
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        for descendant in font.get("/DescendantFonts", [font]):
            descriptor = descendant.get_object()["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_page_gives_the_same_bytes(report):
    """No dates, no random identifiers."""
    assert write_pdf(render_student(failing(), ASSIGNMENT)) == report


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "ftp://h/x", "data:text/css,p{}", "FILE"])
def test_nothing_outside_the_page_is_fetched(url, tmp_path):
    """Neither files nor addresses: only embedded pictures are read."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    url = secret.as_uri() if url == "FILE" else url
    with pytest.raises(ValueError, match="self-contained"):
        pdf._load_weasyprint().fetcher.fetch(url)
    head = f'<title>t</title><link rel="attachment" href="{url}">'
    page = f'<html lang="en">{head}<img alt="a" src="{url}">ok</html>'
    assert b"/EmbeddedFile" not in write_pdf(page)


def test_hostile_text_still_gives_a_pdf():
    """A student cannot prevent their report."""
    words = (
        PdfReader(io.BytesIO(write_pdf(render_student(nasty_result(), ASSIGNMENT)))).pages[0].extract_text()
    )
    assert "<script>alert(1)</script>" in words


def test_a_lab_report_goes_on_paper():
    """All sections, with the student in the running head."""
    reader = PdfReader(io.BytesIO(write_pdf(render_lab_report(make_lab()))))
    words = " ".join(page.extract_text() for page in reader.pages)
    assert "Pooling in place of strides" in words
    assert "s-104417" in reader.pages[1].extract_text()


def test_without_pango_the_error_says_how_to_get_it(monkeypatch):
    """Where the libraries cannot be loaded, the next step is named and HTML still works."""

    class Broken:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name.partition(".")[0] == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    pdf._load_weasyprint.cache_clear()
    try:
        with pytest.raises(GraderError) as caught:
            write_pdf(render_student(passing(), ASSIGNMENT))
    finally:
        pdf._load_weasyprint.cache_clear()
    assert "libpango" in caught.value.message
    assert "apt-get install libpango-1.0-0" in caught.value.hint
