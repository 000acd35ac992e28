"""What submission_metadata.json says about time."""

from __future__ import annotations

import json

import pytest

from grader.export.container import read_time

CREATED = "2018-07-01T14:22:32.365935-07:00"
DUE = "2018-07-31T23:00:00.000000-07:00"


def extension(*own: str | None, due: str | None = DUE) -> float:
    """In days, for users with these due dates of their own."""
    users = [{"id": 1, "assignment": date and {"due_date": date}} for date in own]
    told = {"created_at": CREATED, "assignment": {"due_date": due}, "users": users}
    return read_time(json.dumps(told).encode()).extension_days


def test_the_time_is_when_it_was_created() -> None:
    """With the offset; whatever else the file holds."""
    told = json.dumps({"created_at": CREATED, "id": 1, "users": [{"id": 1, "name": "x"}]})
    handed = read_time(told.encode())
    assert (handed.submitted, handed.extension_days) == ("2018-07-01T14:22:32-07:00", 0)


def test_a_due_date_of_their_own_is_an_extension() -> None:
    """Across offsets, in parts of days; the longest of a group; never a shorter time than the class has."""
    assert extension("2018-08-03T06:00:00.000000+00:00") == 2
    assert extension(DUE, None, "2018-08-01T11:00:00.000000-07:00") == 0.5
    assert extension("2018-07-30T23:00:00.000000-07:00") == 0
    assert extension(DUE, due=None) == extension() == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"created_at": "soon"}'])
def test_a_file_without_a_time(text: str) -> None:
    """The caller says so, and counts it as in time."""
    with pytest.raises(ValueError, match="validation error"):
        read_time(text.encode())
