"""Writes docs/reference/ from the code: `python tools/make_reference.py`.

With `--check` nothing is written: the exit code tells whether the pages are up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reference_commands import commands_page
from reference_files import files_page
from typer.main import get_group

from grader.cli.app import app

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def main() -> int:
    """Both pages; status 1 where --check finds an old one."""
    pages = {"commands.md": commands_page(get_group(app)), "files.md": files_page()}
    old = [name for name, text in pages.items() if read(FOLDER / name) != text]
    if "--check" in sys.argv[1:]:
        if old:
            print(
                f"docs/reference/ is old ({', '.join(old)}): python tools/make_reference.py", file=sys.stderr
            )
        return int(bool(old))
    FOLDER.mkdir(exist_ok=True)
    for name in old:
        (FOLDER / name).write_text(pages[name], encoding="utf-8")
    return 0


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
