"""Ten runs from scratch, a sweep over widths, and a confusion matrix."""

import numpy as np


def repeat_runs(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    runs: int = 10,
    epochs: int = 5,
    batch_size: int = 32,
    **settings,
) -> list[dict[str, list[float]]]:
    """Tasks 1 to 5: trains `runs` new networks build_mlp(**settings), each for `epochs`.

    Images are (n, 28, 28) in [0, 1], labels as the loss takes them. Returns the curves of each run:
    {"loss", "accuracy", "test_loss", "test_accuracy"}, one value an epoch, the last two measured on
    x_test. What model.fit returns will do as well.
    """
    raise NotImplementedError("task 1: repeat_runs")


def hidden_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    widths: tuple[int, ...] = (2, 4, 8, 16, 32, 64, 128, 256),
    runs: int = 10,
    epochs: int = 10,
    batch_size: int = 32,
) -> list[dict[str, float]]:
    """Task 6: for each width, `runs` new networks with softmax, Adam at 0.001, sparse cross-entropy.

    Labels are class numbers (n,). Returns one row for each width, in order: {"hidden", "parameters",
    "train_accuracy", "test_accuracy"}. Both accuracies are measured after training, on all images,
    as means over the runs; do not round them.
    """
    raise NotImplementedError("task 6: hidden_sweep")


def confusion(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """The 10 x 10 counts of true against predicted classes.

    `y_true` are class numbers (n,); `y_pred` are class numbers (n,) or ten probabilities an image (n, 10).
    """
    raise NotImplementedError("confusion matrix: confusion")
