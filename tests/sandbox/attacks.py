"""Attacks as a submission would make them. This file is sent into the sandbox as student code.

Each is bounded: it does little harm even where it succeeds.
"""

import atexit
import ctypes
import fcntl
import gc
import itertools
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import numpy as np


class AlwaysEqual:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __array__(self, *args, **kwargs):
        return np.ones(3)

    def __reduce__(self):
        return os.system, ("touch /tmp/pwned",)


class Sly(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)


def honest(x):
    return x + 1


# --- secrets


def read_file(path):
    with open(path, "rb") as file:
        return file.read(1 << 20).decode("latin-1")


def list_folder(path):
    return os.listdir(path)


def walk_for(names):
    wanted = set(names)
    found = []
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
        found += [f"{folder}/{name}" for name in (*folders, *files) if name in wanted]
    return found


def environment_of_everybody(word):
    found = []
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        for name in ("environ", "cmdline"):
            try:
                if word in read_file(f"/proc/{pid}/{name}"):
                    found.append(f"{pid}/{name}")
            except OSError:
                continue
    return found


def processes_seen():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def open_descriptors():
    def is_open(fd):
        try:
            fcntl.fcntl(fd, fcntl.F_GETFD)
        except OSError:
            return False
        return True

    return [fd for fd in range(256) if is_open(fd)]


def strings_in_memory(part_one, part_two):
    """Looks for a secret that must be in no object of this process."""
    word = part_one + part_two
    return sum(isinstance(item, str) and word in item for item in gc.get_objects()) + sum(
        word in str(value)
        for frame in sys._current_frames().values()
        for value in frame.f_globals.values()
        if isinstance(value, str)
    )


# --- escape


def fork():
    return os.fork()


def execute():
    return subprocess.run(["/bin/sh", "-c", "id"], capture_output=True, check=False).returncode


def replace_myself():
    os.execv(sys.executable, [sys.executable, "-c", "pass"])


def open_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM).fileno()


def signal_everybody():
    os.kill(-1, signal.SIGKILL)


def become_root():
    os.setuid(0)


def write_memory_of(pid):
    with open(f"/proc/{pid}/mem", "r+b") as file:
        return file.fileno()


def change_packages():
    with open(np.__file__, "r+b") as file:
        return file.fileno()


def forbidden_calls(numbers):
    """The system calls, by number, that did not fail with EPERM."""
    libc = ctypes.CDLL(None, use_errno=True)
    allowed = []
    for number in numbers:
        ctypes.set_errno(0)
        if libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
            allowed.append([number, ctypes.get_errno()])
    return allowed


def push_into_terminal():
    return fcntl.ioctl(0, 0x5412, b"x")


def enlarge_pipe():
    return fcntl.fcntl(1, 1031, 1 << 20)


def shared_memory():
    return len(mmap.mmap(-1, 1 << 20))


# --- forging


def exit_quietly():
    os._exit(0)


def exit_by_exception():
    sys.exit(0)


def register_for_exit(x):
    atexit.register(os.write, 4, b"late")
    return x


def always_equal():
    return AlwaysEqual()


def sly_array():
    return np.zeros(3).view(Sly)


def masked_array():
    return np.ma.masked_all(3)


def array_of_objects():
    return np.array([AlwaysEqual(), None], dtype=object)


def change_input(x):
    x[...] = 7
    return x


def patch_numpy():
    np.allclose = lambda *args, **kwargs: True
    np.testing.assert_allclose = lambda *args, **kwargs: None
    return bool(np.allclose(1, 2))


def numpy_is_patched():
    return bool(np.allclose(1, 2))


def leave_file():
    with open("for-the-next-student.txt", "w") as file:
        file.write("x")
    return os.listdir(".")


def files_here():
    return os.listdir(".")


def skip_test():
    raise type("Skipped", (Exception,), {"__module__": "builtins"})("using import pytest")


def raise_interrupt():
    raise KeyboardInterrupt


def raise_unprintable():
    class Hidden(Exception):
        def __str__(self):
            raise RuntimeError

    raise Hidden


def raise_escapes():
    raise ValueError("\x1b[31mred\u202e\x07" + "long" * 5000)


# --- the connection


def say(payload):
    """Writes bytes to the reply pipe itself, then waits."""
    data = payload.tobytes()
    while data:
        data = data[os.write(4, data) :]
    time.sleep(30)


def reply_ahead():
    header = b'{"id":"00000000000000000000000000000000","value":1,"arrays":[]}'
    os.write(4, struct.pack("<4sIQ", b"EPM1", len(header), 0) + header)
    return 2


def drip():
    for byte in itertools.cycle(b"EPM1"):
        os.write(4, bytes([byte])[:0])
        time.sleep(0.01)


def close_connection():
    os.close(4)
    time.sleep(30)


# --- exhaustion


def loop():
    while True:
        pass


def loop_in_c():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    sum(itertools.repeat(0))


def sleep_long():
    time.sleep(60)


def use_memory(mib):
    kept = [np.ones(1 << 17) for _ in range(mib)]
    return len(kept)


def use_memory_slowly(mib):
    kept = []
    for _ in range(mib // 8):
        kept.append(bytearray(b"x" * (8 << 20)))
        time.sleep(0.002)
    return len(kept)


def start_threads(count):
    stop = threading.Event()
    threads = [threading.Thread(target=stop.wait, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return len(threads)


def print_much(mib):
    line = "x" * (1 << 16)
    for _ in range(mib * 16):
        print(line)


def print_to_errors(mib):
    for _ in range(mib * 16):
        os.write(2, b"x" * (1 << 16))


def return_much():
    return np.zeros(10 << 20)


def return_deep():
    value = []
    for _ in range(5000):
        value = [value]
    return value


def return_cycle():
    value = []
    value.append(value)
    return value


def return_wide():
    return [[str(i)] for i in range(300_000)]


def recurse():
    return recurse()


def recurse_in_c():
    sys.setrecursionlimit(1 << 30)
    value = []
    for _ in range(500_000):
        value = [value]
    return repr(value)


def segfault():
    return ctypes.string_at(0)


def fill_one_file(mib):
    with open("big", "wb") as file:
        for _ in range(mib):
            file.write(b"x" * (1 << 20))


def fill_many_files(mib):
    for number in range(mib):
        with open(f"file{number}", "wb") as file:
            file.write(b"x" * (1 << 20))
    time.sleep(5)


def make_many_files(count):
    for number in range(count):
        with open(f"empty{number}", "wb"):
            pass
    time.sleep(5)


def make_deep_folders(depth):
    for _ in range(depth):
        os.mkdir("d" * 200)
        with open("file", "w") as file:
            file.write("x")
        os.chdir("d" * 200)
    os.chmod(".", 0)
    return depth


def hide_in_deep_folders(mib):
    for _ in range(40):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    fill_many_files(mib)


def hide_in_closed_folders(mib):
    for number in range(mib):
        os.mkdir(f"closed{number}")
        fill_one_file_at(f"closed{number}/file")
        os.chmod(f"closed{number}", 0)
    time.sleep(5)


def fill_one_file_at(path):
    with open(path, "wb") as file:
        file.write(b"x" * (1 << 20))


def open_many():
    return len([os.open("/dev/null", os.O_RDONLY) for _ in range(2000)])
