"""A trusted solution's models as configuration. Runs in a trainer process, since it needs Keras."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from grader.errors import GraderError


def export_model(
    solution: Path, function: str, arguments: Mapping[str, bool | int | float | str]
) -> tuple[str, str]:
    """Calls a builder of the solution; returns JSON texts of the model and of its compile settings.

    Raises GraderError when no module of the folder `solution` defines `function`.
    """
    import keras

    builder = getattr(importlib.import_module(_module_defining(solution, function)), function)
    model = builder(**arguments)
    config = json.dumps(keras.saving.serialize_keras_object(model))
    return config, json.dumps(model.get_compile_config())


def _module_defining(solution: Path, function: str) -> str:
    """Puts the folder on the path, since the solution's modules import each other by name."""
    for path in sorted(solution.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body):
            if str(solution) not in sys.path:
                sys.path.insert(0, str(solution))
            return path.stem
    raise GraderError(
        f"The solution in {solution} has no function {function}, which an experiment asks for.",
        hint="Correct the experiment's model in assignment.toml, or add the function to the solution.",
    )
