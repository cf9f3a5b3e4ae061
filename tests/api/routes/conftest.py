"""A server over real services whose host stands still, for routes that need no session."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.application import Parts, create_application
from api.stop_switch import StopSwitch
from tests.api.doubles import ServicesDouble
from tests.api.house import check_against
from tests.api.realm import Realm, realm
from tests.api.serving import served


@dataclass
class Desk:
    """A client of the server, and what is there to begin with."""

    realm: Realm
    client: httpx.Client
    switch: StopSwitch

    def ask(
        self, method: str, path: str, status: int, schema: str | None = None, **options: Any
    ) -> Any:
        """Return the document of an answer, held to a schema."""
        answer = self.client.request(method, path, **options)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        document = answer.json() if answer.content else None
        if schema is not None:
            check_against(schema, document)
        return document

    def refused(self, method: str, path: str, status: int, code: str, **options: Any) -> str:
        """Check a refusal and return what it says."""
        document = self.ask(method, path, status, "Problem", **options)
        assert document["error"] == code, document
        return str(document["detail"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return one server a file."""
    switch = StopSwitch()
    with realm(tmp_path_factory.mktemp("realm")) as place:
        parts = Parts(results=ServicesDouble().results)
        client = httpx.Client(trust_env=False, timeout=20, verify=False)
        with served(create_application(place.services, switch, parts)) as server, client:
            client.base_url = httpx.URL(server.url)
            yield Desk(place, client, switch)
