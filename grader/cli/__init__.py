"""The `grader` command."""

from __future__ import annotations

import sys

from grader.errors import ExitCode


def main() -> None:
    """Entry point. Half a second passes until a command begins, and Ctrl-C may come meanwhile."""
    try:
        from grader.cli.app import run

        run()
    except KeyboardInterrupt:  # once a command has begun, typer takes it
        print("\nInterrupted.", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
