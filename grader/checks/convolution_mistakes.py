"""What well-known mistakes in a hand-written convolution give, each as a function of the inputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.diagnosis import Mistake
from grader.checks.expect import Array


def correlate(image: Array, kernel: Array) -> Array:
    """The valid sliding product, kernel as it is; in float64 or int64 so that nothing wraps."""
    sums: Array = np.einsum("ijab,ab->ij", _windows(_wide(image), kernel.shape), _wide(kernel))
    return sums


def correlate_padded(image: Array, kernel: Array, rim: tuple[tuple[int, int], tuple[int, int]]) -> Array:
    """As `correlate`, with (above, below), (left, right) rows and columns of zeros around the image."""
    return correlate(np.pad(_wide(image), rim), kernel)


def _same_size(image: Array, kernel: Array) -> Array:
    rows, columns = kernel.shape
    rim = (((rows - 1) // 2, rows // 2), ((columns - 1) // 2, columns // 2))
    return correlate_padded(image, kernel, rim)


def _half_a_kernel(image: Array, kernel: Array) -> Array:
    """Half a kernel on each side: for even kernels the output is larger than the image."""
    rows, columns = (side // 2 for side in kernel.shape)
    return correlate_padded(image, kernel, ((rows, rows), (columns, columns)))


def _full_overlap(image: Array, kernel: Array) -> Array:
    rows, columns = (side - 1 for side in kernel.shape)
    return correlate_padded(image, kernel, ((rows, rows), (columns, columns)))


def _wide(values: Array) -> Array:
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)


def _windows(image: Array, shape: tuple[int, ...]) -> Array:
    if any(side < window for side, window in zip(image.shape, shape, strict=True)):
        return np.zeros((0, 0, *shape), dtype=image.dtype)
    return np.lib.stride_tricks.sliding_window_view(image, shape)


def _with_kernel(change: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda image, kernel: correlate(image, change(kernel))


def _then(change: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda image, kernel: change(correlate(image, kernel))


def _without(rows: slice, columns: slice) -> Callable[[Array], Array]:
    """A kernel of which only these rows and columns count."""

    def change(kernel: Array) -> Array:
        kept = np.zeros_like(kernel)
        kept[rows, columns] = kernel[rows, columns]
        return kept

    return change


def _in_a_full_frame(image: Array, kernel: Array, *, centred: bool) -> Array:
    """The right values in an output as large as the image, zeros elsewhere."""
    inner = correlate(image, kernel)
    frame = np.zeros(image.shape, dtype=inner.dtype)
    top, left = (kernel.shape[0] // 2, kernel.shape[1] // 2) if centred else (0, 0)
    frame[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return frame


def _matrix_product(image: Array, kernel: Array) -> Array | None:
    """sum(patch @ kernel): only square kernels get that far."""
    if kernel.shape[0] != kernel.shape[1]:
        return None
    products = _windows(_wide(image), kernel.shape) @ _wide(kernel)
    total: Array = products.sum(axis=(-2, -1))
    return total


def _running_total(image: Array, kernel: Array) -> Array:
    inner = correlate(image, kernel)
    return np.cumsum(inner.ravel()).reshape(inner.shape)


def _square_only(image: Array, kernel: Array) -> Array | None:
    """The number of rows stands for that of columns: wide images are cut, high ones overrun."""
    rows, columns = image.shape
    return correlate(image[:, :rows], kernel) if rows <= columns else None


def _rescaled(image: Array, kernel: Array) -> Array:
    inner = correlate(image, kernel).astype(np.float64)
    span = inner.max() - inner.min()
    return (inner - inner.min()) / span if span else inner * 0


def _overflowed(kind: type[np.generic]) -> Callable[[Array, Array], Array | None]:
    """Sums stored in a narrow integer type."""

    def answer(image: Array, kernel: Array) -> Array | None:
        if image.dtype.kind == "f" or kernel.dtype.kind == "f":
            return None
        return correlate(image, kernel).astype(kind).astype(np.int64)

    return answer


_WRAPS = (
    "Your sums wrap round: an 8-bit integer holds only 256 values, so 256 becomes 0 and -1 becomes 255. The"
    " output array probably has the image's dtype, as np.zeros_like(image) gives it. Make it with"
    " np.zeros((rows, columns)), which holds floats, or convert the image with image.astype(float) first."
)
_LEFT_OUT = "Your output is what one gets when the kernel's {part} never counts. Check the bounds of {where}."
_TOO_FEW = (
    "{axis} of the output {verb} missing. A kernel with k rows fits into an image with n rows at n - k + 1"
    " places, not n - k: range(n - k) stops one short. The same holds for columns."
)
_PADDED = (
    "You pad the image with zeros, so that the output does not shrink. Asked for is the valid convolution:"
    " only places where the whole kernel lies inside the image, n - k + 1 by m - l + 1 of them. Leave the"
    " padding out."
)

CONVOLUTION_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "nothing stored",
        "Your output has the right shape and holds zeros only: the sums never get into it. Store each one"
        " with output[i, j] = total.",
        _then(np.zeros_like),
    ),
    Mistake(
        "transposed kernel",
        "Your output is what the transposed kernel gives: rows and columns of the kernel change places"
        " somewhere. Multiply image[i + a, j + b] with kernel[a, b], and let a run over the kernel's rows, b"
        " over its columns.",
        _with_kernel(np.transpose),
    ),
    Mistake(
        "kernel flipped upside down only",
        "The kernel is turned upside down but not left to right. Either leave it as it is or turn it both"
        " ways.",
        _with_kernel(np.flipud),
    ),
    Mistake(
        "kernel flipped left to right only",
        "The kernel is mirrored left to right but not upside down. Either leave it as it is or turn it both"
        " ways.",
        _with_kernel(np.fliplr),
    ),
    Mistake(
        "last row and column missing",
        _TOO_FEW.format(axis="The last row and the last column", verb="are"),
        _then(lambda inner: inner[:-1, :-1]),
    ),
    Mistake(
        "last row missing", _TOO_FEW.format(axis="The last row", verb="is"), _then(lambda inner: inner[:-1])
    ),
    Mistake(
        "last column missing",
        _TOO_FEW.format(axis="The last column", verb="is"),
        _then(lambda inner: inner[:, :-1]),
    ),
    Mistake(
        "first row and column missing",
        "The first row and the first column of the output are missing: the first place of the kernel is at"
        " row 0, column 0 of the image, so both loops start at 0.",
        _then(lambda inner: inner[1:, 1:]),
    ),
    Mistake("padding", _PADDED, _same_size),
    Mistake("padding by half a kernel", _PADDED, _half_a_kernel),
    Mistake(
        "full padding",
        "You pad the image so far that the kernel may hang over its edge with all but one row or column."
        " Asked for are only places where the whole kernel lies inside the image: leave the padding out.",
        _full_overlap,
    ),
    Mistake(
        "output as large as the image",
        "The values are right, but they sit in the top left corner of an array as large as the image, with"
        " zeros around. Make the output with the shape (n - k + 1, m - width + 1).",
        lambda image, kernel: _in_a_full_frame(image, kernel, centred=False),
    ),
    Mistake(
        "output as large as the image, centred",
        "The values are right, but they sit in the middle of an array as large as the image, with a rim of"
        " zeros. Make the output with the shape (n - k + 1, m - width + 1).",
        lambda image, kernel: _in_a_full_frame(image, kernel, centred=True),
    ),
    Mistake(
        "stride of two",
        "You move the kernel by two rows and columns at a time; asked for is every place, one step at a time."
        " Look for a step of 2 in your range(...) calls.",
        _then(lambda inner: inner[::2, ::2]),
    ),
    Mistake(
        "only the kernel's first row",
        _LEFT_OUT.format(part="second and later rows", where="the loop over the kernel's rows"),
        _with_kernel(_without(slice(0, 1), slice(None))),
    ),
    Mistake(
        "kernel's last row left out",
        _LEFT_OUT.format(part="last row", where="the loop over its rows: range(k) goes to k - 1 already"),
        _with_kernel(_without(slice(0, -1), slice(None))),
    ),
    Mistake(
        "kernel's last column left out",
        _LEFT_OUT.format(
            part="last column", where="the loop over its columns: range(l) goes to l - 1 already"
        ),
        _with_kernel(_without(slice(None), slice(0, -1))),
    ),
    Mistake(
        "kernel's last row and column left out",
        _LEFT_OUT.format(part="last row and last column", where="both loops: range(k) goes to k - 1 already"),
        _with_kernel(_without(slice(0, -1), slice(0, -1))),
    ),
    Mistake(
        "kernel's first row and column left out",
        _LEFT_OUT.format(part="first row and first column", where="both loops: indices start at 0, not at 1"),
        _with_kernel(_without(slice(1, None), slice(1, None))),
    ),
    Mistake(
        "mean instead of sum",
        "You take the mean of the products; the convolution is their sum. np.mean divides by the number of"
        " kernel entries: use np.sum.",
        lambda image, kernel: correlate(image, kernel) / kernel.size,
    ),
    Mistake(
        "matrix product",
        "You multiply image patch and kernel as matrices (with @ or np.dot). Asked for is the product entry"
        " by entry: patch * kernel, then the sum.",
        _matrix_product,
    ),
    Mistake(
        "total never reset",
        "The first value is right and from then on everything piles up: the running total is not set back to"
        " zero at each new place. Put `total = 0` inside the loop over the columns.",
        _running_total,
    ),
    Mistake(
        "square images only",
        "Your code takes the number of rows for the number of columns as well: wide images come out cut off."
        " Use image.shape[0] for rows and image.shape[1] for columns, and the same for the kernel.",
        _square_only,
    ),
    Mistake(
        "transposed output",
        "Your output is right, but rows and columns of it have changed places. Fill output[i, j], with i over"
        " rows.",
        _then(np.transpose),
    ),
    Mistake(
        "clipped",
        "You cut the result off at 0 and 255. A convolution has negative and large values too, and they"
        " matter: cut off only for showing a picture, not in the function.",
        _then(lambda inner: np.clip(inner, 0, 255)),
    ),
    Mistake(
        "negative values set to zero",
        "You set negative values to zero. That is a ReLU after the convolution; the convolution itself keeps"
        " them.",
        _then(lambda inner: np.maximum(inner, 0)),
    ),
    Mistake(
        "absolute values",
        "You return absolute values. The sign tells on which side of an edge it is brighter: keep it.",
        _then(np.abs),
    ),
    Mistake(
        "rescaled",
        "You rescale the result to 0 to 1. That is good for showing a picture; the function returns the sums "
        "themselves.",
        _rescaled,
    ),
    Mistake("8-bit overflow", _WRAPS, _overflowed(np.uint8)),
    Mistake("signed 8-bit overflow", _WRAPS, _overflowed(np.int8)),
    Mistake(
        "fractions cut off",
        "Your values are right up to the decimal point and cut off there: the output array holds integers."
        " Make it with np.zeros((rows, columns)), which holds floats.",
        _then(np.trunc),
    ),
)
