"""What each command does; `grader/cli.py` only reads options and prints errors."""
