"""Data sets: embedded, cached on this machine, fetched with a checksum."""

from grader.data.dataset import (
    DATASETS,
    EMBEDDED,
    Dataset,
    DatasetDamaged,
    DatasetMissing,
    load_dataset,
    load_first_available,
)
from grader.data.fetch import fetch_dataset
from grader.data.sources import FetchError

__all__ = [
    "DATASETS",
    "EMBEDDED",
    "Dataset",
    "DatasetDamaged",
    "DatasetMissing",
    "FetchError",
    "fetch_dataset",
    "load_dataset",
    "load_first_available",
]
