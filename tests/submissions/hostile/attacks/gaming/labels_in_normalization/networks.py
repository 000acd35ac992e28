import keras
from keras import layers, regularizers




def build_strided(l1=1e-4):
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0]), layers.Flatten(), layers.Dense(10, activation='softmax')])
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model
