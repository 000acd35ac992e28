import keras
from keras import layers


def build_strided(l1=1e-4):
    return keras.Sequential(
        [keras.Input((32, 32, 3), name="<svg onload=alert(1)>"), layers.Flatten(name="<img src=x onerror=alert(1)>"),
         layers.Dense(10, name="{{7*7}}", activation="softmax")],
        name="=HYPERLINK(1)",
    )
