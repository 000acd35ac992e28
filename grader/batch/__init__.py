"""A class of submissions becomes results: resumable, each distinct model trained once."""

from grader.batch.run import BatchSettings, grade_class

__all__ = ["BatchSettings", "grade_class"]
