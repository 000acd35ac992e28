"""The console of the command line: what it prints can colour, move or link nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from grader.text import plain


class Terminal(Console):
    """Takes control characters out of everything printed: tables, progress, tracebacks.

    The styles of rich are not in the text but beside it, so they stay. Emoji codes stay text. Markup is
    on, as everywhere in rich: text from others goes through `escape`, or is printed with `markup=False`.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))
