"""Grades a class with attackers in it, as a lecturer would, and looks for whatever they got away with."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment import clone_root
from grader.gradebook import read_gradebook
from grader.intake import assign_student_ids, find_submissions
from grader.layout import ResultsFolder
from grader.results import CheckResult, SubmissionResult, Tier, Verdict
from tests.hostile.corpus import BASE, HONEST, REFUSED, Attack, hand_in, hand_in_base, hand_in_honest

ASSIGNMENT = "cs7cs4_week8"
CALL_SECONDS = 3  # in place of the assignment's 20: many attacks do nothing but wait for the limit
SEED = 8_675_309_123
BOAST = "PWNED"
"""What an attack prints when it got what it wanted. Its code never holds the word in one piece."""
MARKER = "epochmark-was-here"
"""The name, or the start of it, of every file that an attack tries to leave behind."""
PORTS = (48_151, 48_152)
ORDINARY_UID = 12_345


@dataclass(frozen=True)
class Graded:
    """One run of `grader grade`: `results` by the names of students and attacks; `printed` is its output."""

    results: dict[str, SubmissionResult]
    printed: str
    seconds: float
    code: int


@dataclass
class Arena:
    """A folder with a copy of the assignment, classes and results. `secrets` must never come out."""

    root: Path
    jobs: int = 2
    tier: Tier | None = None
    as_user: bool = False
    secrets: dict[str, str] = field(default_factory=lambda: {k: _token() for k in ("env", "file", "sibling")})

    _trained: Path | None = None  # what an earlier class trained need not be trained again

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o755)
        for part in ("assignment", "reference"):
            shutil.copytree(clone_root() / part / ASSIGNMENT, self.root / "clone" / part / ASSIGNMENT)
        settings = self.root / "clone" / "assignment" / ASSIGNMENT / "assignment.toml"
        text = settings.read_text(encoding="utf-8")
        assert "call_seconds = 20 " in text
        settings.write_text(text.replace("call_seconds = 20 ", f"call_seconds = {CALL_SECONDS} "))
        for path in (self.root / "clone" / "reference").rglob("*.py"):
            path.write_text(path.read_text(encoding="utf-8") + f"\n# {self.secrets['file']}\n")

    def grade(self, name: str, attacks: Sequence[Attack], *, students: Sequence[str] = HONEST) -> Graded:
        """A class of honest students, one more who is mostly wrong, and the attackers."""
        folder, out = self.root / name, self.root / f"{name}-results"
        folder.mkdir()
        handed_in = {student: hand_in_honest(folder, student) for student in students}
        for path in handed_in.values():
            with (path / "convolution.py").open("a") as module:
                module.write(f"\n# {self.secrets['sibling']}\n")
        handed_in[BASE] = hand_in_base(folder, BASE)
        handed_in |= {attack.name: hand_in(attack, folder) for attack in attacks}
        if self._trained:
            out.mkdir()
            shutil.copy(self._trained, ResultsFolder(out).training)
        if self.as_user:
            subprocess.run(["chown", "-R", "-h", str(ORDINARY_UID), self.root], check=True)
        graded = self._run(folder, out, handed_in)
        self._trained = ResultsFolder(out).training
        return graded

    def _run(self, folder: Path, out: Path, handed_in: dict[str, Path]) -> Graded:
        words = [
            "grade",
            folder,
            "--assignment",
            ASSIGNMENT,
            "--out",
            out,
            "--jobs",
            self.jobs,
            "--format",
            "html",
        ]
        words += ["--assignments", self.root / "clone", "--seed", SEED, "--quiet"]
        words += ["--tier", self.tier] if self.tier else []
        environment = {"EPOCHMARK_DATA": "/dev/null", "EPOCHMARK_NOTE": self.secrets["env"], "COLUMNS": "200"}
        command = [sys.executable, "-m", "grader.cli", *map(str, words)]
        if self.as_user:
            set_here = [f"{key}={value}" for key, value in environment.items()]
            user = [sys.executable, "-m", "tests.sandbox.as_user", str(ORDINARY_UID), str(self.root)]
            command = [*user, "/usr/bin/env", *set_here, *command]
        begun = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=clone_root(),
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            errors="replace",
        )
        seconds = time.perf_counter() - begun
        ids = assign_student_ids(find_submissions(folder))
        with read_gradebook(ResultsFolder(out).gradebook) as gradebook:
            by_id = {result.student_id: result for result in gradebook.results()}
        results = {name: by_id[ids[path]] for name, path in handed_in.items()}
        return Graded(results, done.stdout + done.stderr, seconds, done.returncode)

    def leaks(self, name: str) -> list[str]:
        """Secrets, boasts and foreign markers in what was written for `name`."""
        out = self.root / f"{name}-results"
        found = []
        for path in sorted(path for path in out.rglob("*") if path.is_file()):
            content = path.read_bytes()
            words = [BOAST, *self.secrets.values()]
            words += [str(SEED)] if "students" in path.parts else []
            found += [f"{path.relative_to(out)}: {word}" for word in words if word.encode() in content]
        return found

    def leftovers(self) -> list[str]:
        """Files that an attack left anywhere that it could think of; they are removed."""
        home = Path(os.path.expanduser("~"))
        packages = Path(sys.prefix).rglob("site-packages")
        places = [Path(p) for p in ("/tmp", "/var/tmp", "/dev/shm", "/", "/run", "/etc")]
        places += [home, clone_root(), self.root, *self.root.iterdir(), *packages]
        found = {p for place in places if place.is_dir() for p in place.iterdir() if MARKER in p.name}
        for path in found:
            path.unlink()
        return sorted(map(str, found))


def _token() -> str:
    return f"CANARY-{secrets.token_hex(12)}"


# --- what an attack may not come to


def problems(attack: Attack, graded: Graded, alone: Graded) -> list[str]:
    """How the outcome differs from "gained nothing, as foretold"; empty when all is well."""
    result = graded.results[attack.name]
    if result.fault:
        return [f"a fault of the grader's: {result.fault}"]
    if attack.verdict == REFUSED or result.problem:
        verdict = REFUSED if result.problem else "not refused"
        wrong = [] if verdict == attack.verdict else [f"expected {attack.verdict}: {result.problem}"]
        return wrong + _missing_words(attack, result.problem)
    checks = {check.check: check for check in result.checks}
    found = _gains(checks, {check.check: check for check in alone.results[attack.without].checks}, attack)
    verdict = str(checks[attack.check].verdict)
    if verdict not in attack.verdict.split(" or "):
        found.append(f"{attack.check} {verdict}, expected {attack.verdict}: {checks[attack.check].feedback}")
    return found + _missing_words(attack, " / ".join(check.feedback for check in result.checks))


def _gains(checks: dict[str, CheckResult], base: dict[str, CheckResult], attack: Attack) -> list[str]:
    found = []
    for name, check in checks.items():
        if check.verdict is Verdict.GRADER_ERROR:
            found.append(f"{name} became the grader's error: {check.detail[-300:]}")
        elif (check.score or 0) > (base[name].score or 0) + 1e-9:
            found.append(f"{name} gained {check.score} points, {base[name].score} without the attack")
        if name in attack.fails and check.verdict is Verdict.PASSED:
            found.append(f"{name} passed")
    return found


def _missing_words(attack: Attack, text: str) -> list[str]:
    return [] if attack.words in text else [f"{attack.words!r} is not in: {text[:400]}"]


def differences(name: str, alone: Graded, among: Graded) -> list[str]:
    """What an honest student got otherwise because of the attackers."""
    return [
        f"{name} {one.check}: {_outcome(one)} alone, {_outcome(other)} among attackers"
        for one, other in zip(alone.results[name].checks, among.results[name].checks, strict=True)
        if _outcome(one) != _outcome(other)
    ]


def _outcome(check: CheckResult) -> tuple[str, str, float | None, str, str, int]:
    return check.check, str(check.verdict), check.score, check.feedback, check.output, check.cases_passed


# --- what listens for calls home


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects every connection and datagram that reaches this machine's loopback or its abstract names."""
    heard: list[str] = []
    sockets = [
        _bound(socket.AF_INET, kind, ("127.0.0.1", port)) for port, kind in zip(PORTS, _KINDS, strict=True)
    ]
    sockets.append(_bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{MARKER}"))
    threads = [threading.Thread(target=_listen, args=(one, heard), daemon=True) for one in sockets]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        for one, thread in zip(sockets, threads, strict=True):
            one.shutdown(socket.SHUT_RDWR) if one.type == socket.SOCK_STREAM else _wake(one)
            thread.join()
            one.close()


_KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
_GOODBYE = secrets.token_bytes(8)


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


def _wake(datagrams: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_GOODBYE, datagrams.getsockname())
