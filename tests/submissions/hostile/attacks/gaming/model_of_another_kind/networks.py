import keras
from keras import layers, regularizers




def build_strided(l1=1e-4):
    return {'class_name': 'Sequential', 'config': {'layers': []}, 'module': 'keras', 'registered_name': None}
