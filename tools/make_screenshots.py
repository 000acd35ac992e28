"""Make the pictures of README.md from the reports of graded submissions.

Usage: python tools/make_screenshots.py RESULTS [--student ID]

RESULTS is what `grader grade ... --out RESULTS` wrote. Draws the top of one student's page and of the
class page with `chromium` (or `google-chrome`) from PATH, and writes docs/images/student-report.png and
docs/images/class-page.png. Without --student it takes who lost points in the most tasks and still has
half of all points: such a page shows the most.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from grader.results import SubmissionResult

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = (1100, 1300)
LARGEST = 250_000
"""In bytes; the clone should stay small."""
CLEAR = 8
"""So many rows without ink are a good place to cut."""


def main() -> int:
    """Write both pictures; a message and status 1 when one cannot be made."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("--student", help="whose page; default: one that shows much")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return complain("Neither chromium nor google-chrome is on PATH: install one of them.")
    student = options.student or choose_student(options.results)
    pages = {
        "student-report.png": options.results / "students" / student / "report.html",
        "class-page.png": options.results / "index.html",
    }
    for page in pages.values():
        if not page.is_file():
            return complain(f"{page} is not there: grade first, or name another --student.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        picture = FOLDER / name
        photograph(browser, page, picture)
        size = picture.stat().st_size
        if size > LARGEST:
            return complain(f"{picture} has {size:,} bytes, more than {LARGEST:,}: make SIZE smaller.")
        print(f"{picture}: {page}, {size:,} bytes")
    return 0


def complain(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def choose_student(results: Path) -> str:
    """The id of the submission that lost points in the most tasks and has half of all; "" without any."""
    found = [
        SubmissionResult.model_validate_json(path.read_text(encoding="utf-8"))
        for path in sorted(results.glob("instructor/*/result.json"))
    ]
    return max(found, key=_interest).student_id if found else ""


def _interest(result: SubmissionResult) -> tuple[bool, int]:
    earned = sum(check.score or 0.0 for check in result.checks)
    lost = {check.task for check in result.checks if check.score is not None and check.score < check.points}
    return earned >= sum(check.points for check in result.checks) / 2 > 0, len(lost)


def photograph(browser: str, page: Path, picture: Path) -> None:
    """The top of `page` as a PNG of few colours. Raises CalledProcessError when the browser fails."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.png"
        words = [
            browser, "--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run",
            "--hide-scrollbars", "--force-device-scale-factor=1", f"--user-data-dir={folder}/profile",
            f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={raw}", page.resolve().as_uri(),
        ]  # fmt: skip
        if os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # chromium refuses to start as root otherwise; the page is ours
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        with Image.open(raw) as image:
            whole = image.convert("RGB")
    cut = whole.crop((0, 0, whole.width, last_clear_row(np.asarray(whole))))
    cut.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(picture, optimize=True)


def last_clear_row(pixels: np.ndarray) -> int:
    """The lowest place, in rows from the top, where a cut goes through nothing; the whole height without."""
    clear = (pixels == pixels[:, :1]).all(axis=(1, 2))
    for row in range(len(clear), max(len(clear) - 200, CLEAR), -1):
        if clear[row - CLEAR : row].all():
            return row
    return len(clear)


if __name__ == "__main__":
    sys.exit(main())
