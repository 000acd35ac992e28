"""The protections that a forked process puts on before it sees any student code, in order."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import kernel, landlock, seccomp

_CPU_SECONDS = 6 * 3600  # only for the case that nobody is left who watches the clock
_OPEN_FILES = 256
_INODES = 4096
_OWN_NAMESPACES = kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC


@dataclass(frozen=True)
class Tables:
    """What is read from disk once, before the first fork."""

    seccomp: dict[str, Any]
    landlock: dict[str, Any]
    landlock_version: int

    @classmethod
    def load(cls) -> Tables:
        return cls(seccomp.load_table(), landlock.load_table(), landlock.version())


@dataclass(frozen=True)
class Plan:
    """What one process may use. `uid` 0 means: keep the one it has. `limits` are those of the grader,
    by name. `without` names layers that are left off, to prove in a test that each is needed."""

    namespaces: bool
    uid: int
    scratch: str
    libraries: Sequence[str]
    limits: Mapping[str, Any]
    without: frozenset[str] = frozenset()


def enter_namespaces() -> None:
    """Own users, mounts, processes (for the next fork) and IPC. Needs a single thread; raises OSError."""
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(_OWN_NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def become(uid: int) -> None:
    """Another user, with no groups and no way back. Needs root; raises OSError."""
    kernel.empty_bounding_set()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def confine(plan: Plan, tables: Tables) -> dict[str, Any]:
    """Puts every layer on this process for good; says which. Raises OSError.

    A layer that the machine lacks is absent from the answer: whether that will do is for the
    trusted side to decide.
    """
    layers: dict[str, Any] = {"uid": plan.uid, "namespaces": plan.namespaces}
    if plan.namespaces:
        _mount_own(plan)
        kernel.empty_bounding_set()
    os.chdir(plan.scratch)
    tempfile.tempdir = plan.scratch
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = plan.scratch
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    if tables.landlock_version and "landlock" not in plan.without:
        pid = [str(os.getpid())]
        places = {"libraries": plan.libraries, "scratch": [plan.scratch], "pid": pid}
        landlock.restrict(tables.landlock, places, namespaces=plan.namespaces)
        layers["landlock"] = tables.landlock_version
    if "rlimits" not in plan.without:
        _limit_resources(plan)
        layers["rlimits"] = True
    if seccomp.supported() and "seccomp" not in plan.without:
        seccomp.install(seccomp.assemble(tables.seccomp, os.uname().machine, os.getpid()))
        layers["seccomp"] = True
    return layers


def volunteer_for_oom() -> None:
    """When the machine runs out of memory, this process and its forks go first."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _mount_own(plan: Plan) -> None:
    """A process table that shows only this process, and a scratch folder that ends with it."""
    hidden = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", "/proc", "proc", hidden)
    size = f"size={plan.limits['scratch_mib']}m,nr_inodes={_INODES},mode=0700"
    kernel.mount("tmpfs", plan.scratch, "tmpfs", hidden, size)


def _limit_resources(plan: Plan) -> None:
    """Soft and hard limits alike, so that they cannot be raised again."""
    mib = 1 << 20
    wanted = {
        resource.RLIMIT_AS: plan.limits["address_space_mib"] * mib,
        # Private writable memory; this is what a leak or a huge array runs into first.
        resource.RLIMIT_DATA: plan.limits["memory_mib"] * mib,
        resource.RLIMIT_FSIZE: plan.limits["scratch_mib"] * mib,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: plan.limits["threads"],
        resource.RLIMIT_CPU: _CPU_SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,  # type: ignore[attr-defined]
    }
    for limit, value in wanted.items():
        _, hard = resource.getrlimit(limit)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))
