"""Attacks of each layer, in T1 and T2. For each: what the attacker gets instead."""

from __future__ import annotations

import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.results import Tier, Verdict
from grader.sandbox import Limits, Opaque, Sandbox, Session, SubmissionFault, Value
from tests.sandbox.conftest import attack_module

LIMITS = Limits(call_seconds=0.5, memory_mib=700, scratch_mib=16)
PATIENT = LIMITS.model_copy(update={"call_seconds": 20.0})

Attack = Callable[..., Value]


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.open([attack_module()], {}, LIMITS) as opened:
        yield opened


@pytest.fixture
def patient(sandbox: Sandbox) -> Iterator[Session]:
    """For calls that take their time; none of them shall time out."""
    with sandbox.open([attack_module()], {}, PATIENT) as opened:
        yield opened


@pytest.fixture
def attack(session: Session) -> Attack:
    return lambda function, *args: session.call(function, args).value


def fault_of(session: Session, function: str, *args: Value) -> SubmissionFault:
    with pytest.raises(SubmissionFault) as caught:
        session.call(function, args)
    return caught.value


# --- secrets


@pytest.fixture
def secret_file() -> Iterator[Path]:
    """A file that the permissions give to everybody; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hidden_expected.npy"
        path.write_bytes(b"expected")
        path.chmod(0o644)
        Path(folder).chmod(0o755)
        yield path


def test_files_of_the_grader_cannot_be_read(session: Session, secret_file: Path) -> None:
    """Neither by their path nor by way of the own root or the file descriptor table."""
    for path in (secret_file, f"/proc/self/root{secret_file}", f"/proc/1/root{secret_file}", "/etc/passwd"):
        fault = fault_of(session, "read_file", str(path))
        assert fault.verdict is Verdict.RAISED
        assert "expected" not in fault.message.replace(secret_file.name, "")


def test_walking_the_disk_finds_no_check(attack: Attack, secret_file: Path) -> None:
    """os.walk from the root meets neither the project's folders nor its files."""
    assert attack("walk_for", [secret_file.name, "attacks.py", "reference", "calibration.json"]) == []


def test_no_environment_is_visible(session: Session) -> None:
    """The environment that this process was started with stands in no /proc file of the box."""
    path = f"PATH={os.environ['PATH']}"
    assert any(path in Path(f"/proc/{pid}/environ").read_text() for pid in (os.getpid(), os.getppid()))
    if session.tier is Tier.T1:
        assert session.call("environment_of_everybody", [path]).value == []
    else:  # there /proc cannot even be listed
        assert "PermissionError" in fault_of(session, "environment_of_everybody", path).message
    for pid in (os.getpid(), os.getppid(), "self"):
        if session.tier is not Tier.T1 or pid != "self":
            assert fault_of(session, "read_file", f"/proc/{pid}/environ").verdict is Verdict.RAISED


def test_only_own_process_is_visible(session: Session) -> None:
    """In T1 there is one process, the worker itself; otherwise the list is closed."""
    if session.tier is Tier.T1:
        assert session.call("processes_seen").value == [1]
    else:
        assert "PermissionError" in fault_of(session, "processes_seen").message


def test_no_descriptor_besides_its_own(attack: Attack) -> None:
    """Nowhere, output, errors, request and reply: the zygote's sockets are closed."""
    assert attack("open_descriptors")[:5] == [0, 1, 2, 3, 4]
    assert set(attack("open_descriptors")) - {0, 1, 2, 3, 4} <= {5, 6}


def test_expected_values_are_not_in_its_memory(attack: Attack) -> None:
    """A word of the checking process is in no object and in no global of the worker."""
    assert attack("strings_in_memory", "expected-", "value-4711") == 0


def test_neighbours_are_out_of_reach(sandbox: Sandbox, session: Session) -> None:
    """A second submission that is open at the same time can be neither read nor written."""
    with sandbox.open([attack_module()], {}, LIMITS) as neighbour:
        pid = neighbour._child.pid
        for function, argument in (("write_memory_of", pid), ("read_file", f"/proc/{pid}/maps")):
            assert fault_of(session, function, argument).verdict is Verdict.RAISED
        assert neighbour.call("honest", [1]).value == 2


# --- escape


@pytest.mark.parametrize(
    "function",
    ["fork", "execute", "replace_myself", "open_socket", "signal_everybody", "become_root", "change_packages",
     "push_into_terminal", "enlarge_pipe", "shared_memory"],
)  # fmt: skip
def test_escape_is_refused(session: Session, function: str) -> None:
    """The kernel refuses; the worker lives on and still answers."""
    fault = fault_of(session, function)
    assert fault.verdict is Verdict.RAISED
    assert any(word in fault.message for word in ("PermissionError", "BlockingIOError", "OSError"))
    assert session.call("honest", [1]).value == 2


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_dangerous_system_calls_fail(attack: Attack) -> None:
    """ptrace, process_vm_*, kill, mount, unshare, setns, bpf, io_uring, keyctl, userfaultfd, ..."""
    dangerous = {
        "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "kill": 62, "tkill": 200, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "socket": 41, "socketpair": 53, "connect": 42,
        "mount": 165, "umount2": 166, "unshare": 272, "setns": 308, "chroot": 161, "pivot_root": 155,
        "bpf": 321, "io_uring_setup": 425, "keyctl": 250, "add_key": 248, "userfaultfd": 323,
        "memfd_create": 319, "shmget": 29, "msgget": 68, "semget": 64, "perf_event_open": 298,
        "personality": 135, "setuid": 105, "setrlimit": 160, "capset": 126, "seccomp": 317, "symlink": 88,
        "link": 86, "mknod": 133, "inotify_init": 253, "fanotify_init": 300, "open_by_handle_at": 304,
        "name_to_handle_at": 303, "pidfd_open": 434, "pidfd_getfd": 438, "rt_sigqueueinfo": 129,
        "sched_setaffinity": 203, "setpriority": 141, "acct": 163, "swapon": 167, "reboot": 169,
        "init_module": 175, "kexec_load": 246, "syslog": 103, "sethostname": 170, "splice": 275,
        "vmsplice": 278, "move_pages": 279, "set_mempolicy": 238, "landlock_create_ruleset": 444,
        "x32 getpid": 0x40000000 + 39, "x32 execve": 0x40000000 + 520, "prctl no arguments": 157,
        "clone without a thread": 56,
    }  # fmt: skip
    assert attack("forbidden_calls", list(dangerous.values())) == []


# --- forging


def test_exit_is_a_crash(session: Session) -> None:
    """os._exit(0) does not look like success."""
    fault = fault_of(session, "exit_quietly")
    assert fault.verdict is Verdict.CRASHED
    assert "exit code 0" in fault.message
    assert session.closed


def test_sys_exit_is_a_crash(session: Session) -> None:
    """So does sys.exit(0)."""
    assert fault_of(session, "exit_by_exception").verdict is Verdict.CRASHED


def test_exit_handlers_do_not_run(session: Session) -> None:
    """A worker is ended, never asked to leave."""
    assert session.call("register_for_exit", [3]).value == 3
    session.close()


def test_objects_with_opinions_arrive_as_names(attack: Attack) -> None:
    """An object whose == is always true, or that unpickles into a command, is only named."""
    assert attack("always_equal") == Opaque("AlwaysEqual")
    assert attack("array_of_objects") == Opaque("ndarray of dtype object")
    assert attack("masked_array") == Opaque("MaskedArray")


def test_subclassed_arrays_arrive_plain(attack: Attack) -> None:
    """What compares outside is numpy's own array."""
    value = attack("sly_array")
    assert type(value) is np.ndarray
    assert not (value == np.ones(3)).any()


def test_inputs_are_copies(attack: Attack) -> None:
    """Changing an argument in place does not change what the check compares with."""
    given = np.arange(4.0)
    assert attack("change_input", given).tolist() == [7, 7, 7, 7]
    assert given.tolist() == [0, 1, 2, 3]


def test_patches_stay_in_their_process(sandbox: Sandbox, attack: Attack) -> None:
    """numpy patched by one submission is whole again in the next."""
    assert attack("patch_numpy") is True
    with sandbox.open([attack_module()], {}, LIMITS) as following:
        assert following.call("numpy_is_patched").value is False


def test_files_do_not_outlive_the_session(sandbox: Sandbox, attack: Attack) -> None:
    """The next submission starts with an empty folder."""
    assert attack("leave_file") == ["for-the-next-student.txt"]
    with sandbox.open([attack_module()], {}, LIMITS) as following:
        assert following.call("files_here").value == []


@pytest.mark.parametrize("function", ["skip_test", "raise_interrupt", "raise_unprintable"])
def test_exceptions_of_any_kind_are_raised(session: Session, function: str) -> None:
    """No exception of the worker becomes one of pytest's or of the grader's."""
    assert fault_of(session, function).verdict is Verdict.RAISED


def test_messages_are_harmless(session: Session) -> None:
    """Control and direction characters are gone, and the length is bounded."""
    fault = fault_of(session, "raise_escapes")
    assert not set(fault.message) & {"\x1b", "\u202e", "\x07"}
    assert len(fault.message) < 700


# --- the connection


def frame(header: bytes, body: int = 0, magic: bytes = b"EPM1", length: int | None = None) -> bytes:
    return struct.pack("<4sIQ", magic, len(header) if length is None else length, body) + header


HOSTILE_FRAMES = {
    "other magic": (frame(b"{}", magic=b"EVIL"), Verdict.CRASHED),
    "huge header": (frame(b"{}", length=0xFFFFFFFF), Verdict.OVER_LIMIT),
    "huge body": (frame(b"{}", body=1 << 60), Verdict.OVER_LIMIT),
    "partial frame": (frame(b"{}", length=1000), Verdict.TIMEOUT),
    "not JSON": (frame(b"\xff\xfe"), Verdict.CRASHED),
    "deep JSON": (frame(b'{"a":' * 10000 + b"1" + b"}" * 10000), Verdict.CRASHED),
    "no object": (frame(b"[]"), Verdict.CRASHED),
    "NaN": (frame(b'{"id":NaN,"arrays":[]}'), Verdict.CRASHED),
    "infinite": (frame(b'{"id":1e999,"arrays":[]}'), Verdict.CRASHED),
    "twice": (frame(b'{"id":1,"id":2,"arrays":[]}'), Verdict.CRASHED),
    "object dtype": (frame(b'{"id":"x","arrays":[["|O",[1]]]}', body=8), Verdict.CRASHED),
    "lying shape": (frame(b'{"id":"x","arrays":[["<f8",[1000000]]]}', body=8), Verdict.CRASHED),
    "negative shape": (frame(b'{"id":"x","arrays":[["<f8",[-1]]]}', body=8), Verdict.CRASHED),
    "overflowing shape": (
        frame(b'{"id":"x","arrays":[["<f8",[4294967296,4294967296,0]]]}'),
        Verdict.CRASHED,
    ),
    "other id": (frame(b'{"id":"0","value":1,"arrays":[]}'), Verdict.CRASHED),
}


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
def test_hostile_frames_are_refused(session: Session, name: str) -> None:
    """In bounded time and memory, whatever is written to the reply pipe."""
    payload, verdict = HOSTILE_FRAMES[name]
    begun = time.perf_counter()
    assert fault_of(session, "say", np.frombuffer(payload, np.uint8)).verdict is verdict
    assert time.perf_counter() - begun < 3


def test_reply_written_ahead_is_refused(session: Session) -> None:
    """A reply without the random id of its request ends the session."""
    assert fault_of(session, "reply_ahead").verdict is Verdict.CRASHED


def test_closed_connection_is_a_crash(session: Session) -> None:
    """A worker that closes its pipe is ended, at once."""
    fault = fault_of(session, "close_connection")
    assert fault.verdict in (Verdict.CRASHED, Verdict.TIMEOUT)
    assert session.closed


# --- exhaustion


@pytest.mark.parametrize("function", ["loop", "loop_in_c", "sleep_long", "drip"])
def test_endless_calls_time_out(session: Session, function: str) -> None:
    """In Python, in C with every signal blocked, asleep: all end soon after the limit."""
    begun = time.perf_counter()
    assert fault_of(session, function).verdict is Verdict.TIMEOUT
    assert time.perf_counter() - begun < LIMITS.call_seconds + 1.5


@pytest.mark.parametrize("function", ["use_memory", "use_memory_slowly"])
def test_memory_is_bounded(sandbox: Sandbox, function: str) -> None:
    """1 GiB is refused where 700 MiB are allowed."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        assert fault_of(session, function, 1024).verdict is Verdict.OVER_LIMIT


def test_threads_are_bounded(sandbox: Sandbox) -> None:
    """A thread bomb gets an exception, and some threads are allowed."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        assert session.call("start_threads", [16]).value == 16
        assert fault_of(session, "start_threads", 2000).verdict in (Verdict.RAISED, Verdict.OVER_LIMIT)


@pytest.mark.parametrize("function", ["print_much", "print_to_errors"])
def test_output_is_bounded(sandbox: Sandbox, function: str) -> None:
    """200 MiB of output end the session; the grader keeps 64 KiB of it."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        fault = fault_of(session, function, 200)
    assert fault.verdict is Verdict.OVER_LIMIT
    assert len(fault.detail) < 100_000


def test_much_output_is_cut(patient: Session) -> None:
    """A loud function still answers; the rest of its output is counted."""
    reply = patient.call("print_much", [1])
    assert 60_000 < len(reply.output) < 70_000
    assert "cut off" in reply.output


@pytest.mark.parametrize("function", ["return_much", "return_wide"])
def test_large_replies_are_refused(patient: Session, function: str) -> None:
    """80 MiB in one array, or 300,000 small lists."""
    assert fault_of(patient, function).verdict is Verdict.OVER_LIMIT


@pytest.mark.parametrize("function", ["return_deep", "return_cycle"])
def test_deep_replies_are_cut(patient: Session, function: str) -> None:
    """Nesting ends in a name at a depth of 40."""
    value = patient.call(function).value
    depth = 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    assert depth <= 41
    assert isinstance(value, Opaque)


def test_recursion_is_raised(patient: Session) -> None:
    """Python's own limit answers."""
    fault = fault_of(patient, "recurse")
    assert fault.verdict is Verdict.RAISED
    assert "RecursionError" in fault.message


@pytest.mark.parametrize("function", ["segfault", "recurse_in_c"])
def test_crashes_are_crashes(patient: Session, function: str) -> None:
    """A dead worker is reported with its signal, and only its own session is lost."""
    fault = fault_of(patient, function)
    assert fault.verdict in (Verdict.CRASHED, Verdict.OVER_LIMIT, Verdict.RAISED)
    if function == "segfault":
        assert "SIGSEGV" in fault.message


@pytest.mark.parametrize(
    ("function", "amount"), [("fill_one_file", 64), ("fill_many_files", 64), ("make_many_files", 20000)]
)
def test_disk_is_bounded(sandbox: Sandbox, function: str, amount: int) -> None:
    """Neither one large file, nor many, nor many empty ones."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        assert fault_of(session, function, amount).verdict in (Verdict.RAISED, Verdict.OVER_LIMIT)


def test_deep_folders_go_with_their_session(sandbox: Sandbox) -> None:
    """Deeper than any path may be long, and closed: they stall neither their own end nor the next worker."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        if session.tier is Tier.T1:
            assert session.call("make_deep_folders", [1500]).value == 1500
        else:
            assert fault_of(session, "make_deep_folders", 100_000).verdict is Verdict.OVER_LIMIT
    for _ in range(3):
        with sandbox.open([attack_module()], {}, LIMITS) as following:
            assert following.call("files_here").value == []


@pytest.mark.parametrize("function", ["hide_in_deep_folders", "hide_in_closed_folders"])
def test_nothing_can_be_hidden_on_disk(sandbox: Sandbox, function: str) -> None:
    """Neither deeper than a path can be long, nor in folders that are closed."""
    with sandbox.open([attack_module()], {}, PATIENT) as session:
        verdict = fault_of(session, function, 64).verdict
    assert verdict in (Verdict.RAISED, Verdict.OVER_LIMIT)


def test_descriptors_are_bounded(patient: Session) -> None:
    """2000 open files are too many."""
    assert "Too many open files" in fault_of(patient, "open_many").message


def test_honest_calls_go_on_after_attacks(sandbox: Sandbox) -> None:
    """The sandbox is as good as before; nothing was left behind."""
    with sandbox.open([attack_module()], {}, LIMITS) as session:
        assert session.call("honest", [np.arange(3)]).value.tolist() == [1, 2, 3]
