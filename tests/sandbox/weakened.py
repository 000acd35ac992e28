"""Sandboxes with some layers left off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.results import Tier
from grader.sandbox import machine
from grader.sandbox.launcher import Launcher
from grader.sandbox.warm import WarmSandbox
from tests.sandbox.conftest import why_not


@contextmanager
def weakened(tier: Tier, *layers: str) -> Iterator[WarmSandbox]:
    """`tier` without `layers`: seccomp, landlock or rlimits. Skips the test where there is no such tier."""
    if reason := why_not(tier):
        pytest.skip(reason)
    without = frozenset(layers)
    bubblewrap = "" if tier is Tier.T2 else machine.bubblewrap()
    launcher = Launcher(bubblewrap, without, nest=tier is Tier.T1)
    launcher.await_warm()
    with WarmSandbox(launcher, tier, without) as sandbox:
        yield sandbox
