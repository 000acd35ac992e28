"""Real headless Chromium, with every connection that it attempts on record.

It is driven through a pipe (`--remote-debugging-pipe`), so that nothing but the pages opens a socket.
All traffic is sent to a listener of ours, which writes it down and answers nothing; what is asked of the
network without reaching it, such as looking up a name, stands in Chromium's own log.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from tests.report.wire import Wire

PATIENCE = 60.0
"""Seconds until a browser that does not answer is a failure."""
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--proxy-bypass-list=<-loopback>",  # without it 127.0.0.1 would be asked directly
    # What Chromium would ask for by itself. Time and update servers it asks all the same: those are
    # not the page's, and no payload names them.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
)


def require_chromium() -> str:
    """Its path. Without it tests are skipped on a machine of one's own, and fail where CI is set."""
    found = shutil.which("chromium")
    if found is None:
        how = "Chromium is not installed: apt-get install --no-install-recommends chromium"
        pytest.fail(how) if os.environ.get("CI") else pytest.skip(how)
    return found


@dataclass
class Tab:
    """One page: what its scripts said, what it asked for, and what the browser refused it."""

    browser: Browser
    session: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    contexts: list[int] = field(default_factory=list)
    loaded: bool = False

    def evaluate(self, expression: str, context: int | None = None) -> Any:
        """The value of a JavaScript expression in the page, or in one of its frames."""
        where = {} if context is None else {"contextId": context}
        answer = self.browser.call(
            "Runtime.evaluate",
            self.session,
            expression=expression,
            returnByValue=True,
            userGesture=True,
            **where,
        )
        result = answer["result"]
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def hear(self, method: str, content: dict[str, Any]) -> None:
        match method:
            case "Runtime.consoleAPICalled":
                self.said += [str(argument.get("value")) for argument in content["args"]]
            case "Runtime.executionContextCreated":
                self.contexts.append(content["context"]["id"])
            case "Runtime.executionContextDestroyed":
                self.contexts.remove(content["executionContextId"])
            case "Runtime.executionContextsCleared":
                self.contexts.clear()
            case "Network.requestWillBeSent":
                self.asked.append(content["request"]["url"])
            case "Log.entryAdded":
                self.refused.append(content["entry"]["text"])
            case "Page.loadEventFired":
                self.loaded = True


class Browser:
    """Use as a context manager; `log` and `wire` are complete when it has ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tabs: dict[str, Tab] = {}
        self._answers: dict[int, dict[str, Any]] = {}
        self._count = 0
        self._rest = b""
        self.wire = Wire(patience=PATIENCE)

    def __enter__(self) -> Self:
        command = [
            require_chromium(),
            *_FLAGS,
            *(["--no-sandbox"] if os.geteuid() == 0 else []),  # it refuses to start as root otherwise
            f"--user-data-dir={self._folder / 'profile'}",
            f"--proxy-server=http://127.0.0.1:{self.wire.port}",
            f"--log-net-log={self._log}",
            "about:blank",
        ]
        its_input, self._to = os.pipe()
        self._from, its_output = os.pipe()

        def hand_over() -> None:
            # The numbers that Chromium expects, by way of others: ours might be 3 or 4.
            high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (its_input, its_output)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, preexec_fn=hand_over, close_fds=False, **silent)
        os.close(its_input)
        os.close(its_output)
        return self

    def __exit__(self, *_: object) -> None:
        self.call("Browser.close")
        self._process.wait(timeout=PATIENCE)
        os.close(self._to)
        os.close(self._from)
        self.wire.close()

    @property
    def _log(self) -> Path:
        return self._folder / "net-log.json"

    @property
    def log(self) -> str:
        """Everything that Chromium's network stack was asked to do."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def open(self, page: Path) -> Tab:
        """A new tab with this file, loaded."""
        target = self.call("Target.createTarget", url="about:blank")["result"]["targetId"]
        answer = self.call("Target.attachToTarget", targetId=target, flatten=True)
        tab = self._tabs.setdefault(answer["result"]["sessionId"], Tab(self, answer["result"]["sessionId"]))
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable", tab.session)
        tab.loaded = False
        self.call("Page.navigate", tab.session, url=page.as_uri())
        self.wait_for(lambda: [] if tab.loaded else [f"the end of loading {page.name}"])
        return tab

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its answer."""
        self._count += 1
        number = self._count
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        self.wait_for(lambda: [] if number in self._answers else [f"an answer to {method}"])
        return self._answers.pop(number)

    def wait_for(self, missing: Callable[[], Collection[str]]) -> None:
        """Listens to the browser until nothing is missing. Raises TimeoutError with what is."""
        deadline = time.monotonic() + PATIENCE
        while absent := missing():
            ready, _, _ = select.select([self._from], [], [], 0.1)
            if ready:
                self._listen()
            elif time.monotonic() > deadline:
                raise TimeoutError(f"after {PATIENCE:.0f} s still missing: {', '.join(sorted(absent))}")

    def _listen(self) -> None:
        read = os.read(self._from, 2**20)
        if not read:
            raise EOFError("Chromium ended by itself")
        *messages, self._rest = (self._rest + read).split(b"\0")
        for raw in messages:
            message = json.loads(raw)
            if "id" in message:
                self._answers[message["id"]] = message
            elif message.get("sessionId") in self._tabs:
                self._tabs[message["sessionId"]].hear(message["method"], message["params"])
