"""Inputs that once took hours or hundreds of megabytes, too repetitive to keep as files."""

from __future__ import annotations

import json

from tests.fuzz.frames import MAGIC, PREFIX

_HOSTILE_HEADER = b'{"a":"' + b'\\"' * 400_000


def _cell(source: str) -> bytes:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}).encode()


LARGE: dict[str, bytes] = {
    # Time that grew with the square of the input.
    "answers/key_of_half_a_million_names": b"a." * 500_000 + b"a = 1",
    "answers/key_of_half_a_million_quoted_names": b"''." * 300_000 + b"a = 1",
    "frames/string_of_escaped_quotes_that_is_not_closed": b"\0"
    + PREFIX.pack(MAGIC, len(_HOSTILE_HEADER), 0)
    + _HOSTILE_HEADER,
    "keras/last_of_many_keys_stands_twice": b"{%s}"
    % b",".join(b'"%d":0' % (n % 89_999) for n in range(90_000)),
    "notebooks/string_of_escaped_quotes_that_is_not_closed": b"[" * 250_000 + b'"' + b'\\"' * 300_000,
    "notebooks/blanks_before_what_could_be_a_magic": _cell("a" + " " * 900_000 + "\n("),
    "notebooks/names_copied_for_every_block": _cell(
        "".join(f"a{n}=1\n" for n in range(40_000)) + "if 1:0\n" * 40_000
    ),
    "notebooks/statements_on_one_line": _cell("f();" * 9_000 + "#" * 900_000),
    # Memory: a syntax tree of a megabyte of signs, and an object for every line that is left out.
    "notebooks/syntax_tree_of_500_megabytes": _cell("x=" + "a.b," * 250_000),
    "notebooks/three_hundred_thousand_magics": _cell("%x\n" * 300_000),
    "notebooks/magics_on_lines_of_old_macs": _cell("%x\r" * 300_000),
    "notebooks/objects_in_outputs": b'{"nbformat":4,"cells":[' + b'{"":0},' * 149_000 + b"0]}",
}
