def convolve(image, kernel):
    return float(input("Shall I pass? "))
