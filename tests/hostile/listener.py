"""What listens for calls home."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.hostile.arena import MARKER

TCP_PORT, UDP_PORT, ABSTRACT_NAME = 48_151, 48_152, f"\0{MARKER}"
"""Where the attacks try to call; they stand in their code as well."""

_GOODBYE = secrets.token_bytes(8)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects every connection and datagram that reaches this machine's loopback or its abstract names."""
    heard: list[str] = []
    sockets = [
        _bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", TCP_PORT)),
        _bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", UDP_PORT)),
        _bound(socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT_NAME),
    ]
    threads = [threading.Thread(target=_listen, args=(one, heard), daemon=True) for one in sockets]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        for one, thread in zip(sockets, threads, strict=True):
            _end(one)
            thread.join()
            one.close()


def _bound(family: int, kind: int, address: object) -> socket.socket:
    made = socket.socket(family, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(address)  # type: ignore[arg-type]
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def _listen(one: socket.socket, heard: list[str]) -> None:
    while True:
        try:
            said = one.accept()[1] if one.type == socket.SOCK_STREAM else one.recv(1 << 16)
        except OSError:  # shut down
            return
        if said == _GOODBYE:
            return
        heard.append(f"{one.getsockname()!r}: {said!r}")


def _end(one: socket.socket) -> None:
    """A datagram socket cannot be shut down while somebody waits on it, so it is told."""
    if one.type == socket.SOCK_STREAM:
        one.shutdown(socket.SHUT_RDWR)
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_GOODBYE, one.getsockname())
