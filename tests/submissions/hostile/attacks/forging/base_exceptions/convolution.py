class Other(BaseException):
    pass


def convolve(image, kernel):
    kinds = (KeyboardInterrupt, GeneratorExit, StopIteration, StopAsyncIteration, Other)
    raise kinds[int(image.sum()) % len(kinds)]
