"""The first word of a worker."""

from __future__ import annotations

from typing import Any

from grader.sandbox.child import Child
from grader.sandbox.exchange import Line, Stopped
from grader.sandbox.faults import SandboxBroken
from grader.sandbox.limits import Limits


def await_ready(child: Child, limits: Limits, seconds: float) -> dict[str, Any]:
    """The protections that the worker put on, by name. Raises SandboxBroken; the worker is then gone."""
    try:
        exchanged = Line(child, limits).exchange("ready", [], seconds)
    except Stopped as stopped:
        note = stopped.ending.note if stopped.ending is not None else ""
        child.kill()
        child.pipes.close()
        why = f"{stopped.reason}: {note or stopped.text}"
        raise SandboxBroken(f"A sandboxed process did not start ({why})") from None
    layers = exchanged.frame.header.get("layers")
    return layers if isinstance(layers, dict) else {}
