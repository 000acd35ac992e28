"""A class of submissions becomes results: resumable, each distinct model trained once."""

from grader.batch.run import BatchSettings, Class, grade_class
from grader.batch.workers import LocalWorkers, Workers

__all__ = ["BatchSettings", "Class", "LocalWorkers", "Workers", "grade_class"]
