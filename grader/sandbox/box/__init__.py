"""Everything that runs outside the trusted interpreter: launcher, zygote and worker.

This folder is all that the sandbox sees of the grader. It needs the standard library only; numpy,
TensorFlow and Keras are imported on demand. It is loaded under another name than `grader`, so that
the worker has no way to the rest of the program.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

# Runs under `python -c`: loads this folder as a package of its own and starts one of its modules.
BOOT = """\
import importlib.util, sys
spec = importlib.util.spec_from_file_location(
    'epochmark_box', sys.argv[1] + '/__init__.py', submodule_search_locations=[sys.argv[1]])
box = importlib.util.module_from_spec(spec)
sys.modules['epochmark_box'] = box
spec.loader.exec_module(box)
box.start(sys.argv[2], sys.argv[3:])
"""


def start(module: str, arguments: Sequence[str]) -> None:
    """Runs `main` of a module of this folder."""
    importlib.import_module(f"{__name__}.{module}").main(arguments)
