"""Which folders of this machine the sandbox needs: Python, its packages, shared libraries."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import box

_SITES = frozenset({"site-packages", "dist-packages"})
# Present on some systems and not on others; a link such as /lib -> usr/lib stays a link.
_SYSTEM = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/sys/devices/system/cpu",
)


@dataclass(frozen=True)
class Places:
    """Absolute paths. `sites` go on the worker's sys.path; `needed` is all that Python reads."""

    python: str
    box: str
    sites: tuple[str, ...]
    needed: tuple[str, ...]

    @property
    def binds(self) -> list[str]:
        """Everything that is visible in the box, parents before what lies in them."""
        return sorted({*(path for path in _SYSTEM if os.path.lexists(path)), *self.needed})

    @property
    def libraries(self) -> list[str]:
        """Where code is imported from."""
        return [path for path in self.needed if path != self.python]


def find_places() -> Places:
    """Of the interpreter that runs this. The project's own folder is not among them."""
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    sites = tuple(
        dict.fromkeys(
            os.path.realpath(path) for path in sys.path if Path(path).name in _SITES and os.path.isdir(path)
        )
    )
    prefix = os.path.realpath(sys.base_prefix)
    standard = [f"{prefix}/{name}" for name in ("lib", "lib64") if os.path.isdir(f"{prefix}/{name}")]
    folder = str(Path(box.__file__).resolve().parent)
    needed = tuple(dict.fromkeys([python, folder, *standard, *sites]))
    return Places(python, folder, sites, needed)
