"""The process: what it imports, how it begins, that it ends."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forven.strategies.script import platforms, process
from tests.strategies.script.made_scripts import frame_at, on_frame, script_of, unchecked


def test_the_process_imports_next_to_nothing():
    boot = process._boot(()).removesuffix("serve()")
    code = f"{boot}\nsys.__stdout__.write('\\n'.join(sys.modules))"
    command = [sys.executable, "-s", "-S", "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={})
    modules = done.stdout.split()
    own = {name for name in modules if name.startswith("forven")}
    assert {name.split(".")[1] for name in own if "." in name} == {
        "kernels",
        "primitives",
        "strategies",
    }
    assert not {name for name in own if name.startswith("forven.strategies.script.")} & {
        f"forven.strategies.script.{name}" for name in ("driver", "encoding", "process", "source")
    }
    assert not {"numpy", "orjson", "asyncio", "socket", "subprocess"} & set(modules)
    assert len(modules) < 150


def test_only_allowed_modules_are_imported_for_it():
    lines = process._boot(("os", "collections", "math; print(1)")).split("\n")
    assert [line for line in lines if line.startswith("import")] == [
        "import sys",
        "import collections",
        "import heapq",
    ]


def test_the_process_is_gone_once_closed(opened):
    session = opened(script_of("ctx.log('a')"))
    session.frame(frame_at(0))
    pid = session.pid
    session.close()
    assert session.pid is None
    assert not Path(f"/proc/{pid}").exists() or sys.platform != "linux"


def test_a_python_that_does_not_start_is_told(opened, monkeypatch):
    monkeypatch.setattr(process, "_boot", lambda modules: "raise RuntimeError('no library')")
    outcome = opened(script_of("pass")).frame(frame_at(0))
    assert "found it ended (exit status 1: RuntimeError: no library)" in outcome.decisions[0].text


def test_a_sandbox_that_cannot_be_put_up_runs_nothing(opened, monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 1)
    outcome = opened(script_of("ctx.log('ran')")).frame(frame_at(0))
    if sys.platform == "linux":
        assert "sandbox: expected the session's process as parent" in outcome.decisions[0].text
        assert [d.text for d in outcome.decisions if d.text == "ran"] == []


def test_without_the_filter_limits_and_names_still_hold(opened, monkeypatch):
    monkeypatch.setattr("forven.strategies.script.driver.sandbox_machine", lambda: "")
    session = opened(unchecked(on_frame("ctx.log(1)", "reach('open')('/etc/passwd', 0)")))
    texts = [decision.text for decision in session.frame(frame_at(0)).decisions]
    assert texts[0] == "1"
    assert "Too many open files" in texts[1]  # the limit of descriptors, not the filter
    assert platforms.UNSANDBOXED == "FORVEN_SCRIPTS_UNSANDBOXED"


def test_a_message_larger_than_a_pipe_goes_through(opened):
    session = opened(script_of("ctx.log('x' * 2_000) if ctx.chain else None"))
    session.send_many([frame_at(second) for second in range(2_000)])
    outcomes = session.collect_many()
    assert len(outcomes) == 2_000
    assert all(len(outcome.decisions[0].text) == 2_000 for outcome in outcomes)


def test_a_process_killed_from_outside_is_told_and_replaced(opened):
    session = opened(script_of("ctx.log('a')"))
    session.frame(frame_at(0))
    os.kill(session.pid, 9)
    os.waitid(os.P_PID, session.pid, os.WEXITED | os.WNOWAIT)
    outcome = session.frame(frame_at(1))
    assert "found it ended (SIGKILL)" in outcome.decisions[0].text
    assert [d.text for d in session.frame(frame_at(2)).decisions] == ["a"]


@pytest.fixture
def full(monkeypatch):
    """Return a function that lets so many starts of a process fail, the system being full."""
    real = subprocess.Popen

    def fail(count):
        left = [OSError(errno.EMFILE, "Too many open files")] * count
        monkeypatch.setattr(
            process.subprocess, "Popen", lambda *given, **named: start(left, given, named)
        )

    def start(left, given, named):
        if left:
            raise left.pop()
        return real(*given, **named)

    return fail


def test_a_process_that_cannot_be_started_is_told_and_tried_again(opened, full):
    session = opened(script_of("ctx.log('a')"))
    full(2)
    session.start()
    outcome = session.frame(frame_at(0))
    assert outcome.decisions[0].data == {"crash": 1, "given_up": False}
    expected = "process: expected it to start, found [Errno 24] Too many open files"
    assert outcome.decisions[0].text == expected
    assert [d.text for d in session.frame(frame_at(1)).decisions] == ["a"]


def test_a_process_that_died_and_cannot_be_replaced_is_tried_again(opened, full):
    session = opened(
        unchecked(on_frame("if ctx.clock.second == 0: reach('_exit')(1)", "ctx.log(1)"))
    )
    session.start()
    full(1)
    assert "found it ended" in session.frame(frame_at(0)).decisions[0].text
    assert session.pid is None
    assert [d.text for d in session.frame(frame_at(1)).decisions] == ["1"]


def test_a_full_system_gives_a_script_up_in_the_end(opened, full):
    session = opened(script_of("ctx.log('a')"))
    full(100)
    found = [session.frame(frame_at(second)) for second in range(4)]
    assert [len(outcome.decisions) for outcome in found] == [1, 1, 1, 0]
    assert session.is_given_up
