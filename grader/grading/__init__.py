"""Grades one submission: its code in a sandbox, the checks here. `grade.py` is the way in."""
