"""What a process that a test interrupts is started with."""

from __future__ import annotations

import signal


def heed_ctrl_c() -> None:
    """A `preexec_fn`: tests that run in the background may have been told to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
