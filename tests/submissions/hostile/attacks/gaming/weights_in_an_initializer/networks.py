import keras
from keras import layers, regularizers




def build_strided(l1=1e-4):
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation='softmax', kernel_initializer=keras.initializers.Constant([[0.5] * 10] * 3072))])
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model
