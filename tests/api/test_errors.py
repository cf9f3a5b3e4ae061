"""Every error has one status, and a defect gives nothing away."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import bodies, errors, workers
from api.application import ENDPOINTS
from api.errors import FACTORY_STATUS_OF_CODE, STATUS_OF_CODE, code_of
from api.openapi import openapi_document
from api.operations import Endpoint
from forven.bots.errors import CodedError
from forven.primitives.errors import (
    CannotWrite,
    ForvenError,
    InvalidInput,
    InvalidStrategy,
    UnknownDataset,
)
from forven.research.strategy_results import TooManyBacktests
from forven.store.errors import StoreBusy, StoreDamaged
from tests.api.doubles import ServicesDouble

PAGE = Path(__file__).resolve().parents[2] / "docs" / "API.md"
BOT = "123e4567-e89b-42d3-a456-426614174000"


def coded_errors() -> Iterator[type[CodedError]]:
    """Yield every error that has a code of its own."""
    waiting = list(CodedError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        yield kind


@pytest.mark.parametrize("kind", list(coded_errors()), ids=lambda kind: kind.__name__)
def test_every_code_has_a_status(kind: type[CodedError]) -> None:
    assert kind.code in STATUS_OF_CODE


def test_the_errors_of_bodies_and_workers_have_statuses() -> None:
    found = {kind.code for kind in (bodies.UnsupportedMediaType, bodies.BodyTooLarge)}
    assert found | {workers.ServerBusy.code} <= set(STATUS_OF_CODE)


def table_of_errors() -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """Return what docs/API.md says: (status, code) everywhere, and where the factory differs."""
    text = PAGE.read_text("utf-8").partition("\n## Errors\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([0-9]{3}) \|(.*)\|(.*)\|$", text, re.MULTILINE)
    alike, apart = (
        {(int(row[0]), code) for row in rows for code in re.findall("`([a-z_]+)`", row[column])}
        for column in (1, 2)
    )
    return alike, apart


def test_the_page_has_every_code_with_its_status() -> None:
    documented = {
        (int(status), code)
        for methods in openapi_document(ENDPOINTS)["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
        for code in answer["content"]["application/json"]["schema"]["properties"]["error"]["enum"]
    }
    differing = {(status, code) for code, status in FACTORY_STATUS_OF_CODE.items()}
    alike, apart = table_of_errors()
    assert apart == differing
    assert alike == documented - differing | {(405, "method_not_allowed")}


def test_the_factory_differs_only_where_the_code_is_known() -> None:
    assert set(FACTORY_STATUS_OF_CODE) <= set(STATUS_OF_CODE)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("x"), "invalid_input"),
        (InvalidStrategy("x"), "invalid_input"),
        (StoreBusy("x"), "storage_unavailable"),
        (StoreDamaged("x"), None),
        (CannotWrite("x"), "storage_unavailable"),
        (UnknownDataset("x"), "results_unavailable"),
        (ForvenError("x"), None),
    ],
)
def test_errors_without_a_code_get_one_by_their_kind(error: ForvenError, code: str) -> None:
    assert code_of(error) == code


def test_a_path_that_nobody_knows_is_404_in_the_envelope(
    client: httpx.Client, services: ServicesDouble
) -> None:
    for path in ("/nothing", "/bots/", "/bots/a/b/c/d", "/docs", "/BOTS"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), path


def test_a_method_that_a_path_has_not_is_405_with_those_it_has(
    client: httpx.Client, services: ServicesDouble
) -> None:
    answer = client.put(f"/bots/{BOT}", json={})
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PATCH", "DELETE"}


def test_a_defect_is_500_with_an_id_that_the_log_has_and_says_nothing_more(
    client: httpx.Client, services: ServicesDouble, caplog: pytest.LogCaptureFixture
) -> None:
    services.troubles["bots.list"] = ZeroDivisionError("a secret")
    with caplog.at_level(logging.ERROR, logger="forven.api"):
        answer = client.get("/bots")
    document = answer.json()
    assert (answer.status_code, document["error"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert document["id"] in caplog.text
    assert "a secret" in caplog.text


def _failing() -> Iterator[tuple[Endpoint, str]]:
    """Yield every route with every code that is its own."""
    for endpoint in ENDPOINTS:
        for code in endpoint.operation.errors:
            yield endpoint, code


_KIND_OF_CODE = {kind.code: kind for kind in coded_errors()}
_KIND_OF_CODE["too_many_active_backtests"] = TooManyBacktests  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [pair for pair in _failing() if pair[1] != "not_loopback"],
    ids=lambda value: value if isinstance(value, str) else value.handler.__name__,
)
def test_every_documented_code_is_answered_with_its_documented_status(
    client: httpx.Client, services: ServicesDouble, endpoint: Endpoint, code: str
) -> None:
    services.troubles["*"] = _KIND_OF_CODE[code]("field: expected this, found that")
    names = {"date": "2026-03-20", "first": "1", "second": "2", "source_hash": "a" * 64}
    path = endpoint.path.format_map(
        {name: names.get(name, BOT) for name in (*names, "bot_id", "session_id", "strategy_id")}
        | {"template_id": "iron-condor"}
    )
    body = {} if endpoint.operation.body else None
    answer = client.request(endpoint.method, path, json=body)
    is_factory = path.startswith(errors.FACTORY_ROOT)
    assert answer.status_code == errors.status_of(code, is_factory=is_factory)
    assert answer.json() == {"error": code, "detail": "field: expected this, found that"}
