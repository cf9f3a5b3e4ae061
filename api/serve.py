"""Starting the server: the socket first, then the application, and an end that loses nothing."""

import contextlib
import http.client
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from api.connections import connection_options
from api.settings import Settings
from api.stop_switch import StopSwitch
from forven.primitives.errors import ForvenError

if sys.platform != "win32":
    import resource

_log = logging.getLogger("forven.serve")
SWITCH_SECONDS = 0.0005
"""How long one thread may keep the others waiting: the host's and the server's run side by side."""

GRACE_SECONDS = 10
BACKLOG = 2_048
OPEN_FILES = 65_536
PROBE_SECONDS = 1.0
_HEALTH_BYTES_MAX = 4_096


class PortTaken(ForvenError):
    """Another program, maybe another forven, listens where this server should."""


class CannotListen(ForvenError):
    """The address to listen at is not this machine's, or may not be used."""


class StartFailed(ForvenError):
    """The application could not start; what it raised is in the log."""


class Server(uvicorn.Server):
    """uvicorn's server, which stops by a switch, and at once when a second signal comes."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop gracefully at the first signal, at once at the second."""
        _log.info("signal %s: stopping", signal.Signals(sig).name)
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    def stop(self) -> None:
        """Stop gracefully; any thread may say so."""
        self.should_exit = True


def listening_socket(settings: Settings) -> socket.socket:
    """Return the bound socket of the server.

    errors  PortTaken, saying who answers there and how to pick another port; CannotListen
    """
    host = settings.bind_host
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotListen(
            f"FORVEN_BIND_HOST: expected an address of this machine, found {host!r}: {error}"
        ) from None
    bound = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if settings.port and answers(host, settings.port):
            raise PortTaken(_taken(settings)) from None
        raise CannotListen(
            f"expected to listen at {host}:{settings.port}, found: {error}; set FORVEN_BIND_HOST "
            "or FORVEN_PORT to another"
        ) from None
    bound.setblocking(False)
    return bound


def answers(host: str, port: int) -> bool:
    """Return whether a program listens there."""
    try:
        with socket.create_connection((_reached(host), port), timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False


def _taken(settings: Settings) -> str:
    """Return who has the port, and what to do about it."""
    port = settings.port
    host = _reached(settings.bind_host)
    place = f"{host}:{port}"
    owner = "another program"
    try:
        # The standard library's client: what this answers is asked once in a lifetime, and httpx
        # would take a tenth of a second of every start.
        link = http.client.HTTPConnection(host, port, timeout=PROBE_SECONDS)
        with contextlib.closing(link):
            link.request("GET", "/health", headers={"host": f"127.0.0.1:{port}"})
            answer = link.getresponse()
            body = json.loads(answer.read(_HEALTH_BYTES_MAX))
        if answer.status == http.HTTPStatus.OK and body.get("service") == "forven":
            owner = "another forven, which is alive,"
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        _log.debug("no forven answers at %s", place)
    return (
        f"port {port} is taken: {owner} answers at {place}; stop it, or pick another port with "
        f"FORVEN_PORT={port + 1 if port < 65_535 else port - 1}"
    )


def _reached(host: str) -> str:
    """Return the address at which a host to listen at is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def address_of(bound: socket.socket) -> str:
    """Return the address of a bound socket as a client writes it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(application: ASGIApp) -> Server:
    """Return a server of an application, with limits on what a connection may hold.

    Its own log stays silent below warnings: it would write addresses with the keys in them. Peers
    are taken from the socket alone, never from a header.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return Server(
        uvicorn.Config(
            application,
            loop="auto",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE_SECONDS,
            **connection_options(),
        )
    )


def serve(
    settings: Settings,
    application: ASGIApp,
    switch: StopSwitch,
    announce: Callable[[str], None] = _log.info,
) -> None:
    """Serve until a signal comes or the switch is turned, then let the application end its work.

    The application's lifespan starts and stops the host: this returns when both have ended.
    errors  UnsafeSettings, PortTaken, CannotListen before the application starts; StartFailed
    """
    settings.require_safe()
    bound = listening_socket(settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    _allow_many_sockets()
    for warning in settings.warnings():
        announce(f"warning: {warning}")
    server = make_server(application)
    switch.on_turn(server.stop)
    announce(f"forven listens at {address_of(bound)}")
    try:
        server.run(sockets=[bound])
    except SystemExit:
        # uvicorn's way to say that the application's lifespan failed; it has logged the reason.
        raise StartFailed("expected the application to start, it failed; the log has it") from None
    finally:
        bound.close()


def _allow_many_sockets() -> None:
    """Raise the limit on open files as far as the system lets a process do it itself."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
