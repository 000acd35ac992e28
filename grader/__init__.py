"""epochmark: grades deep-learning coursework in a sandbox and writes reports that teach."""

__version__ = "0.1.0"
