"""Each layer of the sandbox is needed: without it a named attack succeeds, with all of them it does not."""

from __future__ import annotations

import numpy as np
import pytest

from grader.results import Tier
from grader.sandbox import Limits, Sandbox, SubmissionFault
from tests.hostile.arena import BOAST
from tests.hostile.corpus import Attack, load_attacks
from tests.sandbox.conftest import module_of
from tests.sandbox.weakened import weakened

# Beside the corpus, never at the same time: what gets out here would be heard there.
pytestmark = pytest.mark.xdist_group("hostile")
LIMITS = Limits(call_seconds=5, memory_mib=700)
ATTACKS = {attack.name: attack for attack in load_attacks()}

NEEDED = {
    "the filter of system calls": (
        Tier.T1,
        "seccomp",
        [
            "escape/fork",
            "escape/other_forks",
            "escape/programs",
            "escape/namespaces",
            "escape/shared_memory",
            "escape/kernel_sockets",
            "escape/kernel_interfaces",
            "escape/tracing",
            "escape/pidfds",
            "escape/terminal",
        ],
    ),
    "the filter, where there is no network namespace": (Tier.T2, "seccomp", ["escape/internet"]),
    "Landlock, where there are no namespaces": (
        Tier.T2,
        "landlock",
        ["secrets/accounts", "secrets/checks_by_path", "secrets/walk_of_the_disk", "secrets/kernel_files"],
    ),
    "Landlock, where processes share a namespace": (Tier.T1B, "landlock", ["secrets/memory_of_others"]),
    "Landlock, in a process table of one's own": (Tier.T1, "landlock", ["tampering/core_pattern"]),
    "resource limits": (Tier.T1, "rlimits", ["escape/limits"]),
}
"""Layer: the tier in which it is taken off, its name, and what then succeeds."""


@pytest.mark.parametrize("layer", NEEDED)
def test_without_it_attacks_succeed(layer: str) -> None:
    """Each of the named attacks boasts."""
    tier, name, attacks = NEEDED[layer]
    with weakened(tier, name) as sandbox:
        harmless = [attack for attack in attacks if BOAST not in said(sandbox, ATTACKS[attack])]
    assert harmless == []


@pytest.mark.parametrize("tier", [Tier.T1, Tier.T1B, Tier.T2])
def test_with_all_layers_none_does(tier: Tier) -> None:
    """In every tier."""
    with weakened(tier) as sandbox:
        names = {attack for _, _, attacks in NEEDED.values() for attack in attacks}
        successful = [name for name in sorted(names) if BOAST in said(sandbox, ATTACKS[name])]
    assert successful == []


def test_without_namespaces_of_their_own_workers_meet() -> None:
    """Landlock gone, workers with namespaces of their own still cannot open each other's memory."""
    attack = ATTACKS["secrets/memory_of_others"]
    with weakened(Tier.T1, "landlock") as sandbox:
        assert BOAST not in said(sandbox, attack)
    with weakened(Tier.T1B, "landlock") as sandbox:
        assert BOAST in said(sandbox, attack)


def test_without_bubblewrap_the_disk_is_there() -> None:
    """Landlock gone, a worker in bubblewrap still sees no file of the machine."""
    attack = ATTACKS["secrets/accounts"]
    with weakened(Tier.T1B, "landlock") as sandbox:
        assert BOAST not in said(sandbox, attack)
    with weakened(Tier.T2, "landlock") as sandbox:
        assert BOAST in said(sandbox, attack)


def said(sandbox: Sandbox, attack: Attack) -> str:
    """What the attack printed; nothing when the worker was ended."""
    with sandbox.open([module_of(attack.source, "convolution.py")], {}, LIMITS) as session:
        try:
            return session.call("convolve", [np.ones((6, 6)), np.ones((3, 3))]).output
        except SubmissionFault:
            return ""
