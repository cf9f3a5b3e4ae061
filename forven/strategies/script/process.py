"""The process of a script, from the session's side: started, asked, timed, killed."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from forven.strategies.script import protocol
from forven.strategies.script.decoding import ScriptDied
from forven.strategies.script.limits import REPLY_BYTES_PER_FRAME_MAX, ScriptLimits
from forven.strategies.script.names import MODULES

_READ_BYTES = 1 << 20
_PIPE_BYTES = 1 << 20
_LOOK_MS = 20  # how often the processor time of a busy script is looked at
_CLOSE_SECONDS = 2.0
_NOTE_BYTES_MAX = 2_000
_SET_PIPE_SIZE = 1_031  # F_SETPIPE_SZ; not in every Python's fcntl
_MADE_READY = {
    "collections": ("heapq",),
    "datetime": ("_strptime",),
    "functools": ("types", "weakref"),
}
"""What modules import only when a part of them is used: too late for a script."""
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")


class ScriptProcess:
    """A running script. Not thread-safe; it ends with the thread that started it.

    modules  that the script imports     body  of the first message (`encoding.session_body`)
    errors   ScriptDied, also where it cannot be started
    """

    def __init__(self, modules: tuple[str, ...], body: bytes, limits: ScriptLimits) -> None:
        self._limits = limits
        self._is_ready = False
        self._frames = 0
        self._started_at = self._asked_at = time.monotonic()
        self._asked_cpu = 0.0
        self._buffer = bytearray()
        self._process = _started(modules)
        self._request = _pipe(self._process.stdin)
        self._reply = _pipe(self._process.stdout)
        self._clock = (~self._process.pid << 3) | 2  # the process's CPU clock, clock_getcpuclockid
        self._write(protocol.packed(protocol.MESSAGE_SESSION, body), self._start_deadline())

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def await_ready(self) -> None:
        """Wait until the script is loaded; ScriptDied with the reason if it is not."""
        if self._is_ready:
            return
        cpu = self._limits.start_cpu_ms / 1_000
        kind, text = self._message(self._start_deadline(), cpu, _READ_BYTES)
        if kind == protocol.MESSAGE_REFUSED:
            self.kill()
            raise ScriptDied(text.decode("utf-8", "replace"))
        if kind != protocol.MESSAGE_READY:
            self._give_up("answer: expected that it is ready, found another message")
        self._is_ready = True

    def send(self, records: list[bytes], is_ahead: bool = False) -> None:
        """Hand over frames, perhaps ahead of what is certain; errors: ScriptDied.

        All together have the time of one: a frame may need it all, and none more. Who hands over
        several must hand them over one by one where that is not enough.
        """
        self.await_ready()
        self._frames = len(records)
        self._asked_at = time.monotonic()
        self._asked_cpu = self._cpu_seconds()
        kind = protocol.MESSAGE_AHEAD if is_ahead else protocol.MESSAGE_FRAMES
        message = protocol.packed(kind, b"".join(records))
        self._write(message, self._asked_at + self._limits.call_wall_ms / 1_000)

    def receive(self) -> bytes:
        """Return what was decided in the frames handed over; errors: ScriptDied."""
        wall = self._asked_at + self._limits.call_wall_ms / 1_000
        cpu = self._asked_cpu + self._limits.call_cpu_ms / 1_000
        kind, body = self._message(wall, cpu, REPLY_BYTES_PER_FRAME_MAX * self._frames)
        if kind != protocol.MESSAGE_DECIDED:
            self._give_up("answer: expected decisions, found another message")
        return body

    def kill(self) -> None:
        """End the process at once."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def close(self) -> None:
        """Let the process end by itself; kill it if it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_CLOSE_SECONDS if self._is_ready else 0)
        self.kill()

    def _start_deadline(self) -> float:
        """Return when the script must be ready."""
        return self._started_at + self._limits.start_seconds

    def _cpu_seconds(self) -> float:
        """Return the processor time that the process has used; 0 where there is no such clock."""
        try:
            return time.clock_gettime(self._clock)
        except (OSError, AttributeError):
            return 0.0

    def _message(self, wall: float, cpu: float | None, most: int) -> tuple[int, bytes]:
        """Return the next message, which must be the only one; errors: ScriptDied."""
        head = protocol.HEAD
        while len(self._buffer) < head.size:
            self._fill(wall, cpu)
        size, kind = head.unpack_from(self._buffer)
        if size > most:
            self._give_up(f"answer: expected at most {most} bytes, found {size}")
        while len(self._buffer) < head.size + size:
            self._fill(wall, cpu)
        if len(self._buffer) > head.size + size:
            self._give_up("answer: expected one message, found more")
        body = bytes(self._buffer[head.size :])
        self._buffer.clear()
        return kind, body

    def _fill(self, wall: float, cpu: float | None) -> None:
        """Read some bytes of an answer."""
        self._await(self._reply, select.POLLIN, wall, cpu)
        part = os.read(self._reply, _READ_BYTES)
        if not part:
            self._give_up("")
        self._buffer += part

    def _write(self, message: bytes, wall: float) -> None:
        """Write a message."""
        view = memoryview(message)
        while view:
            try:
                view = view[os.write(self._request, view) :]
            except BlockingIOError:
                self._await(self._request, select.POLLOUT, wall, None)
            except BrokenPipeError:
                self._give_up("")

    def _await(self, descriptor: int, event: int, wall: float, cpu: float | None) -> None:
        """Wait until a pipe can be used; the process is killed if it takes too long."""
        poll = select.poll()
        poll.register(descriptor, event)
        while not poll.poll(_LOOK_MS):
            if time.monotonic() > wall:
                self._give_up("time: expected an answer in time, found none (wall-clock limit)")
            if cpu is not None and self._cpu_seconds() > cpu:
                used = self._limits.call_cpu_ms if self._is_ready else self._limits.start_cpu_ms
                self._give_up(f"time: expected at most {used} ms of processor time, found more")

    def _give_up(self, reason: str) -> NoReturn:
        """Kill the process and raise ScriptDied with what is known of its end."""
        if not reason:
            try:
                self._process.wait(_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                reason = "process: expected an answer, found its pipe closed"
        note = reason or f"process: expected it to run, found it ended ({self._ending()})"
        self.kill()
        raise ScriptDied(note)

    def _ending(self) -> str:
        """Return how the process ended, and what Python wrote before it was confined."""
        status = self._process.returncode
        ending = f"exit status {status}"
        if status is not None and status < 0:
            try:
                ending = signal.Signals(-status).name
            except ValueError:
                ending = f"signal {-status}"
        if ending == "SIGXCPU":
            ending += f", {self._limits.cpu_seconds} s of processor time in a session"
        if self._is_ready or self._process.stderr is None:
            return ending
        os.set_blocking(self._process.stderr.fileno(), False)
        note = self._process.stderr.read(_NOTE_BYTES_MAX) or b""
        lines = note.decode("utf-8", "replace").split("\n")
        return ": ".join([ending, *[line for line in lines if line.strip()][-1:]])


def _started(modules: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Return a process that has begun; ScriptDied if the system has no room for one."""
    try:
        return subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-c", _boot(modules)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd="/",
            bufsize=0,
            close_fds=True,
            start_new_session=True,
        )
    except OSError as cause:
        raise ScriptDied(f"process: expected it to start, found {cause}") from None


def _boot(modules: tuple[str, ...]) -> str:
    """Return the lines that the process begins with: its imports, then its main."""
    wanted = [name for name in modules if name in MODULES]
    for name in tuple(wanted):
        wanted.extend(_MADE_READY.get(name, ()))
    root = str(Path(__file__).resolve().parents[3])
    lines = ["import sys", f"sys.path.append({root!r})"]
    lines += [f"import {name}" for name in wanted]
    lines += ["from forven.strategies.script.child.main import serve", "serve()"]
    return "\n".join(lines)


def _environment() -> dict[str, str]:
    """Return the environment of the process: nothing of ours but where libraries are."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "TZ": "UTC"}


def _pipe(stream: object) -> int:
    """Return a pipe's descriptor, made not to block and, where that can be, larger."""
    descriptor = int(stream.fileno())  # type: ignore[attr-defined]
    os.set_blocking(descriptor, False)
    if sys.platform == "linux":
        with suppress(OSError):  # beyond the user's share: a smaller pipe is only slower
            fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _PIPE_BYTES)
    return descriptor
