"""The `grader` command."""

from __future__ import annotations

import sys

from grader.errors import ExitCode


def main() -> None:
    """Entry point. Half a second passes before all commands are imported, and Ctrl-C may come meanwhile."""
    try:
        from grader.cli.app import run
    except KeyboardInterrupt:
        print("\nInterrupted before anything was done.", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    run()
