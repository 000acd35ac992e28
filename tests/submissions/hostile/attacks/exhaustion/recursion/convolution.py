def convolve(image, kernel):
    return convolve(image, kernel)
