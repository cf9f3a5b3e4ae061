"""Health and the service's root over real HTTP."""

from tests.api.routes.conftest import Desk


def test_health_is_said_at_both_addresses(desk: Desk) -> None:
    first = desk.ask("GET", "/health", 200, "Health")
    assert first == desk.ask("GET", "/api/health", 200, "Health")


def test_the_root_says_what_this_is_and_where_its_document_is(desk: Desk) -> None:
    root = desk.ask("GET", "/", 200, "Root")
    assert root["service"] == "forven"
    assert desk.ask("GET", root["openapi"], 200)["openapi"] == "3.1.0"
