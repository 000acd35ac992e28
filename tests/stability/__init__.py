"""Does a submission get the same verdicts whatever the secret seed, and however busy the machine is?"""
