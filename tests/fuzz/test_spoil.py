"""What spoils documents leaves alone what it draws from."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.spoil import ODD_VALUES, spoilt


def test_drawn_values_stay_what_they_are() -> None:
    """A value that was put into a document and then changed there is not drawn changed, or within itself."""
    lists = [value for value in ODD_VALUES if isinstance(value, list)]
    before = json.dumps(lists)

    @settings(max_examples=1_000, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(spoilt([[[0, [1]], {"": [2]}]], st.sampled_from(lists), most=6))
    def spoil(document: object) -> None:
        json.dumps(document)

    spoil()
    assert json.dumps(lists) == before
