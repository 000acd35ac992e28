"""The page of all files, from the types that read and write them."""

from __future__ import annotations

import inspect
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_parts import cell, code, table
from pydantic import BaseModel

from grader import schema
from grader.assignment import Assignment, Task
from grader.batch.executor import ClusterFile
from grader.intake.experiments import ExperimentsFile
from grader.marking import Rubric
from grader.report.spreadsheet import render_spreadsheet
from grader.reproduction.reported import ReportedFile
from grader.results import SubmissionResult
from grader.similar.findings import Findings

FILES: dict[str, tuple[type[BaseModel], str]] = {
    "assignment.toml": (
        Assignment,
        "In `assignment/NAME/`; [writing an assignment](../authors.md) explains it.",
    ),
    "rubric.toml": (
        Rubric,
        "In `reference/NAME/`. [Marking answers in words](../marking.md) shows how it is used.",
    ),
    "reported.toml": (
        ReportedFile,
        "In `reference/NAME/`, for [reported figures and ours](../reproduction.md).",
    ),
    "cluster.toml": (ClusterFile, "Of any name, given with `--executor`: [many machines](../scale.md)."),
    "experiments.json": (ExperimentsFile, "Written by `grader experiments`, handed in by students."),
    "result.json": (SubmissionResult, "In `results/instructor/ID/`, for you and your programs."),
    "findings.json": (Findings, "In `results/similar/`, by [grader similar](../similar.md)."),
}

INTRODUCTION = """# Files

Keys of the files that are read and written, and what each may hold. Other keys are refused. A table is
`[name]` in TOML and `{...}` in JSON, `[..., ...]` a list. A key without a default has to be there; "none" is
`null` in JSON, and in TOML the key is left out. In JSON a number that is not finite is a text: `"NaN"`,
`"Infinity"`."""

PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "none",
}
BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "pattern": "like `{}`",
}
OF_TYPE = " of type "
LENGTHS = (("minItems", "maxItems", "entries"), ("minLength", "maxLength", "characters"))

Schema = Mapping[str, Any]


def files_page() -> str:
    """Markdown: the files of keys first, then the tables of the gradebook."""
    parts = [describe_file(name, model, where) for name, (model, where) in FILES.items()]
    return "\n\n".join([INTRODUCTION, *parts, describe_spreadsheet(), describe_gradebook()]) + "\n"


def describe_file(name: str, model: type[BaseModel], where: str) -> str:
    """A section with one table of keys for each table of the file."""
    return "\n\n".join([f"## {name}", where, *FilePage(name, model.model_json_schema()).tables()])


@dataclass(frozen=True)
class FilePage:
    """The schema of a file, after JSON Schema 2020-12 as pydantic writes it."""

    name: str
    schema: Schema

    def tables(self) -> Iterator[str]:
        """The whole file, then each table in it at its first place."""
        yield from self.describe(self.schema)
        for reference, heading in self.headings().items():
            yield f"### {heading}"
            yield from self.describe(self.target(reference))

    def describe(self, part: Schema) -> Iterator[str]:
        """What its docstring says, and its keys."""
        if "description" in part:
            yield part["description"]
        needed = part.get("required", ())
        rows = [
            [code(key), self.say(value), "" if key in needed else say_default(value)]
            for key, value in part["properties"].items()
        ]
        yield table(("key", "what it holds", "default"), rows)

    def headings(self) -> dict[str, str]:
        """By reference; in the order of the file, what is inside a table after it."""
        found: dict[str, str] = {}
        self._collect("", self.schema, found)
        return found

    def _collect(self, path: str, part: Schema, found: dict[str, str]) -> None:
        for key, value in part["properties"].items():
            for reference in references(value):
                target = self.target(reference)
                if reference in found or "properties" not in target:
                    continue
                place = f"{path}.{key}".lstrip(".")
                kind = target["properties"].get("type", {}).get("const")
                found[reference] = f"{self.name}: {place}" + (OF_TYPE + kind if kind else "")
                self._collect(place, target, found)

    def target(self, reference: str) -> Schema:
        found: Schema = self.schema["$defs"][reference.rpartition("/")[2]]
        return found

    def say(self, value: Schema) -> str:
        """What a key may hold, in words."""
        if "$ref" in value:
            return self.say_reference(value["$ref"])
        choices = value.get("anyOf") or value.get("oneOf")
        if choices:
            return " or ".join(dict.fromkeys(self.say(choice) for choice in choices))
        if "const" in value or "enum" in value:
            options = value.get("enum", [value.get("const")])
            return ", ".join(code(json.dumps(option)) for option in options)
        return self.say_kind(value) + say_bounds(value)

    def say_reference(self, reference: str) -> str:
        target = self.target(reference)
        if "properties" not in target:
            return self.say(target)
        heading = self.headings()[reference]
        kind = heading.partition(OF_TYPE)[2]
        return f"[{kind or 'table'}](#{anchor(heading)})"

    def say_kind(self, value: Schema) -> str:
        kind = value.get("type")
        if kind == "array":
            items = value.get("prefixItems")
            inner = ", ".join(map(self.say, items)) if items else f"{self.say(value['items'])}, ..."
            return f"[{inner}]"
        if kind == "object":
            inner = value.get("additionalProperties")
            return f"names with {self.say(inner)}" if isinstance(inner, Mapping) else "names with values"
        return PLAIN[kind] if kind else "anything"


def references(value: Any) -> Iterator[str]:
    """Every reference in a part of a schema, in its order; a discriminator's repeat those beside it."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            yield value["$ref"]
        for key, item in value.items():
            if key != "discriminator":
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def say_bounds(value: Schema) -> str:
    """The limits of JSON Schema in brackets; the length of a list whose every entry is named needs none."""
    said = [words.format(say_bound(value[key])) for key, words in BOUNDS.items() if key in value]
    if "prefixItems" not in value:
        said += [say_length(value.get(low), value.get(high), unit) for low, high, unit in LENGTHS]
    said = [words for words in said if words]
    return f" ({', '.join(said)})" if said else ""


def say_bound(bound: float | str) -> str:
    return cell(bound) if isinstance(bound, str) else f"{bound:,}"


def say_length(low: int | None, high: int | None, unit: str) -> str:
    if low == high:
        return "" if low is None else f"{low:,} {unit}"
    if high is None:
        return "not empty" if low == 1 else f"at least {low:,} {unit}"
    return f"{low or 0:,} to {high:,} {unit}"


def say_default(value: Schema) -> str:
    default = value.get("default")
    if isinstance(default, Mapping) and default:
        return "its defaults"
    return "none" if default is None else code(json.dumps(default))


def anchor(heading: str) -> str:
    """As myst-parser makes it, which follows GitHub."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " _-")
    return kept.replace(" ", "-")


def describe_spreadsheet() -> str:
    """The columns, with one task in place of all."""
    task = Task(id="TASK", title="any", points=1)
    header = render_spreadsheet((), Assignment(name="any", title="any", datasets=("any",), tasks=(task,)))
    columns = ", ".join(code(name) for name in header.strip().split(","))
    about = inspect.getdoc(render_spreadsheet)
    return f"## gradebook.csv\n\nIn `results/`. {about}\n\nColumns, TASK standing for each task: {columns}."


def describe_gradebook() -> str:
    """The tables of a gradebook of this version."""
    parts = [
        "## gradebook.sqlite",
        f"In `results/`, of schema version {schema.SCHEMA_VERSION} (`PRAGMA user_version`); "
        "[what is in it](../regrading.md#in-the-gradebook).",
    ]
    connection = sqlite3.connect(":memory:")
    schema.upgrade(connection, Path(":memory:"))
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    for (name,) in names.fetchall():
        columns = connection.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (name,))
        rows = [
            [code(column), kind.lower(), "key" if key else "" if needed else "may be missing"]
            for column, kind, needed, key in columns
        ]
        parts += [f"### gradebook.sqlite: {name}", table(("column", "type", ""), rows)]
    connection.close()
    return "\n\n".join(parts)
