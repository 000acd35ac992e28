"""Puts real output into the documentation: `python tools/update_output.py README.md`.

Each block of output follows a comment that holds its command:

    <!-- output of: grader demo --quiet -->
    ```
    ...
    ```

The commands are run in the clone, on the embedded data set, and what they print replaces the block.
A command begins with `grader` or `python`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- output of: (?P<command>.+?) -->\n```\n).*?(\n```)", re.DOTALL)


def run(command: str) -> str:
    """What a command prints. Raises CalledProcessError when it cannot do its job."""
    environment = {
        **os.environ,
        "COLUMNS": "88",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "EPOCHMARK_DATA": os.devnull,
    }
    program, *rest = command.split()
    words = [sys.executable, *(["-m", "grader.cli"] if program == "grader" else []), *rest]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode > 1:
        raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def main() -> None:
    for page in map(Path, sys.argv[1:] or ["README.md"]):
        text = page.read_text(encoding="utf-8")
        text = BLOCK.sub(lambda block: f"{block[1]}{run(block['command'])}{block[3]}", text)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
