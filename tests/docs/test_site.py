"""The site can be built, and its reference is what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from grader.assignment import Assignment, Limits
from grader.assignment_folder import clone_root
from grader.cli.app import app
from grader.results import CheckResult, SubmissionResult
from tests.docs.commands import read_page
from tests.e2e.command import PLAIN_TERMINAL

ROOT = clone_root()
COMMANDS = read_page("reference/commands.md")
FETCHING = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "srcset")}


class Fetches(HTMLParser):
    """Collects what a browser would load with the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if (tag, name) in FETCHING and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `tox -e docs` builds it; broken links and pages outside of the contents are errors."""
    out = tmp_path_factory.mktemp("site")
    words = ["-q", "-W", "--keep-going", "-E", "-d", str(out / "doctrees"), "docs", str(out / "site")]
    command = [sys.executable, "-m", "sphinx", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return out / "site"


def test_every_page_is_there(site: Path) -> None:
    """One for each file of Markdown."""
    sources = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    pages = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    assert sources - pages == set()
    assert len(sources) > 10


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    """No fonts, scripts or pictures: readers need no network."""
    fetched = {url for page in site.rglob("*.html") for url in Fetches(page.read_text("utf-8")).found}
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    fetched |= set(re.findall(r"url\(\"?'?([^)\"']+)", styles)) | set(re.findall(r"@import\s+(\S+)", styles))
    assert len(fetched) > 5
    assert [url for url in fetched if re.match(r"(https?:)?//", url)] == []


def test_the_reference_is_up_to_date() -> None:
    """Whoever changes a command or a file makes the pages again."""
    done = subprocess.run(
        [sys.executable, "tools/make_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name", [name for name in get_group(app).commands if name != "data"] + ["data fetch"]
)
def test_every_option_of_a_command(name: str) -> None:
    """Held against what --help prints."""
    printed = CliRunner().invoke(app, [*name.split(), "--help"], env=PLAIN_TERMINAL).output
    options = set(re.findall(r"(?<!\w)--[a-z][a-z-]+", printed)) - {"--help"}
    section = COMMANDS.partition(f"## grader {name}\n")[2].partition("\n## ")[0]
    assert section
    assert options - set(re.findall(r"`(--[a-z-]+)`", section)) == set()


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("## assignment.toml", Assignment),
        ("### assignment.toml: limits", Limits),
        ("## result.json", SubmissionResult),
        ("### result.json: checks", CheckResult),
    ],
)
def test_every_key_of_a_file(heading: str, model: type[Assignment]) -> None:
    """In its own table."""
    table = read_page("reference/files.md").partition(f"{heading}\n")[2].partition("\n#")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(model.model_fields)
