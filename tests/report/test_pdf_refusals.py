"""On paper, too: nothing outside the page is read, whatever stands in the page."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject
from weasyprint import HTML

from grader.report import render_student, write_pdf
from grader.text import plain
from tests.report.hostile_class import labelled, one_liner, texts
from tests.report.payloads import PAYLOADS
from tests.report.sample_assignment import make_assignment
from tests.report.wire import Wire

ASSIGNMENT = make_assignment()
SECRET = "4711-the-secret"
CARRIERS = {
    "img": '<img alt="a" src="URL">',
    "svg-image": '<svg width="9" height="9"><title>a</title><image width="9" height="9" href="URL"/></svg>',
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "background": '<style>.background { background: url("URL") }</style><p class="background">a</p>',
    "content": '<style>.content::after { content: url("URL") }</style><p class="content">a</p>',
    "marker": '<ul style="list-style-image: url(URL)"><li>a</li></ul>',
    "page": '<style>@page { background: url("URL") }</style>',
    "font": '<style>@font-face { font-family: f; src: url("URL") }</style><p style="font-family: f">a</p>',
    "import": '<style>@import "URL";</style>',
    "stylesheet": '<link rel="stylesheet" href="URL">',
    "attachment": '<link rel="attachment" href="URL" title="a">',
    "link": '<a rel="attachment" href="URL">a</a>',
}
"""What makes WeasyPrint fetch. "drawn", the address inside a picture that is allowed, comes on top."""
ADDRESSES = {
    "http": "http://127.0.0.1:{port}/{name}",
    "redirect": "http://127.0.0.1:{port}/moved-{name}",
    "https": "https://127.0.0.1:{port}/{name}",
    "ftp": "ftp://127.0.0.1:{port}/{name}",
    "file": "file://{file}",
    "file of a host": "file://localhost{file}",
    "capitals": "FILE://{file}",
    "gopher": "gopher://127.0.0.1:{port}/{name}",
    "no scheme": "//127.0.0.1:{port}/{name}",
    "UNC": "\\\\127.0.0.1@{port}\\{name}",
    "path": "{file}",
    "text": "data:text/css,body::before{{content:'" + SECRET + "'}}",
}
BY_DEFAULT = ("http", "redirect", "https", "ftp", "file", "file of a host", "capitals", "text")
"""What WeasyPrint's own fetcher follows; the others it does not understand in a page without an address."""


@pytest.fixture
def wire() -> Iterator[Wire]:
    listener = Wire(patience=0.5)
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is seen by whoever reads it as a stylesheet or attaches it."""
    path = tmp_path_factory.mktemp("secret") / "secret.css"
    path.write_text(f'body::before {{ content: "{SECRET}"; }}')
    return path


def page_with(address: str, port: int, secret: Path, carriers: Iterable[str] = CARRIERS) -> str:
    """A page in which the carriers have the address, with the carrier's name in it."""

    def aimed(name: str) -> str:
        return address.format(port=port, name=name, file=secret)

    drawing = f'<image width="9" height="9" href="{aimed("drawn")}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{drawing}</svg>'
    embedded = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    parts = [CARRIERS[name].replace("URL", aimed(name)) for name in carriers]
    body = "".join([*parts, f'<img alt="a" src="{embedded}">'])
    return f'<!doctype html><html lang="en"><title>t</title><body><p>ok</p>{body}</body></html>'


def objects(document: bytes) -> list[object]:
    reader = PdfReader(io.BytesIO(document))
    return [reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)]


def words(document: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def holds_secret(document: bytes) -> bool:
    """In its text, in any stream (attached files are streams), or in any of its strings."""
    streams = [part.get_data() for part in objects(document) if isinstance(part, StreamObject)]
    return SECRET in words(document) or any(SECRET.encode() in data for data in [document, *streams])


@pytest.mark.parametrize("kind", ADDRESSES)
def test_nothing_is_fetched(kind: str, wire: Wire, secret: Path) -> None:
    """No connection, no file, no attachment; the page is written all the same."""
    document = write_pdf(page_with(ADDRESSES[kind], wire.port, secret))
    assert wire.seen == []
    assert not holds_secret(document)
    assert PdfReader(io.BytesIO(document)).attachments == {}
    assert "ok" in words(document)


@pytest.mark.parametrize("kind", BY_DEFAULT)
def test_without_our_fetcher_it_is(kind: str, wire: Wire, secret: Path) -> None:
    """WeasyPrint as it comes connects, or reads what it should not: the tests above can fail."""
    some = ("img",) if kind == "ftp" else CARRIERS  # each waits for a greeting that never comes
    document = HTML(string=page_with(ADDRESSES[kind], wire.port, secret, some)).write_pdf()
    if "{port}" in ADDRESSES[kind]:
        assert wire.seen
    else:
        assert holds_secret(document)
    if kind in ("http", "redirect"):
        asked = {line.split()[1].removeprefix("/").removeprefix("moved-") for line in wire.seen}
        assert asked == {*CARRIERS, "drawn"}
    if kind == "redirect":
        assert any(line.startswith("GET /img ") for line in wire.seen)


@pytest.fixture(scope="module")
def hostile() -> bytes:
    """The report of somebody who is all payload, but for the name."""
    named = one_liner(next(texts("pdf"))).model_copy(update={"student_id": "s-104417"})
    return write_pdf(render_student(named, ASSIGNMENT))


def test_a_hostile_report_does_nothing(hostile: bytes) -> None:
    """No action but going to a place in the report: no address, script, form, launch or attached file."""
    found = [part for part in objects(hostile) if isinstance(part, DictionaryObject)]
    assert {str(part["/S"]) for part in found if part.get("/Type") == "/Action"} <= {"/GoTo"}
    forbidden = {"/URI", "/JS", "/JavaScript", "/AA", "/AcroForm", "/EmbeddedFiles", "/Launch", "/XFA"}
    assert {key for part in found for key in part if key in forbidden} == set()


def test_a_hostile_report_says_what_was_written(hostile: bytes) -> None:
    """All payloads are there as text, word by word: lines and pages break where there is room."""
    text = "".join(words(hostile).split())
    wanted = {p.name: plain(p.aimed("pdf")).split() for p in PAYLOADS}
    assert [name for name, parts in wanted.items() if not all(part in text for part in parts)] == []


def test_labels_of_figures_are_text() -> None:
    """No TeX, no markup, no error: the labels stand in the drawing as they were written."""
    aimed = [plain(payload.aimed("figure")).replace("\n", " ") for payload in PAYLOADS]
    for three in zip_longest(aimed[::3], aimed[1::3], aimed[2::3], fillvalue="x"):
        page = render_student(labelled(*three), ASSIGNMENT)
        drawing = page[page.index("<svg ") : page.index("</svg>")]
        shown = html.unescape(re.sub(r"<[^>]*>", " ", drawing)).replace("\n", " ")
        assert [text for text in three if text[:20].strip() not in shown] == []
