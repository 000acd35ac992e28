"""What a class of 100,000 costs the machine that coordinates: `python -m tests.simulation`."""
