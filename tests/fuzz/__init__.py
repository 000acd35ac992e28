"""What strangers send, made up by the hundred thousand: see docs/fuzzing.md."""
