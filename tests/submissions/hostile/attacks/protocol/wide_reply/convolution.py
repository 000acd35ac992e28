def convolve(image, kernel):
    return [[str(number)] for number in range(300_000)]
