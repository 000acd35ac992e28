import keras
import numpy as np
from keras import layers


def process_dataset(images, labels):
    x = images.astype("float32") / 255
    x = x.reshape(-1, 28, 28, 1)
    y = keras.utils.to_categorical(labels, 10)
    return x, y
