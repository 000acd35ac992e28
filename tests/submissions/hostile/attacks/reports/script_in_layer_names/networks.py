import keras
from keras import layers


def build_strided(l1=1e-4):
    return keras.Sequential(
        [keras.Input((32, 32, 3), name="<script>"), layers.Flatten(name="<img src=x onerror=alert(1)>"),
         layers.Dense(10, name="{{7*7}}", activation="softmax")],
        name="</title><script>document.title = 1</script>",
    )
