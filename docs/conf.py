"""How Sphinx makes a site of the pages in this folder: tox -e docs. Readers' browsers fetch nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

project = "epochmark"
html_title = "epochmark"
language = "en-GB"
extensions = ["myst_parser"]
myst_heading_anchors = 3  # links to headings, as in page.md#heading
highlight_language = "bash"  # of indented blocks, which mostly are commands

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_domain_indices = html_use_index = False

PAGES = Path(__file__).parent
LINK = re.compile(r"\[([^]]+)]\(([^)#:\s]+)\)")


def setup(app: Sphinx) -> None:
    app.connect("source-read", name_files)


def name_files(app: Sphinx, page: str, source: list[str]) -> None:
    """Files of the clone outside this folder have no page here: their names stand without a link.

    One that is not there is a warning, which stops the build.
    """
    folder = (PAGES / page).parent

    def name(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(PAGES):
            return link[0]
        if not target.exists():
            logging.getLogger(__name__).warning("no such file: %s", link[2], location=page)
        return link[1]

    source[0] = LINK.sub(name, source[0])
