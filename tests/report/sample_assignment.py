"""An assignment like the real first one; the tests do not change when that one does."""

from __future__ import annotations

from grader.assignment import Assignment, parse_assignment

_TASKS = (
    ("i.a", "Convolution by hand", 16, ("convolve",)),
    ("i.b", "Two edge kernels on a picture", 8, ("edge_responses",)),
    ("ii.a", "The strided network", 16, ("build_strided",)),
    ("ii.b.i", "Parameters, accuracy and a baseline", 12, ("baseline_predictions",)),
    ("ii.b.ii", "Training and its curves", 8, ("train",)),
    ("ii.b.iii", "More training data", 10, ("size_sweep",)),
    ("ii.c", "Pooling in place of strides", 10, ("build_pooled",)),
)
EXPERIMENTS = (
    ("strided-5k", "Strided network, 5,000 images", 1e-4, 5000, "size l1 architecture"),
    ("strided-10k", "Strided network, 10,000 images", 1e-4, 10000, "size"),
    ("strided-20k", "Strided network, 20,000 images", 1e-4, 20000, "size"),
    ("strided-40k", "Strided network, 40,000 images", 1e-4, 40000, "size"),
    ("l1-0", "Strided network, L1 weight 0", 0.0, 5000, "l1"),
    ("l1-1e-2", "Strided network, L1 weight 1e-2", 1e-2, 5000, "l1"),
    ("l1-1", "Strided network, L1 weight 1", 1.0, 5000, "l1"),
    ("pooled-5k", "Pooled network, 5,000 images", 1e-4, 5000, "architecture"),
)
SECTIONS = """
[[sections]]
task = "i.b"
title = "Edges by convolution"
figures = ["kernels"]
answers = ["kernels_discussion"]
[[sections]]
task = "ii.a"
title = "The strided network"
figures = ["layers:build_strided"]
[[sections]]
task = "ii.b.i"
title = "Parameters, accuracy, baseline"
figures = ["classification:strided-5k", "baseline"]
answers = ["strided_parameters", "largest_reason"]
[[sections]]
task = "ii.b.iii"
title = "More training data"
figures = ["table:size", "curves:size", "sweep:size:n:train_accuracy+test_accuracy", "times:size"]
answers = ["size_discussion"]
[[sections]]
task = "ii.b.iii"
title = "The weight of the L1 penalty"
figures = ["table:l1", "sweep:l1:l1:test_accuracy"]
[[sections]]
task = "ii.c"
title = "Pooling in place of strides"
figures = ["layers:build_pooled", "times:architecture"]
"""


def make_assignment(sections: str = SECTIONS) -> Assignment:
    """Like the real first assignment, but the tests do not change when that one does."""
    lines = ['name = "cs7cs4_week8"', 'title = "ConvNets on CIFAR-10"', 'datasets = ["cifar10", "digits32"]']
    lines.append('[lab]\nresponses = "edge_responses"\nbaseline = "baseline_predictions"')
    lines.append("[statistics]\nalpha = 0.0025\nmargin = 0.02\nmax_runs = 3")
    for task, title, points, functions in _TASKS:
        names = ", ".join(f'"{name}"' for name in functions)
        lines.append(f'[[tasks]]\nid = "{task}"\ntitle = "{title}"\npoints = {points}\nfunctions = [{names}]')
    for key, task, question in (
        (
            "kernels_discussion",
            "i.b",
            "What does each kernel bring out, and why do the two look so different?",
        ),
        ("strided_parameters", "ii.b.i", "How many parameters has the strided network in total?"),
        ("largest_reason", "ii.b.i", "Which layer has the most parameters, and why that one?"),
        ("size_discussion", "ii.b.iii", "How do time and accuracy change with n, and why?"),
    ):
        lines.append(f'[[answers]]\nid = "{key}"\ntask = "{task}"\nkind = "text"\nquestion = "{question}"')
    for name, title, l1, n, group in EXPERIMENTS:
        groups = "[" + ", ".join(f'"{word}"' for word in group.split()) + "]"
        lines.append(
            f'[[experiments]]\nname = "{name}"\ntitle = "{title}"\nmodel = "build_strided"\n'
            f"arguments = {{ l1 = {l1} }}\nn = {n}\nepochs = 20\nbatch_size = 128\n"
            f'groups = {groups}\ntask = "ii.b.iii"'
        )
    return parse_assignment("\n".join(lines) + "\n" + sections, "samples.py")
