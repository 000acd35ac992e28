"""What one submission may use."""

from __future__ import annotations

from pydantic import Field

from grader.evidence import Frozen


class Limits(Frozen):
    """Times are wall-clock seconds, sizes binary units.

    `load_seconds` is for importing one module, `total_seconds` for all calls of a session together
    (imports and training with `fit` do not count). Output beyond `output_kib` is cut off, beyond
    `output_stop_mib` it ends the session.
    """

    call_seconds: float = Field(default=10.0, gt=0)
    total_seconds: float = Field(default=120.0, gt=0)
    load_seconds: float = Field(default=20.0, gt=0)
    memory_mib: int = Field(default=1500, ge=256)
    address_space_mib: int = Field(default=4096, ge=1024)
    output_kib: int = Field(default=64, ge=1)
    output_stop_mib: int = Field(default=20, ge=1)
    reply_mib: int = Field(default=64, ge=1)
    scratch_mib: int = Field(default=64, ge=1)
    threads: int = Field(default=128, ge=8)
