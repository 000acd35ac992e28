"""The one way in which a submitted model is refused."""

from __future__ import annotations

from grader.text import plain


class SpecError(Exception):
    """A model that cannot be rebuilt outside the sandbox. `str(error)` is written for its author.

    It may quote names from the model's configuration, so what cannot be shown is taken out.
    """

    def __init__(self, message: str) -> None:
        super().__init__(plain(message))


class OwnLoss(SpecError):
    """Compile settings whose loss is not Keras' own: it has to be identified by what it answers."""
