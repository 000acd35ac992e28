"""Notebooks for tests, as Jupyter writes them."""

from __future__ import annotations

import json
from typing import Any

PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def notebook(*cells: str, metadata: dict[str, Any] | None = None, minor: int = 5) -> bytes:
    """A notebook of format 4 with these code cells, each with an output, and a text cell before them."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "def not_code(): pass"]}
    output = {"output_type": "stream", "name": "stdout", "text": ["secret output\n"]}
    code = [
        {
            "cell_type": "code",
            "execution_count": 7,
            "metadata": {},
            "source": source.splitlines(keepends=True),
            "outputs": [output],
        }
        for source in cells
    ]
    content = {
        "nbformat": 4,
        "nbformat_minor": minor,
        "metadata": PYTHON if metadata is None else metadata,
        "cells": [text, *code],
    }
    return json.dumps(content).encode()
