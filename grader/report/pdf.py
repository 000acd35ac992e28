"""A page to PDF/UA: tagged, with a title and a language, the same bytes for the same page."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from functools import cache
from typing import Any

from grader.collector import without_collector
from grader.errors import GraderError

_PANGO_HINT = (
    "Install Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "(macOS: brew install pango). The HTML reports need none of it: --format html."
)
# Pango's font map is shared by the process; use several processes to write PDFs in parallel.
_ONE_AT_A_TIME = threading.Lock()
# Marked by the templates; text from students is escaped and cannot hold a comment.
_ON_SCREEN_ONLY = re.compile("<!--screen-->.*?<!--/screen-->", re.DOTALL)
_NOTHING_LEFT = re.compile(r'<div class="body">\s*</div>')
_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)
_DRAWING = re.compile(r"<svg (?:[^>]*)><title>([^<]*)</title>.*?</svg>", re.DOTALL)
# WeasyPrint takes pictures through its fetcher only, also those that stand in the page. These two kinds
# are what our pages hold; an address inside such a drawing comes to the fetcher again and is refused.
_PICTURES = ("data:image/png;base64,", "data:image/svg+xml;base64,")


def write_pdf(html: str) -> bytes:
    """`html` must be one of this package's pages. Raises GraderError where Pango is missing."""
    tools = _load_weasyprint()
    page, style = _for_paper(html)
    with _ONE_AT_A_TIME, without_collector():
        pdf = tools.HTML(string=page, url_fetcher=tools.fetcher).write_pdf(
            stylesheets=[tools.stylesheet(style)],
            font_config=tools.fonts,
            pdf_variant="pdf/ua-1",
            finisher=_say_what_heads,
            pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        )
    return bytes(pdf)


def _say_what_heads(_document: Any, pdf: Any) -> None:
    """Each heading cell says whether it heads a column or a row (ISO 14289-1, 7.5): WeasyPrint names the
    headings of each cell, which not every reader follows."""
    dictionaries: list[Any] = [part for part in pdf.objects if isinstance(part, dict)]
    parts = {part.reference: part for part in dictionaries if "S" in part}
    for part in parts.values():
        if part["S"] == "/TH":
            group = parts[parts[part["P"]]["P"]]
            part["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _for_paper(html: str) -> tuple[str, str]:
    """(page, style): without what only a screen can show, and with drawings as pictures.

    WeasyPrint works out every style for every line of an inline drawing; as pictures they take
    a third of the time and look the same.
    """
    page = _NOTHING_LEFT.sub("", _ON_SCREEN_ONLY.sub("", _STYLE.sub("", html, count=1)))
    return _DRAWING.sub(_as_picture, page), "".join(_STYLE.findall(html)[:1])


def _as_picture(match: re.Match[str]) -> str:
    data = base64.b64encode(match[0].encode()).decode("ascii")
    return f'<img class="drawing" alt="{match[1]}" src="{_PICTURES[1]}{data}">'


class _Tools:
    """What one process needs of WeasyPrint: made once, because fonts take long to find."""

    def __init__(self) -> None:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        class PicturesOnly(URLFetcher):  # type: ignore[misc]
            """Nothing outside the page is ever read: pictures are part of it, all else is refused."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                if not url.startswith(_PICTURES):
                    raise ValueError(f"reports are self-contained: {url[:80]} was not fetched")
                return super().fetch(url, headers)

        self.HTML = HTML
        self.CSS = CSS
        self._stylesheets: dict[str, Any] = {}
        self.fonts = FontConfiguration()
        self.fetcher = PicturesOnly(allowed_protocols=("data",), allow_redirects=False)

    def stylesheet(self, style: str) -> Any:
        """Read once: all pages of this package have one style."""
        if style not in self._stylesheets:
            self._stylesheets[style] = self.CSS(
                string=style, url_fetcher=self.fetcher, font_config=self.fonts, media_type="print"
            )
        return self._stylesheets[style]


@cache
def _load_weasyprint() -> _Tools:
    """Imported late: pages without PDF work where Pango is not installed."""
    try:
        return _Tools()
    except OSError as error:
        raise GraderError(
            f"PDF reports need Pango, which could not be loaded: {error}.", hint=_PANGO_HINT
        ) from None
