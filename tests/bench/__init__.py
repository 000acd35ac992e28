"""How fast the grader is: `tox -e bench`, or `python -m tests.bench`. What it found: docs/benchmarks.md."""
