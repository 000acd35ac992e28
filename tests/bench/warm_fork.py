"""The checks of by_hand.py in forks of one process that has imported TensorFlow: no protection at all.

    python -m tests.bench.warm_fork FOLDER...

prints wall-clock and CPU seconds of each student, one line each.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import pytest


def main() -> None:
    import keras  # noqa: F401  the point of it: no student pays for the import

    from tests.bench import by_hand

    for folder in sys.argv[1:]:
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        child = os.fork()
        if child == 0:
            os.environ["STUDENT"] = folder
            os._exit(pytest.main(["-q", "-p", "no:cacheprovider", str(Path(by_hand.__file__))]))
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(f"{folder} did not pass")
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"seconds {wall:.4f} {cpu:.4f}", flush=True)


if __name__ == "__main__":
    main()
