"""Submissions whose code is alike: a reason to look, never a verdict."""

from grader.similar.compare import Class, Pair, compare_class
from grader.similar.findings import Findings, SimilarPair
from grader.similar.tokens import Work, read_work

__all__ = ["Class", "Findings", "Pair", "SimilarPair", "Work", "compare_class", "read_work"]
