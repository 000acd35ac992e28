"""The page of all commands, from the objects that the command line is made of."""

from __future__ import annotations

import types
from collections.abc import Iterator
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from markdown_parts import cell, code, table
from typer.core import TyperArgument, TyperCommand, TyperGroup

WORDS: dict[Any, str] = {Path: "path", int: "whole number", float: "number", str: "text", bool: ""}

INTRODUCTION = """# Commands

Every command says the same with `--help`; `grader --version` tells the version. When to use which: the pages
for [students](../students.md), [instructors](../instructors.md) and [authors](../authors.md)."""


def commands_page(root: TyperGroup) -> str:
    """Markdown: a section for each command, under the headings and in the order of `grader --help`."""
    parts = [INTRODUCTION]
    for heading, commands in groupby(root.commands.items(), lambda item: item[1].rich_help_panel):
        parts.append(f"## {heading}")
        for word, command in commands:
            parts += [describe(name, each) for name, each in walk(f"grader {word}", command)]
    return "\n\n".join(parts) + "\n"


def walk(name: str, command: TyperCommand | TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    """Every command with its whole name, those of groups below groups included."""
    if isinstance(command, TyperGroup):
        for word, inner in command.commands.items():
            yield from walk(f"{name} {word}", inner)
    else:
        yield name, command


def describe(name: str, command: TyperCommand) -> str:
    """What it does, how it is given, and each of its words and options."""
    hints = get_type_hints(command.callback, include_extras=True)
    params = [param for param in command.params if param.name != "help"]
    rows = [describe_param(param, hints[param.name]) for param in params]
    parts = [f"### {name}", command.help, f"```text\n{usage(name, params, hints)}\n```"]
    if rows:
        parts.append(table(("name", "value", "default", "meaning"), rows))
    if command.epilog:
        label, _, example = command.epilog.partition(": ")
        parts.append(f"{label}: {code(example)}")
    return "\n\n".join(parts)


def usage(name: str, params: list[Any], hints: dict[str, Any]) -> str:
    """One line: what must be given in full, what may be in brackets."""
    words = [name]
    for param in params:
        value = type_and_bounds(hints[param.name])[0]
        if isinstance(param, TyperArgument):
            word = label(param) + ("..." if get_origin(value) is list else "")
            words.append(word if param.required else f"[{word}]")
        elif param.required:
            words.append(f"{param.opts[0]} {value.__name__.upper().replace('STR', 'TEXT')}")
    optional = any(not param.required and not isinstance(param, TyperArgument) for param in params)
    return " ".join([*words, "[OPTIONS]"] if optional else words)


def label(argument: TyperArgument) -> str:
    return argument.metavar or str(argument.name).upper()


def describe_param(param: Any, hint: Any) -> list[str]:
    """The cells of its row."""
    names = [label(param)] if isinstance(param, TyperArgument) else [*param.opts, *param.secondary_opts]
    return [", ".join(map(code, names)), say_value(hint), say_default(param), cell(param.help or "")]


def say_value(hint: Any) -> str:
    """What may stand there, in words; nothing for what is only on or off."""
    kind, low, high = type_and_bounds(hint)
    if get_origin(kind) is list:
        return f"{say_value(get_args(kind)[0])}, repeatable"
    if issubclass(kind, Enum):
        return ", ".join(code(item.value) for item in kind)
    bounds = [f"{sign} {bound:g}" for sign, bound in (("≥", low), ("≤", high)) if bound is not None]
    return " ".join([WORDS[kind], *bounds])


def type_and_bounds(hint: Any) -> tuple[Any, float | None, float | None]:
    """The type of a parameter without None, and its smallest and largest value."""
    low = high = None
    if get_origin(hint) is Annotated:
        hint, info = get_args(hint)
        low, high = info.min, info.max
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (item for item in get_args(hint) if item is not type(None))
    return hint, low, high


def say_default(param: Any) -> str:
    """As --help shows it: a default that depends on the machine has words of its own."""
    if param.required:
        return "required"
    if isinstance(param.show_default, str):
        return param.show_default
    return "" if param.default in (None, "", False) else code(str(param.default))
