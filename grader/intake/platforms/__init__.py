"""Exports of learning platforms, by the names of their files: which platform's, and whose is what. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from grader.intake.platforms import blackboard, canvas, gradescope, moodle
from grader.intake.platforms.work import Export, Person, ReadMember, Work, unwrap_names
from grader.results import Platform

__all__ = ["Export", "Person", "ReadMember", "Work", "parse", "recognise"]

# In order: what Moodle and Blackboard write is unmistakable, what Canvas writes is nearly so.
_NAMED = {
    Platform.MOODLE: moodle.is_named,
    Platform.BLACKBOARD: blackboard.is_named,
    Platform.CANVAS: canvas.is_named,
}


def recognise(names: Sequence[str]) -> Platform:
    """Whose export the files `names` are, most of which are then named in its way; PLAIN if nobody's."""
    if gradescope.find_metadata(names) is not None:
        return Platform.GRADESCOPE
    for platform, is_named in _NAMED.items():
        inner = unwrap_names(names, is_named)
        if inner and 2 * sum(map(is_named, inner)) > len(inner):
            return platform
    return Platform.PLAIN


def parse(platform: Platform, names: Sequence[str], read: ReadMember) -> Export:
    """The works of an export; `read` gives the text of a member. Raises UsageError for one that is broken."""
    if platform is Platform.CANVAS:
        return canvas.parse(names)
    if platform is Platform.MOODLE:
        return moodle.parse(names)
    if platform is Platform.BLACKBOARD:
        return blackboard.parse(names, read)
    if platform is Platform.GRADESCOPE:
        return gradescope.parse(names, read)
    raise ValueError("what is plain is no export")
