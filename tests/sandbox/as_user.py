"""Runs a command as an ordinary user who can reach this Python: `as_user.py UID HOME COMMAND...`.

Needs root. Python may lie under root's closed home folder; a private mount namespace opens the way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from grader.sandbox.box import launcher
from grader.sandbox.places import find_places


def main() -> None:
    """Never returns."""
    uid, home, *command = sys.argv[1:]
    project = open_the_way(home)
    os.chown(home, int(uid), int(uid))
    os.setgroups([])
    os.setresgid(int(uid), int(uid), int(uid))
    os.setresuid(int(uid), int(uid), int(uid))
    become(command, project, home)


def open_the_way(home: str) -> str:
    """Private mounts in which Python, this project and `home` can be reached; the project's folder."""
    project = str(Path(__file__).resolve().parents[2])
    launcher._private_mounts()
    python = [os.path.realpath(sys.prefix), os.path.realpath(f"{sys.base_prefix}/bin")]
    launcher._open_up([*find_places().needed, *python, project, home])
    return project


def become(command: Sequence[str], project: str, home: str) -> NoReturn:
    """This process becomes the command, in the project's folder and with an environment of its own."""
    os.chdir(project)
    environment = {"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    main()
