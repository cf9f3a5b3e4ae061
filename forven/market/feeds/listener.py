"""Takes in producers at a local socket, one at a time, and hands on what they say."""

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from forven.market.feeds.batches import Announcement, RowBatch, announcement_of, rows_of_batch
from forven.market.feeds.envelope import MessageStream
from forven.primitives.errors import ForvenError, InvalidInput

_BEAT_S = 0.25
_ANNOUNCE_S = 10.0
_MESSAGE_S = 30.0
_HANG_UP_S = 0.5
_PART_BYTES = 1 << 20
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost):([0-9]{1,5})")
_HOST_AND_PORT = re.compile(r"[^/]*:[0-9]+")
PORT_MAX = 65_535


class Receiver(Protocol):
    """What a listener tells; called from its threads."""

    def announced(self, announcement: Announcement) -> None:
        """Take a producer's announcement; InvalidInput refuses the producer."""

    def received(self, batch: RowBatch) -> None:
        """Take a batch of the producer."""

    def refused(self, reason: str) -> None:
        """Take note that a stream or a batch was refused."""


class Listener:
    """Listens at `PATH` (a Unix socket, for its owner alone) or `127.0.0.1:PORT`."""

    def __init__(self, text: str, receiver: Receiver) -> None:
        self._receiver = receiver
        self._path: Path | None = None
        self._is_closed = threading.Event()
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()
        self._gone = threading.Condition(self._lock)
        self._socket = self._bound(text)
        self._socket.settimeout(_BEAT_S)
        self._thread = threading.Thread(target=self._accept, name="feed-listener", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str | tuple[str, int]:
        """The path, or host and port, at which it listens."""
        return str(self._path) if self._path else self._socket.getsockname()[:2]

    def close(self) -> None:
        """Let the producer go and listen no more."""
        self._is_closed.set()
        self._socket.close()
        with self._lock:
            if self._connection is not None:
                _shut(self._connection)
        self._thread.join(2.0)
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _bound(self, text: str) -> socket.socket:
        """Return a socket that listens; errors: InvalidInput."""
        tcp = _LOOPBACK.fullmatch(text)
        if tcp is None and _HOST_AND_PORT.fullmatch(text):
            raise InvalidInput(
                f"socket:{text}: expected a path or 127.0.0.1:PORT, since producers are local"
            )
        try:
            if tcp:
                if int(tcp[2]) > PORT_MAX:
                    raise InvalidInput(f"socket:{text}: expected a port of 0 to {PORT_MAX}")
                return _listening(socket.AF_INET, ("127.0.0.1", int(tcp[2])))
            path = Path(text).absolute()
            _clear(path)
            bound = _listening(socket.AF_UNIX, str(path))
            path.chmod(0o600)
            self._path = path
            return bound
        except OSError as error:
            raise InvalidInput(
                f"socket:{text}: cannot listen there ({error}); choose another path or port"
            ) from None

    def _accept(self) -> None:
        while not self._is_closed.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                break  # the socket was closed
            if not self._admit(connection):
                _tell(connection, "refused: another producer is connected; one at a time")
                connection.close()
                continue
            threading.Thread(
                target=self._serve, args=(connection,), name="feed-producer", daemon=True
            ).start()

    def _admit(self, connection: socket.socket) -> bool:
        """Return whether a producer is the only one; one that has just hung up is waited for."""
        with self._lock:
            self._gone.wait_for(lambda: self._connection is None, _HANG_UP_S)
            if self._connection is not None:
                return False
            self._connection = connection
            return True

    def _serve(self, connection: socket.socket) -> None:
        """Read one producer's stream to its end."""
        try:
            self._read(connection)
        except (ForvenError, pa.ArrowException, OSError) as error:
            self._refuse(connection, str(error))
        except Exception as error:  # noqa: BLE001 - no bytes of a producer may end the feed
            self._refuse(connection, f"{type(error).__name__}: {error}")
        finally:
            _shut(connection)
            connection.close()
            with self._lock:
                self._connection = None
                self._gone.notify_all()

    def _refuse(self, connection: socket.socket, reason: str) -> None:
        if not self._is_closed.is_set():
            _tell(connection, f"refused: {reason}")
            self._receiver.refused(reason)

    def _read(self, connection: socket.socket) -> None:
        wire = _Wire(connection, self._is_closed.is_set)
        reader = pa.ipc.open_stream(pa.PythonFile(MessageStream(wire.read_exactly), mode="r"))
        self._receiver.announced(announcement_of(reader.schema))
        wire.is_announced = True
        while not self._is_closed.is_set():
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            try:
                self._receiver.received(rows_of_batch(batch))
            except InvalidInput as error:
                self._refuse(connection, str(error))


class _Wire:
    """Bytes of a connection; errors: InvalidInput from a producer that is stuck in a message."""

    def __init__(self, connection: socket.socket, is_closed: Callable[[], bool]) -> None:
        self._connection = connection
        self._is_closed = is_closed
        self.is_announced = False
        connection.settimeout(_BEAT_S)

    def read_exactly(self, count: int) -> bytes:
        """Return `count` bytes, fewer at the end of the stream."""
        found = bytearray()
        began = time.monotonic()
        while len(found) < count:
            try:
                part = self._connection.recv(min(count - len(found), _PART_BYTES))
            except TimeoutError:
                self._check_patience(time.monotonic() - began, is_idle=count == 4 and not found)
                continue
            if not part:
                break
            found += part
        return bytes(found)

    def _check_patience(self, waited_s: float, *, is_idle: bool) -> None:
        if self._is_closed():
            raise InvalidInput("stream: the feed was closed")
        most_s = _MESSAGE_S if self.is_announced else _ANNOUNCE_S
        if waited_s > most_s and not (is_idle and self.is_announced):
            raise InvalidInput(f"stream: expected the rest of a message, found none for {most_s} s")


def _listening(family: int, address: str | tuple[str, int]) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(8)
    except OSError:
        listening.close()
        raise
    return listening


def _clear(path: Path) -> None:
    """Remove the socket that a feed which is gone has left; InvalidInput if one listens there."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(str(path))
        except OSError:
            path.unlink()
            return
    raise InvalidInput(f"socket:{path}: another feed listens there; stop it or choose another path")


def _tell(connection: socket.socket, text: str) -> None:
    """Send a line to a producer that may not read it."""
    line = text.replace("\n", " ")[:1_000] + "\n"
    patience_s = connection.gettimeout()
    with suppress(OSError):  # it is gone, or does not read
        connection.setblocking(False)
        connection.send(line.encode("utf-8", "replace"))
    with suppress(OSError):
        connection.settimeout(patience_s)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed by the other side
