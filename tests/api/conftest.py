"""A server around a double of the services, and a client of it."""

from collections.abc import Iterator

import httpx
import pytest

from api.application import Parts, create_application
from api.stop_switch import StopSwitch
from tests.api.doubles import ServicesDouble
from tests.api.serving import served


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[ServicesDouble, str]]:
    """Return the services and the address of a server that calls them; one a file."""
    services = ServicesDouble()
    parts = Parts(results=services.results)
    with served(create_application(services, StopSwitch(), parts)) as server:
        yield services, server.url


@pytest.fixture
def services(server: tuple[ServicesDouble, str]) -> Iterator[ServicesDouble]:
    """Return the server's services, as if new."""
    services = server[0]
    services.store.changes += 1
    services.calls.clear()
    yield services
    services.answers.clear()
    services.troubles.clear()


@pytest.fixture
def client(server: tuple[ServicesDouble, str]) -> Iterator[httpx.Client]:
    """Return a client of the server."""
    with httpx.Client(base_url=server[1], trust_env=False, timeout=10, verify=False) as client:
        yield client
