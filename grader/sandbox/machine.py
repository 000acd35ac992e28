"""What this machine lacks for a sandbox, and the line that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from grader.sandbox.box import landlock, seccomp

INSTALL_BUBBLEWRAP = "apt-get install -y bubblewrap"
_SWITCHES = (
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
_CONTAINER = (
    "allow user namespaces in the container: docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined ..., or run the grader "
    "as root in it"
)


def is_linux() -> bool:
    return sys.platform.startswith("linux")


def bubblewrap() -> str:
    """The path of bwrap; "" when it is not installed."""
    return shutil.which("bwrap") or ""


def allow_user_namespaces() -> str:
    """The line that switches user namespaces on."""
    for name, off, line in _SWITCHES:
        try:
            value = Path("/proc/sys", name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == off:
            return line
    return _CONTAINER


def landlock_version() -> int:
    """0 where the kernel has no Landlock."""
    return landlock.version() if is_linux() else 0


def seccomp_missing() -> str:
    """Why there is no system call filter; "" when there is."""
    if not is_linux():
        return f"{platform.system()} has no seccomp"
    if not seccomp.supported():
        return f"the table of system calls has no column for {os.uname().machine}"
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return "" if "Seccomp:" in status else "the kernel was built without seccomp"
