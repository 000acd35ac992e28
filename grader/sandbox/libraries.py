"""Which libraries a zygote imports before it forks: those that the code in question mentions.

TensorFlow takes seconds to import. A class that uses it pays for that once; one that does not, never.
"""

from __future__ import annotations

from collections.abc import Iterable

_IMPORTS = {
    "tensorflow": ("tensorflow", "keras"),
    "keras": ("tensorflow", "keras"),
    "matplotlib": ("matplotlib.pyplot",),
    "PIL": ("PIL.Image",),
    "sklearn": ("sklearn.metrics", "sklearn.model_selection", "sklearn.dummy", "sklearn.linear_model"),
}
ALL_LIBRARIES = tuple(dict.fromkeys(name for names in _IMPORTS.values() for name in names))


def mentioned(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules to import for `sources`, each once. A word in a comment counts too: what is imported
    and not used costs time, while what is missing would cost it out of a student's limit."""
    found: dict[str, None] = {}
    for source in sources:
        for word, names in _IMPORTS.items():
            if word in source:
                found.update(dict.fromkeys(names))
    return tuple(found)
