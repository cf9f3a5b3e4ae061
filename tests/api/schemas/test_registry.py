"""Each bound that a schema of a request says is the services' own: both take and refuse alike."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest

from api.application import ENDPOINTS
from api.bodies import parse_body
from api.openapi import openapi_document
from api.schemas.registry import SCHEMAS
from forven.bots.services.factory_fields import read_config
from forven.primitives.errors import InvalidInput
from forven.strategies.script.checks import SOURCE_BYTES_MAX
from tests.api.realm import CONDOR, Realm, realm

DOCUMENT = openapi_document(ENDPOINTS)
ID = "3f0c0a52-7a0e-4c0e-9d38-5b1a2f7d6c11"
SCRIPT = "class A:\n    def on_frame(self, ctx):\n        pass\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    with realm(tmp_path_factory.mktemp("bounds")) as place:
        yield place


def fits(name: str, body: dict[str, Any]) -> bool:
    """Return whether a body fits a schema of the registry."""
    schema = {**DOCUMENT, "$ref": f"#/components/schemas/{name}"}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(body)


def edges(schema: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
    """Yield the values at the edges of a schema, each with whether it lies within."""
    for part in schema.get("anyOf", [schema]):
        if "anyOf" in part:
            yield from edges(part)
        elif part.get("type") in ("integer", "number"):
            least, most = part["minimum"], part["maximum"]
            step = 1 if part["type"] == "integer" else 0.01
            yield from ((least, True), (most, True), (least - step, False), (most + step, False))
        elif "maxLength" in part:
            yield "a" * part["maxLength"], True
            yield "a" * (part["maxLength"] + 1), False
        elif part.get("type") == "array":
            yield ["a"] * part["maxItems"], True
            yield ["a"] * (part["maxItems"] + 1), False
        elif "enum" in part:
            yield from ((name, True) for name in part["enum"])
            yield "another", False
        elif part.get("type") == "boolean":
            yield from ((True, True), (1, False))
        elif "maxProperties" in part:
            yield dict.fromkeys(map(str, range(part["maxProperties"])), "9"), True
            yield dict.fromkeys(map(str, range(part["maxProperties"] + 1)), "9"), False


LOSSES = [("0.0050", True), ("0.005", True), ("0.5000", True), ("0.0049", False), ("0.5001", False)]
CAPITALS = [("1000", True), ("999.99", False), ("1000000000", True), ("1000000000.01", False)]
CONCESSIONS = [("0", True), ("10.00", True), ("10.05", False), ("0.20", True), ("0.21", False)]
SPELT: dict[str, list[tuple[Any, bool]]] = {
    "max_daily_loss_pct": LOSSES,
    "starting_capital": CAPITALS,
}
"""Bounds of decimals that a schema can only say by a pattern."""

BOT = {"strategy_id": None, "name": "Edges", "starting_capital": "100000"}
APART = {"strategy_id", "engine", "reprice", "config", "source"}
"""Fields of bots and strategies whose bounds lie deeper, or are no bounds."""


def cases(name: str) -> list[Any]:
    """Return field, value and whether it lies within, of every bounded field of a schema."""
    return [
        pytest.param(field, value, is_within, id=f"{field}-{str(value)[:12]}-{is_within}")
        for field, schema in SCHEMAS[name]["properties"].items()
        if field not in APART
        for value, is_within in [*edges(schema), *SPELT.get(field, ())]
    ]


def takes(act: Callable[[object], object], body: dict[str, Any]) -> bool:
    """Return whether a service takes a body, as it comes over HTTP."""
    try:
        act(parse_body(json.dumps(body).encode(), "application/json"))
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize(("field", "value", "is_within"), cases("CreateBot"))
def test_bounds_of_a_bot(place: Realm, field: str, value: Any, is_within: bool) -> None:
    body = {**BOT, "strategy_id": place.strategy_id, field: value}
    assert fits("CreateBot", body) is is_within
    assert takes(lambda sent: create_and_delete(place, sent), body) is is_within


def create_and_delete(place: Realm, body: object) -> None:
    place.services.bots.delete(place.services.bots.create(body)["id"])


REPRICE = [
    pytest.param(block, field, value, is_within, id=f"{block}-{field}-{value}")
    for block, blocks in SCHEMAS["RepriceRequest"]["properties"].items()
    for field, schema in blocks["properties"].items()
    for value, is_within in (CONCESSIONS if field == "max_concession" else edges(schema))
]


@pytest.mark.parametrize(("block", "field", "value", "is_within"), REPRICE)
def test_bounds_of_re_pricing(
    place: Realm, block: str, field: str, value: Any, is_within: bool
) -> None:
    body = {"reprice": {block: {field: value}}}
    assert fits("PatchBot", body) is is_within
    assert takes(lambda sent: place.services.bots.patch(place.bot_id, sent), body) is is_within


@pytest.mark.parametrize(("field", "value", "is_within"), cases("FactoryConfigRequest"))
def test_bounds_of_a_factory_configuration(field: str, value: Any, is_within: bool) -> None:
    if field in ("execution_mode", "live_wallet"):
        return  # the service refuses those with a code of their own
    assert fits("FactoryConfigRequest", {field: value}) is is_within
    assert takes(read_config, {field: value}) is is_within


@pytest.mark.parametrize(("field", "value", "is_within"), cases("CreateStrategy"))
def test_bounds_of_a_strategy(place: Realm, field: str, value: Any, is_within: bool) -> None:
    body = {"config": CONDOR, field: value}
    assert fits("CreateStrategy", body) is is_within
    assert takes(place.services.strategies.create, body) is is_within


@pytest.mark.parametrize(("size", "is_within"), [(65_536, True), (65_537, False)])
def test_the_bound_of_a_script(place: Realm, size: int, is_within: bool) -> None:
    assert SOURCE_BYTES_MAX == 65_536
    body = {"source": SCRIPT + "#" * (size - len(SCRIPT))}
    assert fits("CreateStrategy", body) is is_within
    assert fits("PreviewStrategy", body) is is_within
    assert takes(place.services.strategies.create, body) is is_within
