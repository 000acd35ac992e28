"""Whatever a student's process sends, the validator accepts it or says why not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.models.spec import ModelSpec, SpecError
from tests.models.documents import branched, compiled, keras_object, sequential, small, text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**19), 10**19)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
GOOD = (
    {
        **small(kernel_regularizer=keras_object("keras.regularizers", "L1", l1=0.1)),
        "compile_config": compiled(),
    },
    branched(),
    sequential(*sequential(small())["config"]["layers"]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_spoilt_documents_are_refused_or_accepted(data: st.DataObject) -> None:
    """One or two places with arbitrary content give a spec or SpecError, never another exception."""
    document: Any = copy.deepcopy(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(1, 2))):
        *path, last = data.draw(st.sampled_from(sorted(places(document), key=str)))
        target = document
        for step in path:
            target = target[step]
        target[last] = data.draw(VALUES)
    try:
        spec = ModelSpec.parse(text(document), input_shape=(32, 32, 3))
    except SpecError:
        return
    assert ModelSpec.from_canonical(spec.canonical) == spec
    assert spec.layers()
