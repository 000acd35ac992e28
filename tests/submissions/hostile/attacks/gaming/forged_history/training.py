class History:
    def __init__(self, epochs):
        self.history = {key: [0.01 * k for k in range(epochs)] for key in ("loss", "accuracy", "val_loss", "val_accuracy")}
        self.params = {"epochs": epochs, "steps": 9}
        self.epoch = list(range(epochs))


def train(model, x, y, epochs=20, batch_size=128):
    return History(epochs)
