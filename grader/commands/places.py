"""Where submissions lay when they were graded, as the gradebook remembers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from grader.gradebook import Gradebook
from grader.intake import FoundClass, Reader, find_class, load_submission
from grader.results import Platform


def each_work(gradebook: Gradebook) -> tuple[str, ...]:
    """Everybody who has a result, of each group only who stands for it."""
    mates = {mate for others in gradebook.people.groups().values() for mate in others}
    return tuple(name for name in gradebook.student_ids if name not in mates)


def where_they_lie(path: Path, gradebook: Gradebook) -> FoundClass:
    """The class at `path`, where it is now; the work of a team is that of its members, as it was."""
    found, arrivals = find_class(path), gradebook.people.arrivals()
    moved = {
        name: arrival.work
        for name, arrival in arrivals.items()
        if name not in found.readers and arrival.work in found.readers
    }
    return replace(
        found,
        readers={**found.readers, **{name: found.readers[work] for name, work in moved.items()}},
        places={**found.places, **{name: found.places[work] for name, work in moved.items()}},
    )


def where_they_lay(students: Sequence[str], gradebook: Gradebook) -> FoundClass:
    """By what the gradebook remembers: each student's own files, or an export that holds them."""
    sources, arrivals = gradebook.sources(), gradebook.people.arrivals()
    places = {name: sources[name] for name in students if name in sources and sources[name].exists()}
    exports: defaultdict[tuple[Path, Platform], list[str]] = defaultdict(list)
    readers: dict[str, Reader] = {}
    for name, path in places.items():
        platform = arrivals[name].platform if name in arrivals else Platform.PLAIN
        if platform is Platform.PLAIN:
            readers[name] = partial(load_submission, path)
        else:
            exports[path, platform].append(name)
    for (path, platform), names in exports.items():
        there = find_class(path, platform).readers
        readers |= {name: there[arrivals[name].work] for name in names if arrivals[name].work in there}
    return FoundClass(Platform.PLAIN, readers, places)
