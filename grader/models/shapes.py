"""What each layer does to shapes, and what it costs: arithmetic without TensorFlow.

Shapes are those of one image, without the batch axis, channels last: (height, width, channels)
or (features,).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

from grader.models.errors import SpecError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Effect:
    """One layer's result: output shape, weights, and multiplications for one image, forward.

    `frozen` counts those of the `parameters` that gradients never change.
    """

    shape: Shape
    parameters: int = 0
    frozen: int = 0
    multiplications: int = 0


Settings = Mapping[str, Any]
Rule = Callable[[Settings, Sequence[Shape]], Effect]


def layer_effect(class_name: str, settings: Settings, inputs: Sequence[Shape]) -> Effect:
    """Raises SpecError where Keras could not apply the layer to inputs of these shapes."""
    if class_name not in MERGES and len(inputs) != 1:
        raise SpecError(f"{class_name} takes one input, but {len(inputs)} are connected to it.")
    return RULES[class_name](settings, inputs)


def _image(class_name: str, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise SpecError(f"{class_name} needs images (height, width, channels) but gets {words(shape)}.")
    return shape[0], shape[1], shape[2]


def words(shape: Shape) -> str:
    """(32, 32, 3) as "32 x 32 x 3"."""
    return " x ".join(str(size) for size in shape) if shape else "a single number"


def feeds(images: Shape, wanted: Shape) -> bool:
    """Can a model that takes `wanted` be fed pictures of shape `images` by a reshape alone?

    The same pictures are (height, width) or (height, width, 1), and any picture may come as a vector
    of its values, rows first. Other shapes of the same size would scramble the pixels.
    """
    image = images if len(images) != 2 else (*images, 1)
    return wanted in (image, (prod(image),)) or (*wanted, 1) == image


def window_positions(size: int, window: int, stride: int, padding: str, dilation: int = 1) -> int:
    """How many places a window takes along one axis of `size` pixels; 0 or less if it does not fit."""
    if padding == "same":
        return ceil(size / stride)
    return (size - (window - 1) * dilation - 1) // stride + 1


def _windows(name: str, shape: Shape, window: Sequence[int], settings: Settings) -> tuple[int, int]:
    height, width, _ = _image(name, shape)
    dilation = settings.get("dilation_rate", [1, 1])
    strides = settings["strides"]
    if max(strides) > 1 and max(dilation) > 1:
        raise SpecError(f"{name} cannot have strides and dilation at once.")
    rows, columns = (
        window_positions(size, window[axis], strides[axis], settings["padding"], dilation[axis])
        for axis, size in enumerate((height, width))
    )
    if rows < 1 or columns < 1:
        raise SpecError(
            f"{name}: a window of {window[0]} x {window[1]} does not fit into an image of {height} x {width}."
        )
    return rows, columns


def _conv(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    rows, columns = _windows("Conv2D", inputs[0], settings["kernel_size"], settings)
    channels, filters, groups = inputs[0][2], settings["filters"], settings["groups"]
    if channels % groups or filters % groups:
        raise SpecError(
            f"Conv2D: {groups} groups divide neither {channels} channels nor {filters} filters evenly."
        )
    weights = prod(settings["kernel_size"]) * (channels // groups) * filters
    return Effect(
        (rows, columns, filters),
        weights + filters * settings["use_bias"],
        multiplications=weights * rows * columns,
    )


def _conv_transpose(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    height, width, channels = _image("Conv2DTranspose", inputs[0])
    kernel, strides, filters = settings["kernel_size"], settings["strides"], settings["filters"]
    overlap = (
        [0, 0]
        if settings["padding"] == "same"
        else [max(k - s, 0) for k, s in zip(kernel, strides, strict=True)]
    )
    weights = prod(kernel) * channels * filters
    return Effect(
        (height * strides[0] + overlap[0], width * strides[1] + overlap[1], filters),
        weights + filters * settings["use_bias"],
        multiplications=weights * height * width,
    )


def _depthwise(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    rows, columns = _windows("DepthwiseConv2D", inputs[0], settings["kernel_size"], settings)
    _same_strides("DepthwiseConv2D", settings)
    channels = inputs[0][2] * settings["depth_multiplier"]
    weights = prod(settings["kernel_size"]) * channels
    return Effect(
        (rows, columns, channels),
        weights + channels * settings["use_bias"],
        multiplications=weights * rows * columns,
    )


def _separable(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    rows, columns = _windows("SeparableConv2D", inputs[0], settings["kernel_size"], settings)
    _same_strides("SeparableConv2D", settings)
    channels, filters = inputs[0][2] * settings["depth_multiplier"], settings["filters"]
    weights = prod(settings["kernel_size"]) * channels + channels * filters
    return Effect(
        (rows, columns, filters),
        weights + filters * settings["use_bias"],
        multiplications=weights * rows * columns,
    )


def _same_strides(name: str, settings: Settings) -> None:
    if len(set(settings["strides"])) > 1:
        raise SpecError(f"{name} can only have equal strides in both directions.")


def _dense(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    *outer, features = inputs[0]
    weights = features * settings["units"]
    return Effect(
        (*outer, settings["units"]),
        weights + settings["units"] * settings["use_bias"],
        multiplications=weights * prod(outer),
    )


def _pool(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    rows, columns = _windows("Pooling", inputs[0], settings["pool_size"], settings)
    return Effect((rows, columns, inputs[0][2]), multiplications=rows * columns * prod(settings["pool_size"]))


def _global_pool(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    channels = _image("Global pooling", inputs[0])[2]
    return Effect((1, 1, channels) if settings["keepdims"] else (channels,))


def _batch_normalization(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    channels = inputs[0][-1]
    learned = channels * (settings["center"] + settings["scale"])
    return Effect(inputs[0], learned + 2 * channels, 2 * channels, multiplications=prod(inputs[0]))


def _layer_normalization(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    learned = inputs[0][-1] * (settings["center"] + settings["scale"])
    return Effect(inputs[0], learned, multiplications=prod(inputs[0]))


def _group_normalization(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    if inputs[0][-1] % settings["groups"]:
        raise SpecError(
            f"GroupNormalization: {inputs[0][-1]} channels cannot be cut into {settings['groups']} groups."
        )
    return _layer_normalization(settings, inputs)


def _flatten(_: Settings, inputs: Sequence[Shape]) -> Effect:
    return Effect((prod(inputs[0]),))


def _reshape(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    target, size = settings["target_shape"], prod(inputs[0])
    known = prod(value for value in target if value != -1)
    if target.count(-1) == 1 and known and size % known == 0:
        return Effect(tuple(size // known if value == -1 else value for value in target))
    if target.count(-1) or known != size:
        raise SpecError(f"Reshape: {words(inputs[0])} cannot become {words(tuple(target))}.")
    return Effect(tuple(target))


def _permute(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    if sorted(settings["dims"]) != list(range(1, len(inputs[0]) + 1)):
        raise SpecError(f"Permute: dims {settings['dims']} do not name each axis of {words(inputs[0])} once.")
    return Effect(tuple(inputs[0][axis - 1] for axis in settings["dims"]))


def _zero_padding(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    height, width, channels = _image("ZeroPadding2D", inputs[0])
    rows, columns = settings["padding"]
    return Effect((height + sum(rows), width + sum(columns), channels))


def _cropping(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    height, width, channels = _image("Cropping2D", inputs[0])
    rows, columns = settings["cropping"]
    if height <= sum(rows) or width <= sum(columns):
        raise SpecError(f"Cropping2D leaves nothing of an image of {height} x {width}.")
    return Effect((height - sum(rows), width - sum(columns), channels))


def _up_sampling(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    height, width, channels = _image("UpSampling2D", inputs[0])
    return Effect((height * settings["size"][0], width * settings["size"][1], channels))


def _prelu(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    shared = settings["shared_axes"] or []
    if any(axis > len(inputs[0]) for axis in shared):
        raise SpecError(f"PReLU: shared_axes {shared} are more axes than {words(inputs[0])} has.")
    slopes = prod(1 if axis in shared else size for axis, size in enumerate(inputs[0], start=1))
    return Effect(inputs[0], slopes)


def _unchanged(_: Settings, inputs: Sequence[Shape]) -> Effect:
    return Effect(inputs[0])


def _on_images(_: Settings, inputs: Sequence[Shape]) -> Effect:
    return Effect(_image("An image layer", inputs[0]))


def _merge(_: Settings, inputs: Sequence[Shape]) -> Effect:
    if len(inputs) < 2:
        raise SpecError("A layer that joins branches needs at least two inputs.")
    if len(set(inputs)) > 1:
        raise SpecError(
            f"Branches of different shapes are joined: {' and '.join(words(shape) for shape in inputs)}."
        )
    return Effect(inputs[0])


def _subtract(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    if len(inputs) != 2:
        raise SpecError("Subtract takes exactly two inputs.")
    return _merge(settings, inputs)


def _concatenate(settings: Settings, inputs: Sequence[Shape]) -> Effect:
    _merge(settings, [shape[:-1] for shape in inputs])
    return Effect((*inputs[0][:-1], sum(shape[-1] for shape in inputs)))


MERGES = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"})

RULES: Mapping[str, Rule] = {
    "Conv2D": _conv,
    "Conv2DTranspose": _conv_transpose,
    "SeparableConv2D": _separable,
    "DepthwiseConv2D": _depthwise,
    "Dense": _dense,
    "MaxPooling2D": _pool,
    "AveragePooling2D": _pool,
    "GlobalMaxPooling2D": _global_pool,
    "GlobalAveragePooling2D": _global_pool,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "GroupNormalization": _group_normalization,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "ZeroPadding2D": _zero_padding,
    "Cropping2D": _cropping,
    "UpSampling2D": _up_sampling,
    "Activation": _unchanged,
    "ReLU": _unchanged,
    "LeakyReLU": _unchanged,
    "ELU": _unchanged,
    "PReLU": _prelu,
    "Softmax": _unchanged,
    "Identity": _unchanged,
    "Rescaling": _unchanged,
    "Dropout": _unchanged,
    "SpatialDropout2D": _on_images,
    "GaussianDropout": _unchanged,
    "AlphaDropout": _unchanged,
    "GaussianNoise": _unchanged,
    "ActivityRegularization": _unchanged,
    "RandomFlip": _on_images,
    "RandomTranslation": _on_images,
    "RandomRotation": _on_images,
    "RandomZoom": _on_images,
    "Add": _merge,
    "Subtract": _subtract,
    "Multiply": _merge,
    "Average": _merge,
    "Maximum": _merge,
    "Minimum": _merge,
    "Concatenate": _concatenate,
}
