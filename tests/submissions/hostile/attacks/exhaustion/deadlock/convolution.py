import threading


def convolve(image, kernel):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
