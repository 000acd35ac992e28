"""Tries small attacks in a sandbox before anything is graded in it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from grader.sandbox.faults import SandboxBroken, SubmissionFault
from grader.sandbox.limits import Limits
from grader.sandbox.warm import WarmSandbox
from grader.submission import Module

_CODE = Path(__file__).with_name("canary_code.py")
_LIMITS = Limits(call_seconds=20, memory_mib=1500)


def successful_attacks(sandbox: WarmSandbox) -> list[str]:
    """What a submission could do in `sandbox` that it must not. Raises SandboxBroken."""
    module = Module(_CODE.name, _CODE.name, _CODE.read_text(encoding="utf-8"), ("attempt",))
    with tempfile.TemporaryDirectory(prefix="epochmark-canary-") as folder:
        os.chmod(folder, 0o755)
        secret = Path(folder) / "expected.txt"
        secret.write_text("an expected value", encoding="utf-8")
        secret.chmod(0o644)
        # Stands in the environment that this process was started with, and is no secret.
        token = f"PATH={os.environ.get('PATH', secrets.token_hex())}"
        try:
            with sandbox.open([module], {}, _LIMITS) as session:
                found = session.call("attempt", [str(secret), token]).value
        except SubmissionFault as fault:
            raise SandboxBroken(f"The trial attacks did not finish: {fault.message} {fault.detail}") from None
    if not isinstance(found, list):
        raise SandboxBroken("The trial attacks gave no list.")
    return [str(name) for name in found]
