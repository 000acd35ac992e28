class Other(BaseException):
    pass


RAISED = iter([KeyboardInterrupt, GeneratorExit, StopIteration, StopAsyncIteration, MemoryError, Other] * 100)


def convolve(image, kernel):
    raise next(RAISED)
