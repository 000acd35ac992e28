"""Rules of a course that stand above the checks: due dates, and what does not count. Pure, applied whenever
a total is needed and never stored as marks."""
