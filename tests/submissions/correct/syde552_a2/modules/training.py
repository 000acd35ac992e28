import numpy as np
from networks import CROSSENTROPY, build_mlp


def repeat_runs(x_train, y_train, x_test, y_test, runs=10, epochs=5, batch_size=32, **settings):
    everything = []
    for run in range(runs):
        net = build_mlp(**settings)
        done = net.fit(
            x_train, y_train, batch_size, epochs, validation_data=(x_test, y_test), verbose=0
        ).history
        everything.append(
            {
                "loss": done["loss"],
                "accuracy": done["accuracy"],
                "test_loss": done["val_loss"],
                "test_accuracy": done["val_accuracy"],
            }
        )
    return everything


def hidden_sweep(
    x_train,
    y_train,
    x_test,
    y_test,
    widths=(2, 4, 8, 16, 32, 64, 128, 256),
    runs=10,
    epochs=10,
    batch_size=32,
):
    table = []
    for width in widths:
        accuracies = np.zeros((runs, 2))
        for run in range(runs):
            net = build_mlp(width, "softmax", "adam", 0.001, CROSSENTROPY)
            net.fit(x_train, y_train, batch_size, epochs, verbose=0)
            accuracies[run, 0] = right(net, x_train, y_train)
            accuracies[run, 1] = right(net, x_test, y_test)
        means = accuracies.mean(axis=0)
        table.append(
            {
                "hidden": width,
                "parameters": net.count_params(),
                "train_accuracy": means[0],
                "test_accuracy": means[1],
            }
        )
    return table


def right(net, images, labels):
    answers = net.predict(images, verbose=0).argmax(axis=1)
    return (answers == labels).mean()
