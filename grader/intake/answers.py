"""answers.toml: short answers and free text."""

from __future__ import annotations

import re
import tomllib

from grader.intake.files import printable

# Each more name costs tomllib as much as all before it: a megabyte of "a.a.a" would take hours.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""")
_LARGEST = 10**300
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_NUMBER = re.compile(
    r"""(?:about|approx\.?|approximately|circa|ca\.?|~|≈|≃|=)?\s*
        (?P<sign>[-+−]?)\s*
        (?P<digits>\d{1,3}(?:(?P<sep>[,'’\x20\u00a0\u2009\u202f_])\d{3})(?:(?P=sep)\d{3})*(?:\.\d+)?
            |\d+(?:[.,]\d+)?|[.]\d+)
        (?P<exponent>[eE][-+]?\d{1,3})?
        \s*(?P<percent>%|percent|per\ cent)?\s*\.?""",
    re.VERBOSE | re.IGNORECASE,
)


class AnswersError(Exception):
    """Why answers.toml cannot be read, with line, column and the next step; for the student."""


def parse_answers(raw: bytes | None) -> dict[str, object]:
    """The keys and values of answers.toml; empty when there is none. Raises AnswersError."""
    if raw is None:
        return {}
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise AnswersError(
            f"line {line}: the file is not UTF-8 text; save it as UTF-8 and try again."
        ) from error
    if (key := _LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, key.start()) + 1
        raise AnswersError(f"line {line}: more than 50 names are joined by dots; keep to key = value lines.")
    try:
        answers = tomllib.loads(text)
        _check_numbers(answers)
    except tomllib.TOMLDecodeError as error:
        raise AnswersError(_explain(str(error), text)) from error
    except (RecursionError, ValueError) as error:
        raise AnswersError(
            "it is nested too deeply or holds an impossible value; keep to key = value lines."
        ) from error
    return answers


def _check_numbers(answers: object) -> None:
    """ValueError for a whole number that Python cannot even print, such as thousands of digits after 0x."""
    waiting = [answers]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, int) and abs(value) > _LARGEST:
            raise ValueError("a whole number is too large")


def _explain(message: str, text: str) -> str:
    place = _PLACE.search(message)
    reason = printable(message.replace(place[0] if place else "(at end of document)", "").strip())
    if place is None:
        line, where = text.count("\n") + 1, "at the end"
    else:
        line, where = int(place[1]), f"line {place[1]}, column {place[2]}"
    lines = text.split("\n")
    content = printable(lines[line - 1].strip())[:80] if line <= len(lines) else ""
    shown = f" in: {content}" if content else ""
    return f"{where}: {reason}{shown}. {_next_step(reason)}"


def _next_step(reason: str) -> str:
    if "overwrite" in reason.lower() or "already" in reason.lower() or "twice" in reason.lower():
        return "Each key may stand only once; delete one of the two."
    return 'Write numbers bare, text in "quotes" and longer text between three quotes (""").'


def parse_number(value: object) -> float | None:
    """The number that an answer means, or None when it is none.

    Accepts int and float, and texts such as "37,146", "37 146", "~48 %", "0,48" and "1e-4". Percent
    become fractions ("48 %" is 0.48). A comma before exactly three digits separates thousands.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _finite(float(value)) if abs(value) < 1e300 else None
    if not isinstance(value, str) or len(value) > 100:
        return None
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        return None
    digits = found["digits"]
    if found["sep"]:
        digits = digits.replace(found["sep"], "")
    sign = "-" if found["sign"] in ("-", "−") else ""
    number = float(sign + digits.replace(",", ".") + (found["exponent"] or ""))
    return _finite(number / 100 if found["percent"] else number)


def _finite(number: float) -> float | None:
    return number if abs(number) < float("inf") else None
