"""A page to PDF/UA: tagged, with a title and a language, the same bytes for the same page."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from functools import cache
from typing import Any

from grader.errors import GraderError

_PANGO_HINT = (
    "Install Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "(macOS: brew install pango). The HTML reports need none of it: --format html."
)
# Pango's font map is shared by the process; use several processes to write PDFs in parallel.
_ONE_AT_A_TIME = threading.Lock()
# Marked by the templates; text from students is escaped and cannot hold a comment.
_ON_SCREEN_ONLY = re.compile("<!--screen-->.*?<!--/screen-->", re.DOTALL)
_DRAWING = re.compile(r"<svg (?:[^>]*)><title>([^<]*)</title>.*?</svg>", re.DOTALL)
# WeasyPrint takes pictures through its fetcher only, also those that stand in the page. These two kinds
# are what our pages hold; an address inside such a drawing comes to the fetcher again and is refused.
_PICTURES = ("data:image/png;base64,", "data:image/svg+xml;base64,")


def write_pdf(html: str) -> bytes:
    """`html` must be one of this package's pages. Raises GraderError where Pango is missing."""
    tools = _load_weasyprint()
    with _ONE_AT_A_TIME:
        pdf = tools.HTML(string=_for_paper(html), url_fetcher=tools.fetcher).write_pdf(
            font_config=tools.fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        )
    return bytes(pdf)


def _for_paper(html: str) -> str:
    """Without what only a screen can show, and with drawings as pictures.

    WeasyPrint works out every style for every line of an inline drawing; as pictures they take
    a third of the time and look the same.
    """
    return _DRAWING.sub(_as_picture, _ON_SCREEN_ONLY.sub("", html))


def _as_picture(match: re.Match[str]) -> str:
    data = base64.b64encode(match[0].encode()).decode("ascii")
    return f'<img class="drawing" alt="{match[1]}" src="{_PICTURES[1]}{data}">'


class _Tools:
    """What one process needs of WeasyPrint: made once, because fonts take long to find."""

    def __init__(self) -> None:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        class PicturesOnly(URLFetcher):  # type: ignore[misc]
            """Nothing outside the page is ever read: pictures are part of it, all else is refused."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                if not url.startswith(_PICTURES):
                    raise ValueError(f"reports are self-contained: {url[:80]} was not fetched")
                return super().fetch(url, headers)

        self.HTML = HTML
        self.fonts = FontConfiguration()
        self.fetcher = PicturesOnly(allowed_protocols=("data",), allow_redirects=False)


@cache
def _load_weasyprint() -> _Tools:
    """Imported late: pages without PDF work where Pango is not installed."""
    try:
        return _Tools()
    except OSError as error:
        raise GraderError(
            f"PDF reports need Pango, which could not be loaded: {error}.", hint=_PANGO_HINT
        ) from None
