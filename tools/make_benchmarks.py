"""Writes the tables and plots of docs/benchmarks.md from docs/bench.json: `python tools/make_benchmarks.py`.

Between `<!-- figures: NAME -->` and `<!-- end -->` stands what this file makes of section NAME; the words
around it are written by hand. `python -m tests.bench` measures. With `--check` nothing is written: the exit
code tells whether the page is up to date.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench_plots import PLOTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIGURES, PAGE, IMAGES = DOCS / "bench.json", DOCS / "benchmarks.md", DOCS / "images"
BLOCK = re.compile(r"(<!-- figures: (?P<name>\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

Figures = Mapping[str, Any]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def training(figures: Figures) -> str:
    rows = [
        [
            row["title"],
            f"{median(row['plain_seconds']):.3f}",
            f"{median(row['ours_seconds']):.3f}",
            f"**{median(row['ratios']):.2f}**",
            ", ".join(f"{ratio:.2f}" for ratio in row["ratios"]),
            f"{row['gflop']:.1f}",
            f"{row['share_of_peak']:.0%}",
        ]
        for row in figures["rows"]
    ]
    peak = max(row["peak_gflops"] for row in figures["rows"])
    about = (
        f"CPU seconds of a model and epoch: {figures['dataset']}, {figures['n']:,} pictures, batches of "
        f"{figures['batch_size']}, {figures['epochs']} epochs. One thread's peak, in a large float32 "
        f"product: {peak:.0f} GFLOP/s."
    )
    columns = ["model", "`model.fit`", "grader", "times faster", "each repeat", "GFLOP an epoch", "of peak"]
    return f"{about}\n\n{table(columns, rows)}"


WAYS = {
    "ours": "`grader grade`: isolated (T1), time and memory limits, HTML and PDF reports",
    "ours_each_more": "of that, each further submission once it has started",
    "by_hand": "one pytest process after the other; no protection, no report",
    "by_hand_two": "the same, two at a time",
    "warm_fork": "forks of one warm process, one after the other; no protection, no report",
}


def workload(figures: Figures) -> str:
    seconds = figures["seconds"]
    rows = []
    for way, words in WAYS.items():
        wall, each, ratio = _beside(seconds, way, "wall")
        rows.append([words, wall, each, f"{seconds[f'{way}.cpu']['median']:.2f}", ratio])
    columns = ["seconds a submission", "wall, median", "each repeat", "CPU", "wall, beside ours"]
    return (
        f"{figures['students']} submissions with {figures['jobs']} jobs; {figures['compared']} of them in "
        f"each of the other ways.\n\n{table(columns, rows)}"
    )


GRADERS = {
    "ours": "`grader grade`: isolated (T1), time and memory limits, HTML and PDF reports",
    "nbgrader": "`nbgrader autograde`; no protection, no report",
    "otter": "`otter run`, one submission after the other; no protection, no report",
}


def graders(figures: Figures) -> str:
    seconds, versions = figures["seconds"], figures["graders"]
    rows = [
        [words, *_beside(seconds, way, "wall"), *_beside(seconds, way, "cpu")]
        for way, words in GRADERS.items()
    ]
    told = " and ".join(f"{name} {number}" for name, number in versions.items())
    one = ["each repeat", "beside ours"]
    columns = ["seconds a submission", "wall", *one, "CPU", *one]
    return (
        f"{figures['students']} submissions with {figures['jobs']} jobs, {figures['compared']} of them with "
        f"{told}.\n\n{table(columns, rows)}"
    )


def _beside(seconds: Figures, way: str, kind: str) -> list[str]:
    """Median, all runs, and the median of the ratios to ours in the same repeat."""
    runs, own = seconds[f"{way}.{kind}"]["runs"], seconds[f"ours.{kind}"]["runs"]
    ratio = median(run / mine for run, mine in zip(runs, own, strict=True))
    return [f"**{median(runs):.2f}**", ", ".join(f"{run:.2f}" for run in runs), f"{ratio:.1f} x"]


def growth(figures: Figures) -> str:
    return _counts(figures, "students", "submissions")


def models(figures: Figures) -> str:
    return _counts(figures, "architectures", "distinct models")


def _counts(figures: Figures, key: str, words: str) -> str:
    roles = sorted({role for row in figures["rows"] for role in row["peak_mib"]})
    rows = [
        [
            f"{row[key]:,}",
            f"{row['wall_seconds']:.0f}",
            f"{row['cpu_seconds']:.0f}",
            f"**{row['wall_seconds'] / row['students']:.2f}**",
            f"{row['cpu_seconds'] / row['students']:.2f}",
            *(f"{row['peak_mib'].get(role, 0):,}" for role in roles),
        ]
        for row in figures["rows"]
    ]
    columns = [words, "wall s", "CPU s", "wall s each", "CPU s each", *(f"{role}, MiB" for role in roles)]
    return table(columns, rows)


def class100(figures: Figures) -> str:
    training, each, count = figures["training"], figures["each"], figures["students"]
    rows = [
        ["the whole class", f"{figures['wall_seconds']:.0f}", f"{figures['cpu_seconds']:.0f}", "100%"],
        *(
            [words, f"{part['wall_seconds'] * times:.0f}", f"{part['cpu_seconds'] * times:.0f}",
             f"{part['cpu_seconds'] * times / figures['cpu_seconds']:.0%}"]
            for words, part, times in (
                (f"training of the distinct models, {training['runs']} runs", training, 1),
                ("all else", each, count),
            )
        ),
        ["all else, a submission", f"**{each['wall_seconds']:.2f}**", f"{each['cpu_seconds']:.2f}", ""],
    ]  # fmt: skip
    return table([f"{count} submissions, {figures['jobs']} jobs", "wall s", "CPU s", "share of CPU"], rows)


def grading(figures: Figures) -> str:
    spent = figures["spent"]
    total = sum(sum(values) for values in spent.values())
    rows = [
        [
            name.replace("_", " "),
            f"{median(values):.3f}",
            f"{sum(values) / len(values):.3f}",
            f"{sum(values) / total:.0%}",
        ]
        for name, values in spent.items()
    ]
    facts = [
        ["a submission, training apart, one job (median)", f"{figures['each']:.2f}"],
        ["`import tensorflow`, which a process per student would pay", f"{figures['import_tensorflow']:.2f}"],
        ["starting the sandbox, once a run", f"{figures['start']:.2f}"],
        ["training by the grader, all distinct models of the class", f"{figures['trained']:.1f}"],
        ["`grader check` on the starter: first feedback", f"{figures['first_feedback']:.2f}"],
        ["all of it, with TensorFlow", f"{figures['check']:.2f}"],
        [f"`grader demo -j 2`, {figures['submissions']} submissions, everything", f"{figures['demo']:.0f}"],
    ]
    columns = ["wall seconds a submission, one job", "median", "mean", "share"]
    return f"{table(columns, rows)}\n\n{table(['wall seconds', ''], facts)}"


TABLES: dict[str, Callable[[Figures], str]] = {
    "ten-runs": training,
    "convolutions": training,
    "workload": workload,
    "graders": graders,
    "growth": growth,
    "models": models,
    "class100": class100,
    "grading": grading,
}


def block(name: str, sections: Mapping[str, Figures]) -> str:
    """What stands between the two comments of section `name`."""
    if name not in sections:
        return f"Not measured yet: `python -m tests.bench --only {name}`.\n"
    section = sections[name]
    machine = section["machine"]
    versions = ", ".join(f"{library} {number}" for library, number in machine["versions"].items())
    footer = (
        f"`{section['command']}` on {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB; {machine['system']}, Python {machine['python']}, {versions}."
    )
    picture = f"![{name}](images/bench-{name}.svg)\n\n" if name in PLOTS else ""
    return f"\n{TABLES[name](section['figures'])}\n\n{picture}<sub>{footer}</sub>\n\n"


def written(page: str, sections: Mapping[str, Figures]) -> str:
    """The page with what the figures say between its comments."""
    return BLOCK.sub(lambda found: f"{found[1]}{block(found['name'], sections)}{found[3]}", page)


def main() -> None:
    sections = json.loads(FIGURES.read_text(encoding="utf-8"))["sections"] if FIGURES.exists() else {}
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        if page != written(page, sections):
            sys.exit("docs/benchmarks.md is not what docs/bench.json says: python tools/make_benchmarks.py")
        return
    PAGE.write_text(written(page, sections), encoding="utf-8")
    for name, draw in PLOTS.items():
        if name in sections:
            draw(sections[name]["figures"], IMAGES / f"bench-{name}.svg")


if __name__ == "__main__":
    main()
