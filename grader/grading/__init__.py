"""Grades one submission: its code in a sandbox, the hidden checks here.

`grade_submission` is the whole of it; the batch calls it for a class, `grader check` for a student.
"""

from grader.grading.grade import GradedPass, GradingContext, grade_submission

__all__ = ["GradedPass", "GradingContext", "grade_submission"]
