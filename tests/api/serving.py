"""A real server on a port of its own, in a thread of the test, for as long as a test needs it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from api.serve import Server, address_of, listening_socket, make_server
from api.settings import Settings


def open_settings(**given: object) -> Settings:
    """Return settings on a free port without a rate limit, unless the test says otherwise."""
    return Settings.load(**({"port": 0, "rate_limit_enabled": False} | given))


class Running:
    """A server that runs: where it is reached and how it is stopped."""

    def __init__(self, server: Server, bound: socket.socket, thread: threading.Thread) -> None:
        self.server = server
        self.thread = thread
        self.url = address_of(bound)
        self.port = int(bound.getsockname()[1])

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)


@contextmanager
def served(application: ASGIApp, settings: Settings | None = None) -> Iterator[Running]:
    """Serve an application over real sockets while the block runs."""
    bound = listening_socket(settings or open_settings())
    server = make_server(application)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    running = Running(server, bound, thread)
    thread.start()
    deadline = time.monotonic() + 10.0
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    try:
        yield running
    finally:
        server.stop()
        thread.join(timeout=15.0)
        assert not thread.is_alive(), "the server did not stop"
