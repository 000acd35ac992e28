"""The student's functions in this process: on the student's own machine, where it is their code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.sandbox.box.modules import ModuleTable, Source
from grader.submission import Submission


class OwnCode:
    """The student's functions by name, loaded as the grader loads them: without what would train."""

    def __init__(self, submission: Submission, folder: Path) -> None:
        self._submission = submission
        sources = [Source(module.path, module.source, module.error) for module in submission.modules]
        self._table = ModuleTable(sources, str(folder))
        sys.meta_path.insert(0, self._table)

    def find(self, name: str) -> Callable[..., Any] | None:
        """None when no file defines `name`. Raises UsageError when its file cannot be loaded."""
        module = self._submission.defining(name)
        if module is None:
            return None
        try:
            found: Callable[..., Any] = getattr(self._table.load(module.path), name)
        except Exception as error:
            raise UsageError(
                f"{module.file} cannot be imported: {type(error).__name__}: {error}",
                hint="Run `grader check` first; it says where.",
            ) from error
        return found

    def require(self, name: str) -> Callable[..., Any]:
        found = self.find(name)
        if found is None:
            raise UsageError(f"None of your files defines {name} yet.", hint="Run `grader check` first.")
        return found
