"""`grader doctor`: what this machine has and lacks, as a table."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.doctor import Diagnosis, Finding, diagnose


def run_doctor(console: Console) -> bool:
    """True when this machine can grade."""
    diagnosis = diagnose(Path.cwd())
    console.print(_table(diagnosis))
    for finding in diagnosis.findings:
        if finding.mend:
            console.print(f"{finding.part}: {finding.mend}", markup=False, soft_wrap=True)
    if diagnosis.can_grade:
        console.print(f"\nThis machine can grade, in tier {diagnosis.tier}.")
    else:
        console.print("\nThis machine cannot grade before that is mended.")
    return diagnosis.can_grade


def _table(diagnosis: Diagnosis) -> Table:
    table = Table(box=None, show_header=False)
    for finding in diagnosis.findings:
        table.add_row(_sign(finding), escape(finding.part), escape(finding.found))
    return table


def _sign(finding: Finding) -> str:
    if finding.good:
        return "[green]✓[/green]"
    return "[red]✗[/red]" if finding.needed else "[yellow]–[/yellow]"
