"""What each command does; `grader/cli/` only reads options and prints errors."""
