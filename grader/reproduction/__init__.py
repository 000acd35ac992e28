"""Reported figures beside ours: read, compared, drawn, written. `grader reproduce` is the way in."""
