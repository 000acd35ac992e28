"""The one way in which a submitted model is refused."""

from __future__ import annotations


class SpecError(Exception):
    """A model that cannot be rebuilt outside the sandbox. `str(error)` is written for its author."""


class OwnLoss(SpecError):
    """Compile settings whose loss is not Keras' own: it has to be identified by what it answers."""
