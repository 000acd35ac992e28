def convolve(image, kernel):
    output = []
    output.append(output)
    return output
