"""What the commands of the command line have in common: options, and where they print."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.results import Tier
from grader.terminal import Terminal

console = Terminal()
errors = Terminal(stderr=True)

Assignments = Annotated[
    Path | None,
    typer.Option("--assignments", help="Folder that holds assignment/ and reference/ (default: this clone)."),
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, show_default="cores", help="Processes side by side.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the outcome.")]
Executor = Annotated[
    str | None,
    typer.Option(
        "--executor",
        help="A Dask cluster to grade on: dask://HOST:PORT, tls://HOST:PORT or a TOML file.",
    ),
]
Roster = Annotated[
    Path | None,
    typer.Option("--roster", help="CSV of all students: id, name, email, group, extension, submitted."),
]
SandboxTier = Annotated[
    Tier | None, typer.Option("--tier", help="Force a sandbox tier (default: the strongest here).")
]
ReportFormats = Annotated[str, typer.Option("--format", help="html, pdf or html,pdf.")]
Anonymous = Annotated[
    bool,
    typer.Option("--anonymous", help="A copy without names in RESULTS/anonymous/, under keyed pseudonyms."),
]
DEFAULT_JOBS = os.cpu_count() or 1
BOTH_FORMATS = "html,pdf"
