"""Library convolutions are found by what a name stands for, not by how it is spelled."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from grader.checks import find_library_convolutions
from grader.submission import Module


@dataclass(frozen=True)
class Source:
    functions: tuple


def source_of(text, name="convolve"):
    names = tuple(node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    module = Module("work.py", "work.py", text, names)
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return Source(tuple((module, node) for node in nodes))


@pytest.mark.parametrize(
    ("head", "call", "found"),
    [
        ("import scipy.signal", "scipy.signal.convolve2d(i, k)", "scipy.signal.convolve2d"),
        ("import scipy.signal as s", "s.correlate2d(i, k)", "scipy.signal.correlate2d"),
        ("from scipy import signal", "signal.fftconvolve(i, k)", "scipy.signal.fftconvolve"),
        ("from scipy.signal import convolve2d as c", "c(i, k)", "scipy.signal.convolve2d"),
        ("from scipy.signal import *", "convolve2d(i, k)", "scipy.signal.convolve2d"),
        ("import scipy.ndimage", "scipy.ndimage.correlate(i, k)", "scipy.ndimage.correlate"),
        ("import numpy as np", "np.convolve(i, k)", "numpy.convolve"),
        ("import numpy as np", "np.fft.ifft2(np.fft.fft2(i))", "numpy.fft.ifft2"),
        ("import tensorflow as tf", "tf.nn.conv2d(i, k, 1, 'VALID')", "tensorflow.nn.conv2d"),
        ("from tensorflow.keras import layers", "layers.Conv2D(1, 3)(i)", "tensorflow.keras.layers.Conv2D"),
        ("import torch.nn.functional as F", "F.conv2d(i, k)", "torch.nn.functional.conv2d"),
        ("import cv2", "cv2.filter2D(i, -1, k)", "cv2.filter2D"),
        ("import scipy.signal\nslide = scipy.signal.convolve2d", "slide(i, k)", "scipy.signal.convolve2d"),
        ("", "__import__('scipy.signal')", "__import__"),
        ("", "eval('1')", "eval"),
    ],
)
def test_found(head, call, found):
    """Aliases, star imports, assignments and code at run time do not hide it."""
    findings = find_library_convolutions(source_of(f"{head}\n\ndef convolve(i, k):\n    return {call}\n"))
    assert found in [finding.what for finding in findings]


def test_found_inside_the_function_and_in_helpers():
    """An import within the function counts, and so does a helper; the place is told."""
    text = (
        "def helper(i, k):\n    import scipy.signal as s\n    return s.convolve(i, k)\n\ndef convolve(i,"
        " k):\n    return helper(i, k)\n"
    )
    (finding,) = find_library_convolutions(source_of(text))
    assert str(finding.place) == "work.py, line 3"


@pytest.mark.parametrize(
    "text",
    [
        (
            "import numpy as np\ndef convolve(i, k):\n    w = np.lib.stride_tricks.sliding_window_view(i,"
            " k.shape)\n    return (w * k).sum(axis=(2, 3))"
        ),
        "import scipy.signal\ndef convolve(i, k):\n    return i",
        "import numpy as np\ndef convolve(i, k):\n    return np.einsum('ijab,ab->ij', i, k)",
        "def convolve(keras, torch):\n    return keras.sum() + torch.sum()",
        (
            "from scipy.signal import *\ndef convolve(image, kernel):\n    return image\n"
            "def edge_responses(rgb):\n    return convolve(rgb, rgb)"
        ),
    ],
    ids=["windows", "imported only", "einsum", "parameter names", "own function of that name"],
)
def test_not_found(text):
    """Indexing is the task; an unused import and parameters of such names are nobody's fault."""
    assert find_library_convolutions(source_of(text)) == ()
