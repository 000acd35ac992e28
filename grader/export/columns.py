"""Which column of a platform's table is the assignment's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.assignment import Assignment
from grader.errors import UsageError


def choose_column(headings: Mapping[int, tuple[str, ...]], wanted: str | None, assignment: Assignment) -> int:
    """`headings` has, for each column that can take grades, what it is called: first the whole heading, then
    its title and its number in the platform. `wanted` is one of these; None means a title that is the
    assignment's own, or the only column there is.

    Raises UsageError, which lists them all, when none or several fit.
    """
    own = {assignment.title.casefold(), assignment.name.casefold()}
    keys = own if wanted is None else {wanted.strip().casefold()}
    fits = [column for column, names in headings.items() if keys & {name.casefold() for name in names}]
    if wanted is None and not fits and len(headings) == 1:
        fits = list(headings)
    if len(fits) == 1:
        return fits[0]
    named = f'"{wanted}"' if wanted is not None else f'"{assignment.title}"'
    there = "\n".join(f"  {names[0]}" for names in headings.values())
    raise UsageError(
        f"{'Several columns are' if fits else 'No column is'} called {named}.",
        hint=f"Name the column for the grades with --column. There are:\n{there}"
        if headings
        else "Make the assignment on the platform, and download the file again.",
    )


def read_number(text: str) -> float | None:
    """ "100", "100.00", "100,00" or None."""
    found = re.fullmatch(r"\s*(\d+)(?:[.,](\d+))?\s*", text)
    return float(f"{found[1]}.{found[2] or 0}") if found else None
