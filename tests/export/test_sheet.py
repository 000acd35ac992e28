"""Tables of platforms are changed where they are told to, and nowhere else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export.sheet import parse_sheet
from tests.export import platform_files

cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from('",;\t\r\n=')
)
tables = st.lists(st.lists(cells, min_size=2, max_size=5), min_size=1, max_size=6)
HEADING = ["a", "b", "c", "d", "e"]


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([HEADING, *rows])
    return out.getvalue()


def read(text: str, delimiter: str) -> list[list[str]]:
    """As Python does, but an empty line is a row with one empty cell."""
    return [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


@given(
    tables,
    st.sampled_from(",;\t"),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.data(),
)
def test_any_table_comes_back(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, encoding: str, data: st.DataObject
) -> None:
    """To the byte where nothing is changed; with one cell changed, Python's own reader finds that value there
    and every other as it was."""
    text = written(rows, delimiter, end, quoting)
    sheet = parse_sheet(text.encode(encoding), "table.csv")
    assert sheet.render() == text.encode(encoding)
    expected = read(text, delimiter)
    assert [list(row.values) for row in sheet.rows] == expected

    at = data.draw(st.integers(0, len(expected) - 1))
    column, value = data.draw(st.integers(0, 6)), data.draw(cells)
    changed = sheet.with_values({(at, column): value}).render().decode(encoding)
    found = read(changed, delimiter)
    expected[at] += [""] * (column + 1 - len(expected[at]))
    expected[at][column] = value
    assert found == expected


@pytest.mark.parametrize("raw", [b"", b" \n", b"\xff\xfe\x00", b"a,b\n\xe9,1\n", b"PK\x03\x04\x00\x00,"])
def test_what_is_no_table_is_told(raw: bytes) -> None:
    """An empty file, one cut short, one in another encoding, a spreadsheet's own format."""
    with pytest.raises(UsageError, match=r"table\.csv is no"):
        parse_sheet(raw, "table.csv")


@pytest.mark.parametrize(
    ("raw", "columns"),
    [
        (platform_files.CANVAS.encode(), 10),
        (platform_files.CANVAS_SEMICOLONS, 5),
        (platform_files.MOODLE.encode(), 11),
        (platform_files.MOODLE_GERMAN, 10),
        (platform_files.BLACKBOARD_TABS, 9),
        (platform_files.BLACKBOARD_COMMAS, 9),
    ],
)
def test_files_of_platforms_come_back(raw: bytes, columns: int) -> None:
    """With as many cells in every row as the heading has."""
    sheet = parse_sheet(raw, "table.csv")
    assert {len(row.cells) for row in sheet.rows} == {columns}
    assert sheet.render() == raw
