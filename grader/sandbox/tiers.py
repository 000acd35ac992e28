"""Finds the strongest protection that this machine can give, and proves it with small attacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from grader.results import Tier
from grader.sandbox import machine
from grader.sandbox.canary import successful_attacks
from grader.sandbox.faults import SandboxBroken, SandboxUnavailable
from grader.sandbox.launcher import Launcher
from grader.sandbox.libraries import ALL_LIBRARIES
from grader.sandbox.limits import Limits
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.session import Session
from grader.sandbox.warm import WarmSandbox
from grader.submission import Module


class Sandbox(Protocol):
    """Where submissions run. `tier` stands in every result."""

    @property
    def tier(self) -> Tier: ...

    @property
    def broken(self) -> bool:
        """True once `open` can only fail: close it and start another."""
        ...

    def open(self, modules: Sequence[Module], data: Mapping[str, bytes], limits: Limits) -> Session:
        """A fresh worker with a submission's files. Raises GraderError when there can be none."""
        ...

    def warm_up(self, libraries: Sequence[str]) -> None:
        """Has modules imported, once, for all workers to come; nobody waits for it but the first of them.
        What else a submission mentions follows when it comes.
        """
        ...

    def lend(self) -> Sandbox:
        """The same one for a process that is about to be spawned, and ends before this one is closed."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def start_sandbox(*, force: Tier | None = None, preload: Sequence[str] = ALL_LIBRARIES) -> Sandbox:
    """The strongest tier in which every trial attack fails, or the one in `force`.

    Raises SandboxUnavailable, whose `hint` is the line that mends it. `preload` names modules to
    `warm_up` with. Tier.UNSANDBOXED must be asked for.
    """
    if force in (Tier.UNSANDBOXED, Tier.PLAIN):
        return PlainSandbox(force)
    starters: dict[Tier, Callable[[], WarmSandbox]] = {
        Tier.T1: _start_boxed,
        Tier.T1B: _start_boxed_flat,
        Tier.T2: _start_users,
    }
    if force is not None and force not in starters:
        raise SandboxUnavailable(f"Tier {force} cannot be asked for.", hint="Choose T1, T1b or T2.")
    refusals: dict[Tier, SandboxUnavailable] = {}
    for tier in starters if force is None else [force]:
        try:
            sandbox = _proven(starters[tier]())
        except SandboxUnavailable as refusal:
            refusals[tier] = refusal
        else:
            if preload:
                sandbox.warm_up(preload)
            return sandbox
    raise _refuse(refusals)


def probe_tier(*, force: Tier | None = None) -> Tier:
    """The tier that `start_sandbox` would reach, found without warming up. Raises SandboxUnavailable."""
    with start_sandbox(force=force, preload=()) as sandbox:
        return sandbox.tier


def _start_boxed() -> WarmSandbox:
    """T1: bubblewrap around the zygote, namespaces around each worker."""
    return _start(Tier.T1, _bubblewrap())


def _start_boxed_flat() -> WarmSandbox:
    """T1b: bubblewrap around the zygote, for machines that refuse namespaces within namespaces."""
    return _start(Tier.T1B, _bubblewrap())


def _start_users() -> WarmSandbox:
    """T2: a user for each worker, which only root can give."""
    _require_linux()
    if os.geteuid() != 0:
        raise SandboxUnavailable(
            "Without user namespaces only root can separate submissions, and this is not root.",
            hint=machine.allow_user_namespaces(),
        )
    return _start(Tier.T2, "")


def _require_linux() -> None:
    if not machine.is_linux():
        raise SandboxUnavailable(
            "Submissions are graded on Linux only; this system has no sandbox for them.",
            hint="Run the grader in a Linux container or machine; `grader check` works here.",
        )
    if missing := machine.seccomp_missing():
        raise SandboxUnavailable(
            f"There is no system call filter: {missing}.", hint="Use Linux on x86-64 or ARM64."
        )
    if not machine.landlock_version():
        raise SandboxUnavailable(
            "The kernel has no Landlock, or has it switched off.",
            hint="Use Linux 5.13 or newer and add landlock to the kernel's lsm= parameter.",
        )


def _bubblewrap() -> str:
    _require_linux()
    found = machine.bubblewrap()
    if not found:
        raise SandboxUnavailable("bubblewrap is not installed.", hint=machine.INSTALL_BUBBLEWRAP)
    return found


def _start(tier: Tier, bubblewrap: str, without: frozenset[str] = frozenset()) -> WarmSandbox:
    """Raises SandboxUnavailable when the zygote does not come up, or comes up weaker than `tier`."""
    launcher = Launcher(bubblewrap, without, nest=tier is Tier.T1)
    try:
        told = launcher.await_warm()
    except SandboxBroken as error:
        raise SandboxUnavailable(_sentence(error.message), hint=_mend(error.message)) from None
    except BaseException:
        launcher.close()
        raise
    if tier is Tier.T1 and not told["namespaces"]:
        launcher.close()
        raise SandboxUnavailable(
            "This machine refuses namespaces within namespaces.", hint=machine.allow_user_namespaces()
        )
    return WarmSandbox(launcher, tier, without)


def _sentence(text: str) -> str:
    return f"The sandbox did not start: {text.strip().rstrip('.')}."


def _mend(text: str) -> str:
    _, run, line = text.partition("run: ")
    return line if run else machine.allow_user_namespaces()


def _proven(sandbox: WarmSandbox) -> WarmSandbox:
    """The sandbox itself, when no trial attack succeeds in it. Raises SandboxUnavailable."""
    try:
        succeeded = successful_attacks(sandbox)
    except SandboxBroken as error:
        sandbox.close()
        raise SandboxUnavailable(error.message, hint="Run: grader doctor") from None
    except BaseException:
        sandbox.close()
        raise
    if succeeded:
        sandbox.close()
        raise SandboxUnavailable(
            f"In tier {sandbox.tier} a submission could: {', '.join(succeeded)}.", hint="Run: grader doctor"
        )
    return sandbox


def _refuse(refusals: Mapping[Tier, SandboxUnavailable]) -> SandboxUnavailable:
    """One error for all tiers, with the hint of the strongest: mending that one helps most."""
    if len(refusals) == 1:
        return next(iter(refusals.values()))
    told: dict[str, list[str]] = {}
    for tier, refusal in refusals.items():
        told.setdefault(refusal.message, []).append(str(tier))
    reasons = " ".join(f"{', '.join(tiers)}: {message}" for message, tiers in told.items())
    first = next(iter(refusals.values()))
    return SandboxUnavailable(f"No submission can be run safely here. {reasons}", hint=first.hint)
