"""Models that compute and learn the same are one spec; others are not."""

from __future__ import annotations

import pytest

from grader.models.spec import ModelSpec
from tests.models.keras_side import DIFFERENT, EQUIVALENT, Serialised

pytestmark = pytest.mark.xdist_group("keras")


@pytest.mark.parametrize("name", EQUIVALENT)
def test_equivalents_are_equal(built: dict[str, Serialised], name: str) -> None:
    """Another way to write the reference has its canonical form, digest and parameters."""
    spec, reference = built[name].spec, built["reference"].spec
    assert spec.canonical == reference.canonical
    assert spec == reference
    assert spec.digest == reference.digest
    assert spec.parameters == 37_146
    assert spec.compile_problem == ""


@pytest.mark.parametrize("name", DIFFERENT)
def test_differences_stay(built: dict[str, Serialised], name: str) -> None:
    """What trains otherwise is another spec."""
    assert built[name].spec != built["reference"].spec


@pytest.mark.parametrize("name", [*EQUIVALENT, *DIFFERENT])
def test_canonical_form_round_trips(built: dict[str, Serialised], name: str) -> None:
    """Reading a canonical form gives the spec that wrote it."""
    spec = built[name].spec
    assert ModelSpec.from_canonical(spec.canonical).canonical == spec.canonical


@pytest.mark.parametrize("name", [*EQUIVALENT, *DIFFERENT])
def test_counts_are_those_of_keras(built: dict[str, Serialised], name: str) -> None:
    """Our arithmetic counts the weights that Keras made."""
    model = built[name]
    if model.shapes:
        assert (model.spec.parameters, model.spec.trainable_parameters) == (model.parameters, model.trainable)


def test_sparse_loss_is_remembered(built: dict[str, Serialised]) -> None:
    """The labels that the student's own loss wants are known, though it is the same training."""
    compiled = built["sparse loss"].spec.compile
    assert compiled is not None
    assert compiled.sparse


def test_own_loss_keeps_the_layers(built: dict[str, Serialised]) -> None:
    """A loss that cannot be rebuilt costs the compile settings, not the model."""
    spec = built["own loss"].spec
    assert spec.compile is None
    assert "custom" in spec.compile_problem
    assert spec.architecture_digest == built["reference"].spec.architecture_digest


def test_names_are_kept_for_people_only(built: dict[str, Serialised]) -> None:
    """A report shows the student's layer names, with nothing in them that a page could act on."""
    assert built["other names"].spec.layers()[0].name == "my_first_layer_"


def test_rows_show_what_matters(built: dict[str, Serialised]) -> None:
    """A row holds the settings that were chosen, in words, and not Keras' defaults."""
    rows = built["reference"].spec.layers()
    assert [row.parameters for row in rows] == [448, 2320, 4640, 9248, 0, 0, 20490]
    assert rows[1].output_shape == "16 x 16 x 16"
    assert rows[1].settings == {
        "filters": "16",
        "kernel_size": "3 x 3",
        "strides": "2 x 2",
        "padding": "same",
        "activation": "relu",
    }
    assert rows[-1].settings["kernel_regularizer"] == "L1 0.0001"
