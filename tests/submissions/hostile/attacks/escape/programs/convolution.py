import multiprocessing
import os
import subprocess
import sys

import numpy as np


def attempts():
    SHELL = "/bin/sh"
    found = [
        lambda: subprocess.run([SHELL, "-c", "id"], capture_output=True).stdout,
        lambda: os.posix_spawn(SHELL, [SHELL], {}),
        lambda: os.popen("id").read() or 1 / 0,
        lambda: multiprocessing.Process(target=print).start(),
        lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
    ]
    return found


def convolve(image, kernel):
    for attempt in attempts():
        try:
            print("PWN" "ED:", attempt())
        except OSError:
            pass
    return np.zeros((1, 1))
