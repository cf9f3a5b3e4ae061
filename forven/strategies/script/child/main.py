"""The main of a script's process: reads frames, calls the script, answers what it decided."""

import gc
import json
import os
import sys
from array import array
from typing import Any, NoReturn

from forven.primitives.errors import ForvenError
from forven.strategies.script import protocol
from forven.strategies.script.child.context import Desk
from forven.strategies.script.child.namespace import namespace_for, seed_process
from forven.strategies.script.child.sandbox import SandboxFailed, confine, set_limits

_READ_BYTES = 1 << 20
_TRACE_DEPTH_MAX = 10_000
_MESSAGE_LENGTH_MAX = 500


class Finished(ForvenError):
    """The session closed its end: the process is done."""


def serve() -> NoReturn:
    """Run a script until the session ends it; never returns."""
    _move_pipes()
    status = 1
    try:
        facts, rows = _opening()
        set_limits(facts["memory_bytes"], facts["cpu_seconds"])
        if facts["machine"]:
            _forget()
            confine(
                facts["machine"],
                protocol.REQUEST_DESCRIPTOR,
                protocol.REPLY_DESCRIPTOR,
                facts["parent"],
            )
        _Runner(facts, rows).run()
    except Finished:
        status = 0
    except SandboxFailed as cause:
        _send(protocol.MESSAGE_REFUSED, str(cause).encode())
    os._exit(status)


def _move_pipes() -> None:
    """Put the pipes out of the way of what prints, which goes nowhere."""
    os.dup2(0, protocol.REQUEST_DESCRIPTOR)
    os.dup2(1, protocol.REPLY_DESCRIPTOR)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if nowhere > protocol.REPLY_DESCRIPTOR:
        os.close(nowhere)


def _forget() -> None:
    """Let go of modules that no script needs, and of the standard streams."""
    for name in ("ctypes", "_ctypes", "resource", "posix", "os"):
        sys.modules.pop(name, None)
    sys.stdin = sys.stdout = sys.stderr = None


def _opening() -> tuple[dict[str, Any], list[tuple[int, ...]]]:
    """Return the facts of the session and the rows journaled before."""
    _, body = _receive()
    size = int.from_bytes(body[:4], "little")
    facts = json.loads(body[4 : 4 + size])
    return facts, _table(body[4 + size :], protocol.ROW_WIDTH)


class _Runner:
    """A script in its session."""

    def __init__(self, facts: dict[str, Any], rows: list[tuple[int, ...]]) -> None:
        self._facts = facts
        self._count = len(facts["symbols"])
        self._desk = Desk(facts)
        self._desk.account.take(rows, [])
        self._is_opened = self._opens = self._hears_fills = False
        self._script: Any = None

    def run(self) -> NoReturn:
        """Load the script, say so, and take frames until the session ends."""
        trouble = self._attempt("the script's own lines", self._load)
        if trouble:
            _send(protocol.MESSAGE_REFUSED, trouble.encode("utf-8", "replace"))
            raise Finished
        gc.collect()
        gc.freeze()
        _send(protocol.MESSAGE_READY, b"")
        while True:
            kind, body = _receive()
            decided = self._frames(body, stops=kind == protocol.MESSAGE_AHEAD)
            _send(protocol.MESSAGE_DECIDED, _written(decided) if decided else b"")

    def _load(self) -> None:
        """Run the script's text and make its strategy."""
        facts = self._facts
        seed_process(facts["seed"])
        scope = namespace_for(tuple(facts["modules"]), facts["seed"], self._desk.context.log)
        exec(compile(facts["source"], "script", "exec", dont_inherit=True), scope)
        self._script = scope[facts["class_name"]]()
        self._opens = hasattr(self._script, "on_session")
        self._hears_fills = hasattr(self._script, "on_fill")

    def _frames(self, body: bytes, stops: bool) -> list[list[object]]:
        """Take the frames of a message; return what was decided in those with decisions.

        stops  after the first frame in which something was decided that changes those after it
        """
        decided: list[list[object]] = []
        position, number = 0, 0
        while position < len(body):
            position = self._take(body, position)
            self._call()
            entries = self._desk.decided()
            if entries:
                decided.append([number, entries])
                if stops and not all(entry[0] in protocol.WRITTEN for entry in entries):
                    break
            number += 1
        return decided

    def _take(self, body: bytes, position: int) -> int:
        """Put the frame at a position of a message before the script; return where it ends."""
        header = array("q")
        end = position + 8 * protocol.FRAME_WIDTH
        header.frombytes(body[position:end])
        width = 4 * self._count
        columns = []
        for _ in range(3 if header[protocol.FRAME_HAS_DELTAS] else 2):
            column = array("i")
            column.frombytes(body[end : end + width])
            columns.append(column)
            end += width
        deltas = columns[2] if len(columns) == 3 else None
        rows_end = end + 8 * protocol.ROW_WIDTH * header[protocol.FRAME_ROWS]
        own_end = rows_end + 8 * protocol.OWN_WIDTH * header[protocol.FRAME_OWN]
        rows = _table(body[end:rows_end], protocol.ROW_WIDTH)
        own = _table(body[rows_end:own_end], protocol.OWN_WIDTH)
        self._desk.take(header, (columns[0], columns[1], deltas), rows, own)
        return own_end

    def _call(self) -> None:
        """Call what the script has: its opening once, its fills, then the frame."""
        ctx, script = self._desk.context, self._script
        if not self._is_opened:
            self._is_opened = True
            if self._opens:
                self._report(self._attempt("on_session", script.on_session, ctx))
        if self._hears_fills:
            for fill in self._desk.account.fills:
                self._report(self._attempt("on_fill", script.on_fill, ctx, fill))
        self._report(self._attempt("on_frame", script.on_frame, ctx))

    def _report(self, trouble: str) -> None:
        """Tell of an error in a callback, if there was one."""
        if trouble:
            self._desk.report(trouble)

    def _attempt(self, name: str, call: Any, *given: object) -> str:
        """Call a part of the script; return what went wrong, or nothing."""
        try:
            call(*given)
        except BaseException as error:  # noqa: BLE001 - a script may raise anything at all
            return _trouble(name, error)
        return ""


def _trouble(name: str, error: BaseException) -> str:
    """Return an error of a script in a line: its kind, its text, where."""
    try:
        text = str(error)[:_MESSAGE_LENGTH_MAX]
    except BaseException:  # noqa: BLE001 - the script's own `__str__`
        text = "(its text cannot be read)"
    line, depth, trace = 0, 0, error.__traceback__
    while trace is not None and depth < _TRACE_DEPTH_MAX:
        if trace.tb_frame.f_code.co_filename == "script":
            line = trace.tb_lineno
        trace, depth = trace.tb_next, depth + 1
    place = f"{name}, line {line}" if line else name
    return f"{type(error).__name__}: {text} ({place})"


def _written(decided: list[list[object]]) -> bytes:
    """Return decisions as they are sent: characters as they are, not six bytes for each."""
    return json.dumps(decided, ensure_ascii=False, separators=(",", ":")).encode()


def _table(data: bytes, width: int) -> list[tuple[int, ...]]:
    """Return int64 rows as tuples."""
    if not data:
        return []
    flat = array("q")
    flat.frombytes(data)
    return list(zip(*[iter(flat)] * width, strict=True))


def _receive() -> tuple[int, bytes]:
    """Return the next message; Finished where there is none any more."""
    size, kind = protocol.HEAD.unpack(_read(protocol.HEAD.size))
    return kind, _read(size)


def _read(size: int) -> bytes:
    """Return exactly so many bytes from the session."""
    parts, left = [], size
    while left:
        part = os.read(protocol.REQUEST_DESCRIPTOR, min(left, _READ_BYTES))
        if not part:
            raise Finished("session: expected a message, found the end")
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _send(kind: int, body: bytes) -> None:
    """Write a message to the session."""
    view = memoryview(protocol.packed(kind, body))
    while view:
        view = view[os.write(protocol.REPLY_DESCRIPTOR, view) :]
