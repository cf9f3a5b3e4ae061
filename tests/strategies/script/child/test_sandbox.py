"""Attacks from inside a script whose text nobody checked: each is held, and told as an error."""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from forven.strategies.script.limits import ScriptLimits
from tests.strategies.script.made_scripts import frame_at, on_frame, script_of, unchecked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter of calls is Linux's")

QUICK = ScriptLimits(call_cpu_ms=100, call_wall_ms=1_000, memory_bytes=96 * 2**20)


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
    "forks without end": "[reach('fork')() for _ in range(1000)]",
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
    "a thread is started": "reach('sys').modules['_thread'].start_new_thread(print, ())",
}


@pytest.mark.parametrize("attack", REFUSED.values(), ids=REFUSED.keys())
def test_a_call_to_the_system_is_refused(opened, attack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = attack.replace("PARENT", str(os.getpid()))
    outcome = first(opened(unchecked(on_frame("ctx.log('begins')", line, "ctx.log('done')"))))
    assert outcome.decisions[0].text == "begins"
    assert not any(decision.text == "done" for decision in outcome.decisions)
    (text,) = errors(outcome)
    assert "Operation not permitted" in text or "can't start new thread" in text
    assert len(outcome.commands) == 1
    assert list(tmp_path.iterdir()) == []
    assert_others_go_on(opened)


NATIVE = {
    "socket": "socket(2, 1, 0)",
    "a raw call of socket": "syscall(41, 2, 1, 0)",
    "a raw call of openat": "syscall(257, -100, b'/etc/passwd', 0)",
    "a raw call of fork": "syscall(57)",
    "a raw call of kill": "syscall(62, PARENT, 9)",
    "a trace of the parent": "syscall(101, 16, PARENT, 0, 0)",
    "the parent's memory": "syscall(310, PARENT, 0, 0, 0, 0, 0)",
    "memory to be executed": "mmap(0, 4096, 7, 34, -1, 0)",
    "memory made executable": "syscall(10, 0, 4096, 5)",
    "another filter": "prctl(22, 2, 0)",
    "the limits lifted": "syscall(302, 0, 9, 0, 0)",
    "a ring of calls": "syscall(425, 8, 0)",
    "an event of the kernel": "syscall(298, 0, 0, 0, 0, 0)",
    "a wait": "syscall(35, 0, 0)",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of calls are x86-64's")
@pytest.mark.parametrize("attack", NATIVE.values(), ids=NATIVE.keys())
def test_native_code_is_held_too(opened, attack):
    line = attack.replace("PARENT", str(os.getpid()))
    script = unchecked(on_frame(f"ctx.log(native().{line})", "ctx.log('lives')"))
    texts = [decision.text for decision in first(opened(script)).decisions]
    assert texts == ["-1", "lives"]
    assert_others_go_on(opened)


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
    began = time.monotonic()
    session = opened(script_of("while True: pass"), limits=QUICK)
    outcome = first(session)
    assert "at most 100 ms of processor time" in errors(outcome)[0]
    assert outcome.decisions[0].data == {"crash": 1, "given_up": False}
    assert time.monotonic() - began < 5
    assert_others_go_on(opened)


def test_one_long_call_into_c_is_ended(opened):
    outcome = first(opened(script_of("sum(range(10**12))"), limits=QUICK))
    assert "processor time" in errors(outcome)[0]


def test_a_wait_without_work_is_ended(opened):
    lines = "reach('sys').modules['_thread'].allocate_lock().acquire()"
    twice = f"lock = {lines.removesuffix('.acquire()')}"
    source = on_frame(twice, "lock.acquire()", "lock.acquire()")
    outcome = first(opened(unchecked(source), limits=QUICK))
    assert errors(outcome)
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
    assert errors(first(session))
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


FORGED = {
    "noise": "b'noise that is no message at all'",
    "a huge length": "b'\\xff\\xff\\xff\\x7f\\x05'",
    "another kind": "b'\\x00\\x00\\x00\\x00\\x09'",
    "two answers": "b'\\x00\\x00\\x00\\x00\\x05' * 2",
    "no JSON": "b'\\x03\\x00\\x00\\x00\\x05[[['",
    "a frame beyond": "b'\\x09\\x00\\x00\\x00\\x05[[7, []]]'",
    "an order of nonsense": "b'\\x1b\\x00\\x00\\x00\\x05[[0,[[\"place\",1,2,true,3]]]]'",
}


@pytest.mark.parametrize("answer", FORGED.values(), ids=FORGED.keys())
def test_an_answer_that_is_forged_ends_the_process(opened, answer):
    lines = (f"reach('write')(4, {answer})", "while True: pass")
    session = opened(unchecked(on_frame(*lines)), limits=QUICK)
    outcome = first(session)
    assert len(errors(outcome)) == 1
    assert outcome.decisions[0].data["crash"] == 1
    assert [row[1] for row in outcome.commands] == [5]
    assert_others_go_on(opened)


def test_a_flood_of_answers_is_not_kept(opened):
    flood = "reach('write')(4, b'\\xff\\xff\\x0f\\x00\\x05' + b'x' * 60_000)"
    session = opened(unchecked(on_frame(f"while True: {flood}")), limits=QUICK)
    assert errors(first(session))
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


def test_no_descriptor_of_ours_is_open(opened, tmp_path):
    with (tmp_path / "ours").open("w") as ours, socket.socket() as network:
        os.set_inheritable(ours.fileno(), True)
        os.set_inheritable(network.fileno(), True)
        session = opened(script_of("ctx.log('runs')"))
        first(session)
        held = sorted(Path(f"/proc/{session.pid}/fd").iterdir()) if os.getuid() == 0 else []
        assert len(held) in (0, 5)


def test_the_process_ends_with_the_thread_that_made_it(opened):
    found = []

    def run():
        session = opened(script_of("while True: pass"))
        session.send(frame_at(0))
        found.append(session.pid)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    for _ in range(100):
        state = Path(f"/proc/{found[0]}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            break
        time.sleep(0.05)
    assert state == "Z"


def test_an_interrupt_from_the_terminal_does_not_reach_it(opened):
    session = opened(script_of("ctx.log('on')"))
    first(session)
    assert os.getpgid(session.pid) != os.getpgid(0)
    os.kill(session.pid, signal.SIGWINCH)
    assert session.frame(frame_at(1)).decisions[0].text == "on"
