"""What to train and what came of it: frozen types that cross process borders and lie in the store."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

from pydantic import Field

from grader.evidence import Frozen
from grader.models.spec import ModelSpec

if TYPE_CHECKING:
    from grader.assignment import Experiment
    from grader.data import Dataset


class TrainingTask(Frozen):
    """One run: `model` is a ModelSpec in canonical form, trained on the first `n` images.

    `validation_split` is the fraction at the end of those that Keras holds back. `title` is for
    people and takes no part in the key.
    """

    model: str
    dataset: str
    dataset_digest: str
    n: int = Field(gt=0)
    epochs: int = Field(gt=0)
    batch_size: int = Field(gt=0)
    validation_split: float = Field(default=0.1, ge=0, lt=1)
    seed: int = Field(ge=0, lt=2**31)
    title: str = ""

    @classmethod
    def of(cls, spec: ModelSpec, setting: Experiment, dataset: Dataset, *, seed: int) -> Self:
        """`spec` under the settings of an experiment; n is capped at what the data set has."""
        return cls(
            model=spec.canonical,
            dataset=dataset.name,
            dataset_digest=dataset.digest,
            n=min(setting.n, len(dataset.x_train)),
            epochs=setting.epochs,
            batch_size=setting.batch_size,
            validation_split=setting.validation_split,
            seed=seed,
            title=setting.name,
        )

    @property
    def key(self) -> str:
        """SHA-256 (hex) over all that decides the run's outcome, library versions included."""
        content = self.model_dump(exclude={"title", "dataset"}) | {"versions": library_versions()}
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def label(self) -> str:
        """For progress displays."""
        return f"{self.title or self.dataset}, seed {self.seed}"

    @property
    def cost(self) -> float:
        """Forward multiplications of the whole run: what its time grows with."""
        return float(ModelSpec.from_canonical(self.model).multiplications) * self.n * self.epochs


class TrainingRun(Frozen):
    """One finished run. Accuracies are fractions over all `n` training and all test images.

    `history` holds loss, accuracy, val_loss and val_accuracy, one number per epoch; a loss may be
    infinite or NaN where a model diverged. `test_predictions` are class numbers.
    """

    key: str
    history: dict[str, tuple[float, ...]]
    train_accuracy: float
    test_accuracy: float
    test_predictions: tuple[int, ...]
    wall_seconds: float
    cpu_seconds: float
    versions: dict[str, str]


@cache
def library_versions() -> dict[str, str]:
    """Major and minor versions of the libraries that decide a run's outcome; nothing is imported."""
    return {name: ".".join(version(name).split(".")[:2]) for name in ("tensorflow", "keras")}
