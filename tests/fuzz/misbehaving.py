"""A target that breaks every promise, to see that the runner notices: the case says how."""

from __future__ import annotations

import os
import signal

from hypothesis import strategies as st

from tests.fuzz.target import ACCEPTED, Target


def contract(case: bytes) -> str:
    if case == b"raise":
        raise LookupError("a fault")
    if case == b"leave":
        raise SystemExit
    if case == b"hang":
        signal.pause()
    if case == b"swell":
        return f"{ACCEPTED} {len(bytearray(300 << 20))}"
    if case == b"die":
        os.kill(os.getpid(), signal.SIGSEGV)
    return ACCEPTED if case == b"fine" else "refused"


TARGET = Target(
    name="misbehaving",
    contract=contract,
    cases=st.just(os.environ.get("MISBEHAVIOUR", "fine").encode()),
    genuine=lambda: [b"fine"],
    tokens=(),
)
