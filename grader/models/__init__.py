"""Models as data: validated, compared, rebuilt and trained without running student code."""
