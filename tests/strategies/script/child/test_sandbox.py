"""Attacks from inside a script whose text nobody checked: each is held, and told as an error."""

import errno
import os
import re
import socket
import struct
import sys
import threading
from pathlib import Path

import pytest

from forven.strategies.script.limits import ScriptLimits
from tests.market.feeds.made_streams import eventually
from tests.strategies.script.made_scripts import frame_at, on_frame, script_of, unchecked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter of calls is Linux's")

SOON = ScriptLimits(call_cpu_ms=100, call_wall_ms=60_000)


@pytest.fixture
def unfiltered(monkeypatch):
    """Let processes run with their limits, but without the filter of calls."""
    monkeypatch.setattr("forven.strategies.script.driver.sandbox_machine", lambda: "")


def first(session):
    return session.frame(frame_at(0))


def errors(outcome):
    return [decision.text for decision in outcome.decisions if decision.kind == "error"]


def assert_others_go_on(opened):
    """A script beside the attacker, and this process, are as they were."""
    outcome = first(opened(script_of("ctx.log('sound')")))
    assert [decision.text for decision in outcome.decisions] == ["sound"]


REFUSED = {
    "a file is opened": "reach('open')('/etc/passwd', 0)",
    "a file is made": "reach('open')('made', 65, 438)",
    "builtins open a file": "reach('__builtins__')['open']('/etc/passwd')",
    "a folder is listed": "reach('listdir')('/')",
    "processes are listed": "reach('listdir')('/proc')",
    "its own memory map is read": "reach('open')('/proc/self/maps', 0)",
    "a file is looked at": "reach('stat')('/')",
    "a link is read": "reach('readlink')('/proc/self/exe')",
    "a process is forked": "reach('fork')()",
    "a program is run": "reach('execv')('/bin/sh', ['sh', '-c', 'true'])",
    "a program is spawned": "reach('posix_spawn')('/bin/sh', ['sh'], {})",
    "the parent is killed": "reach('kill')(PARENT, 9)",
    "all are killed": "reach('kill')(-1, 9)",
    "the parent is looked for": "reach('kill')(PARENT, 0)",
    "a pipe is made": "reach('pipe')()",
    "a descriptor is doubled": "reach('dup')(4)",
    "priority is raised": "reach('nice')(-5)",
    "the user is changed": "reach('setuid')(12345)",
    "another descriptor is read": "reach('read')(0, 10)",
    "another descriptor is written": "reach('write')(1, b'x')",
}
ALONE = {  # what limits alone make of some of these: another error, or none at all
    "a file is opened": str(errno.EMFILE),
    "a file is looked at": "done",
    "a link is read": "done",
    "the parent is looked for": "done",
    "a descriptor is doubled": str(errno.EINVAL),
    "another descriptor is read": "done",
    "another descriptor is written": "done",
}


def attacked(opened, attack):
    """What becomes of an attack: the number of its error, or that it is done."""
    line = attack.replace("PARENT", str(os.getpid()))
    lines = (
        "try:",
        f"    {line}",
        "    ctx.log('done')",
        "except Exception as error:",
        "    ctx.log(error.errno)",
    )
    outcome = first(opened(unchecked(on_frame(*lines))))
    (decision,) = outcome.decisions
    return decision.text


@pytest.mark.parametrize("attack", REFUSED.values(), ids=REFUSED.keys())
def test_a_call_to_the_system_is_refused(opened, attack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert attacked(opened, attack) == str(errno.EPERM)
    assert list(tmp_path.iterdir()) == []
    assert_others_go_on(opened)


@pytest.mark.parametrize(("name", "found"), ALONE.items(), ids=ALONE.keys())
def test_it_is_the_filter_that_refuses_it(opened, unfiltered, name, found):
    assert attacked(opened, REFUSED[name]) == found


def test_a_call_that_is_refused_is_an_error_of_the_script(opened):
    lines = ("ctx.log('begins')", "reach('open')('/etc/passwd', 0)", "ctx.log('done')")
    outcome = first(opened(unchecked(on_frame(*lines))))
    begins, error = outcome.decisions
    assert begins.text == "begins"
    assert error.text.startswith("PermissionError: [Errno 1] Operation not permitted")
    assert len(outcome.commands) == 1


def test_a_thread_is_not_started(opened):
    line = "reach('sys').modules['_thread'].start_new_thread(print, ())"
    (text,) = errors(first(opened(unchecked(on_frame(line)))))
    assert text.startswith("RuntimeError: can't start new thread")
    assert_others_go_on(opened)


NATIVE = {
    "socket": "socket(2, 1, 0)",
    "a raw call of socket": "syscall(41, 2, 1, 0)",
    "a raw call of openat": "syscall(257, -100, b'/etc/passwd', 0)",
    "a raw call of clone": "syscall(56, 0x50f00, 0, 0, 0, 0)",
    "a raw call of fork": "syscall(57)",
    "a raw call of kill": "syscall(62, PARENT, 0)",
    "a trace of the parent": "syscall(101, 16, PARENT, 0, 0)",
    "the parent's memory": "syscall(310, PARENT, 0, 0, 0, 0, 0)",
    "memory to be executed": "mmap(0, 4096, 7, 34, -1, 0)",
    "memory made executable": "syscall(10, 0, 4096, 5)",
    "a page declared broken": "syscall(28, 0, 4096, 100)",
    "another filter": "prctl(22, 2, 0)",
    "the limits lifted": "syscall(302, 0, 9, 0, 0)",
    "a ring of calls": "syscall(425, 8, 0)",
    "an event of the kernel": "syscall(298, 0, 0, 0, 0, 0)",
    "a wait": "syscall(35, 0, 0)",
}
NATIVE_ALONE = {
    "socket": f"-1 {errno.EMFILE}",
    "a raw call of openat": f"-1 {errno.EMFILE}",
    "a raw call of kill": "0 0",
    "the parent's memory": "0 0",
    "memory made executable": f"-1 {errno.ENOMEM}",
    "another filter": f"-1 {errno.EFAULT}",
    "the limits lifted": "0 0",
    "a wait": f"-1 {errno.EFAULT}",
}
is_x86_64 = pytest.mark.skipif(
    os.uname().machine != "x86_64", reason="the numbers of calls are x86-64's"
)


def called(opened, attack):
    """What a call by native code returns, and the number of its error."""
    line = attack.replace("PARENT", str(os.getpid()))
    script = unchecked(on_frame(f"ctx.log(native().{line}, last_error())", "ctx.log('lives')"))
    text, lives = [decision.text for decision in first(opened(script)).decisions]
    assert lives == "lives"
    return text


@is_x86_64
@pytest.mark.parametrize("attack", NATIVE.values(), ids=NATIVE.keys())
def test_native_code_is_held_too(opened, attack):
    assert called(opened, attack) == f"-1 {errno.EPERM}"
    assert_others_go_on(opened)


@is_x86_64
@pytest.mark.parametrize(("name", "found"), NATIVE_ALONE.items(), ids=NATIVE_ALONE.keys())
def test_it_is_the_filter_that_holds_native_code(opened, unfiltered, name, found):
    assert called(opened, NATIVE[name]) == found


def test_a_shell_is_not_started(opened, tmp_path):
    made = tmp_path / "made"
    outcome = first(opened(unchecked(on_frame(f"native().system(b'touch {made}')"))))
    assert outcome.decisions == []
    assert not made.exists()


def test_the_call_of_a_32_bit_program_ends_the_process(opened):
    lines = "ctx.log(native().syscall(0x40000000 + 39))"
    session = opened(unchecked(on_frame(lines)))
    outcome = first(session)
    if os.uname().machine == "x86_64":
        assert "SIGSYS" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_an_endless_loop_is_ended(opened):
    session = opened(script_of("while True: pass"), limits=SOON)
    outcome = first(session)
    assert "at most 100 ms of processor time" in errors(outcome)[0]
    assert outcome.decisions[0].data == {"crash": 1, "given_up": False}
    assert_others_go_on(opened)


def test_one_long_call_into_c_is_ended(opened):
    outcome = first(opened(script_of("sum(range(10**12))"), limits=SOON))
    assert "at most 100 ms of processor time" in errors(outcome)[0]


LOCK = "lock = reach('sys').modules['_thread'].allocate_lock()"
WAIT = on_frame(LOCK, "lock.acquire()", "lock.acquire()")


def test_a_wait_is_no_call_that_is_listed(opened):
    outcome = first(opened(unchecked(WAIT)))
    assert "process: expected it to run, found it ended (SIG" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_a_wait_without_work_is_ended(opened, unfiltered):
    limits = ScriptLimits(call_cpu_ms=60_000, call_wall_ms=300)
    outcome = first(opened(unchecked(WAIT), limits=limits))
    assert "found none (wall-clock limit)" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_endless_memory_is_an_error_of_the_script(opened):
    small = ScriptLimits(call_cpu_ms=10_000, call_wall_ms=30_000, memory_bytes=96 * 2**20)
    script = script_of("kept = []", "while True: kept.append(bytearray(2**20))")
    session = opened(script, limits=small)
    outcome = first(session)
    assert errors(outcome)[0].startswith("MemoryError")
    assert session.frame(frame_at(1)).commands != []  # still there, and wrong again
    assert_others_go_on(opened)


def test_endless_recursion_is_an_error_of_the_script(opened):
    source = on_frame("deep(0)", before="def deep(n):\n    return deep(n + 1)\n")
    outcome = first(opened(unchecked(source)))
    assert "RecursionError" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_a_stack_that_overflows_ends_only_the_process(opened):
    lines = (
        "reach('sys').setrecursionlimit(10**9)",
        "value = ()",
        "for _ in range(10**6): value = (value,)",
        "hash(value)",
    )
    session = opened(unchecked(on_frame(*lines)), limits=ScriptLimits(call_cpu_ms=3_000))
    (text,) = errors(first(session))
    assert re.search("found it ended .SIGSEGV|RecursionError|MemoryError", text)
    assert_others_go_on(opened)


def test_a_crash_of_the_interpreter_ends_only_the_process(opened):
    session = opened(unchecked(on_frame("native().memset(0, 0, 100)")))
    outcome = first(session)
    assert "SIGSEGV" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_the_script_cannot_end_itself_quietly(opened):
    for line in ("reach('_exit')(0)", "raise SystemExit", "raise KeyboardInterrupt"):
        outcome = first(opened(unchecked(on_frame(line), "math")))
        assert len(errors(outcome)) == 1
    assert_others_go_on(opened)


def reply(body, size=None, kind=5):
    """A message as a process sends it; perhaps its head does not say how long it is."""
    return struct.pack("<IB", len(body) if size is None else size, kind) + body


FORGED = {
    "noise": (b"noise that is no message at all", "found 1936289646"),
    "a huge length": (reply(b"", size=2**31 - 1), "at most 2097152 bytes, found 2147483647"),
    "another kind": (reply(b"", kind=9), "expected decisions, found another message"),
    "two answers": (reply(b"") * 2, "expected one message, found more"),
    "no JSON": (reply(b"[[["), "expected JSON, found something else"),
    "a frame beyond": (reply(b"[[7, []]]"), "expected a frame of 1, found another"),
    "no entry": (reply(b"[[0,[7]]]"), "expected entries as lists, found something else"),
    "an order of nonsense": (
        reply(b'[[0,[["place",1,2,true,3]]]]'),
        "expected an order, found something else",
    ),
    "an order of no one": (
        reply(b'[[0,[["place",1,125,true,[[9,1,1]]]]]]'),
        "expected an instrument and an action, found numbers beyond them",
    ),
    "an error with data": (
        reply(b'[[0,[["error","a",{"given_up":true}]]]]'),
        "expected an entry of the log, found other fields",
    ),
    "a depth that no one writes": (
        reply(b'[[0,[["log","info","a",{"x":' + b"[" * 400 + b"]" * 400 + b"}]]]]"),
        "expected data of at most 6 levels, found more",
    ),
}


@pytest.mark.parametrize(("answer", "reason"), FORGED.values(), ids=FORGED.keys())
def test_an_answer_that_is_forged_ends_the_process(opened, answer, reason):
    lines = (f"reach('write')(4, {answer!r})", "while True: pass")
    outcome = first(opened(unchecked(on_frame(*lines))))
    (text,) = errors(outcome)
    assert reason in text
    assert outcome.decisions[0].data["crash"] == 1
    assert [row[1] for row in outcome.commands] == [5]
    assert_others_go_on(opened)


def test_a_flood_of_answers_is_not_kept(opened):
    flood = f"reach('write')(4, {reply(b'', size=2**20)!r} + b'x' * 60_000)"
    outcome = first(opened(unchecked(on_frame(f"while True: {flood}"))))
    assert "expected one message, found more" in errors(outcome)[0]
    assert_others_go_on(opened)


def test_what_is_printed_goes_to_the_log_or_nowhere(opened, capfd):
    session = opened(script_of("print('a', 1)"))
    assert [decision.text for decision in first(session).decisions] == ["a 1"]
    flood = unchecked(on_frame("native().puts(b'x' * 1000)", "native().fflush(0)", "ctx.log('on')"))
    assert [decision.text for decision in first(opened(flood)).decisions] == ["on"]
    assert capfd.readouterr() == ("", "")


def test_the_environment_holds_nothing_of_ours(opened, monkeypatch):
    monkeypatch.setenv("FORVEN_API_KEY", "secret")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    for name in ("DYLD_LIBRARY_PATH", "PYTHONHOME"):
        monkeypatch.delenv(name, raising=False)
    session = opened(unchecked(on_frame("ctx.log(sorted(reach('environ')))")))
    (decision,) = first(session).decisions
    names = set(eval(decision.text)) - {"LC_CTYPE"}  # Python's own, where there is no locale
    assert names == {"LD_LIBRARY_PATH", "PYTHONHASHSEED", "TZ"}


def test_no_descriptor_of_ours_is_open(opened, unfiltered, tmp_path):
    """A confined process tells its descriptors to root alone; one without the filter to us."""
    with (tmp_path / "ours").open("w") as ours, socket.socket() as network:
        os.set_inheritable(ours.fileno(), True)
        os.set_inheritable(network.fileno(), True)
        session = opened(script_of("ctx.log('runs')"))
        first(session)
        held = {path.name: path.readlink() for path in Path(f"/proc/{session.pid}/fd").iterdir()}
    assert sorted(held) == ["0", "1", "2", "3", "4"]
    assert {str(held[name]) for name in "012"} == {"/dev/null"}
    assert all(str(held[name]).startswith("pipe:") for name in "34")


def test_the_process_ends_with_the_thread_that_made_it(opened):
    found = []

    def run():
        session = opened(script_of("while True: pass"))
        session.send(frame_at(0))
        found.append(session.pid)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert eventually(lambda: state_of(found[0]) == "Z")


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_an_interrupt_from_the_terminal_does_not_reach_it(opened):
    session = opened(script_of("ctx.log('on')"))
    first(session)
    assert os.getsid(session.pid) != os.getsid(0)
    assert os.getpgid(session.pid) != os.getpgid(0)
