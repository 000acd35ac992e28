"""Points as every platform reads them."""

from __future__ import annotations


def plain_points(value: float) -> str:
    """With a full stop, no thousands separators and at most four decimals: 12.5, 80."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
