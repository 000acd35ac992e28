"""A listener that writes down who comes, and what for."""

from __future__ import annotations

import socketserver
import threading

MOVED = "/moved-"
"""A path that begins so is answered with a redirect to the same without it."""


class Wire:
    """`seen` holds the first line of every connection to `port`, empty where nothing was said.

    After `patience` seconds of silence it hangs up: some protocols wait for the server to speak first.
    """

    def __init__(self, *, patience: float) -> None:
        self.seen: list[str] = []
        seen = self.seen

        class Listener(socketserver.StreamRequestHandler):
            timeout = patience

            def handle(self) -> None:
                try:
                    line = self.rfile.readline(4096).decode("latin-1").strip()
                except TimeoutError:
                    line = ""
                seen.append(line)
                self.wfile.write(_answer(line).encode("latin-1"))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Listener)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _answer(line: str) -> str:
    path = line.split()[1] if line.count(" ") else ""
    status = f"302 Moved\r\nLocation: /{path.removeprefix(MOVED)}" if path.startswith(MOVED) else "404 None"
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
