"""What holds for every test."""

from __future__ import annotations

import os


def pytest_configure() -> None:
    """The embedded digits are the data set, whatever this machine has in its cache.

    So marks are the same everywhere, and what is trained is small. Commands that tests start inherit it.
    """
    os.environ["EPOCHMARK_DATA"] = os.devnull
