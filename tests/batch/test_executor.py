"""What `--executor` takes, and what it says to everything else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.batch.executor import ClusterFile, connect, parse_executor
from grader.errors import GraderError, UsageError


@pytest.mark.parametrize(
    "address", ["dask://head:8786", "tcp://10.0.0.1:8786", "tls://head.example.org:8786", "tcp://[::1]:8786"]
)
def test_addresses(address: str) -> None:
    assert parse_executor(address) == ClusterFile(address=address)


@pytest.mark.parametrize(
    "text", ["http://head:80", "dask://head", "head:8786", "dask://a b:1", "nowhere.toml", "tcp://h:1/x"]
)
def test_what_is_neither_address_nor_file(text: str) -> None:
    with pytest.raises(UsageError, match="neither the address of a Dask scheduler nor a file") as caught:
        parse_executor(text)
    assert "docs/scale.md" in caught.value.hint


def write(folder: Path, text: str) -> str:
    path = folder / "cluster.toml"
    path.write_text(text)
    return str(path)


def test_a_file_that_makes_a_cluster(tmp_path: Path) -> None:
    """Options go to the class as they are."""
    text = 'class = "dask_jobqueue.SLURMCluster"\nwait_seconds = 3600\n[options]\nn_workers = 40\n'
    parsed = parse_executor(write(tmp_path, text))
    assert (parsed.cluster, parsed.wait_seconds) == ("dask_jobqueue.SLURMCluster", 3600)
    assert parsed.options == {"n_workers": 40}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('class = "os.system"', "line 1: class: Input should be 'distributed.LocalCluster'"),
        ('class = "distributed.LocalCluster"\nworker = 3', "line 2: worker: Extra inputs"),
        ('class = "distributed.LocalCluster"\nwait_seconds = 0', "line 2: wait_seconds: Input should be"),
        ("wait_seconds = 2", 'give either address = "tcp://HOST:PORT" or class'),
        ('address = "tcp://a:1"\nclass = "distributed.LocalCluster"', "give either address"),
        ('address = "head"', "line 1: address: String should match"),
        ("class = ", "not valid TOML"),
    ],
)
def test_mistakes_in_a_file(text: str, words: str, tmp_path: Path) -> None:
    """Each with its line, and where the keys are described. No class but those of the list is looked up."""
    with pytest.raises(GraderError) as caught:
        parse_executor(write(tmp_path, text))
    assert words in caught.value.message
    assert "docs/scale.md" in caught.value.hint or "TOML" in caught.value.message


def test_a_class_that_refuses_its_options(tmp_path: Path) -> None:
    """What the class says is passed on."""
    text = 'class = "distributed.LocalCluster"\n[options]\nprotocol = "smoke"\nn_workers = 0'
    parsed = parse_executor(write(tmp_path, text))
    with pytest.raises(GraderError, match=r"LocalCluster could not be made: .*smoke"), connect(parsed):
        pass


def test_a_class_that_is_not_installed(tmp_path: Path) -> None:
    parsed = parse_executor(write(tmp_path, 'class = "dask_kubernetes.operator.KubeCluster"'))
    with pytest.raises(UsageError, match="not installed") as caught, connect(parsed):
        pass
    assert caught.value.hint == "python -m pip install dask-kubernetes"


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the line that installs it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    nowhere = ClusterFile(address="tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match="Dask, which is not installed") as caught, connect(nowhere):
        pass
    assert "epochmark[dask]" in caught.value.hint


def test_nobody_answers() -> None:
    """What happened, and what to start. Dask tries until its time is over: if that is in the middle of
    a last try, on a busy machine, the time is what it reports."""
    reason = "(.*Connection refused|OSError: Timed out trying to connect to .*)"
    with (
        pytest.raises(UsageError, match=rf"at tcp://127\.0\.0\.1:9 \({reason}\)\.$") as caught,
        connect(parse_executor("dask://127.0.0.1:9")),
    ):
        pass
    assert "dask scheduler --port" in caught.value.hint
