"""Saved strategies over real HTTP: links, privacy, previews and results."""

from typing import Any

import pytest

from tests.api.realm import CONDOR
from tests.api.routes.conftest import Desk

NOBODY = "00000000-0000-4000-8000-000000000000"
SCRIPT = '''class Quiet:
    """Does nothing."""

    def on_frame(self, ctx):
        pass
'''


def test_a_strategy_is_saved_read_changed_and_unlinked(desk: Desk) -> None:
    body = {"name": "Spread", "description": "A\nB", "config": CONDOR}
    link = desk.ask("POST", "/strategies", 201, "Strategy", json=body)
    assert (link["privacy"], link["kind"]) == ("private", "structured")
    path = f"/strategies/{link['id']}"
    assert desk.ask("GET", path, 200, "Strategy") == link
    assert link["id"] in [one["id"] for one in desk.ask("GET", "/strategies", 200, "Strategies")]
    changed = desk.ask("PATCH", path, 200, "Strategy", json={"privacy": "public"})
    assert (changed["privacy"], changed["name"]) == ("public", "Spread")
    copy = desk.ask("POST", f"{path}/clone", 201, "Strategy", json={"name": "Copy"})
    assert (copy["source_hash"], copy["privacy"]) == (link["source_hash"], "private")
    assert desk.ask("DELETE", path, 204) is None
    desk.refused("GET", path, 404, "not_found")
    desk.refused("DELETE", path, 404, "not_found")
    desk.refused("PATCH", path, 404, "not_found", json={"name": "x"})
    desk.refused("POST", f"{path}/clone", 404, "not_found", json={})


def test_a_script_is_saved_with_its_source(desk: Desk) -> None:
    link = desk.ask("POST", "/strategies", 201, "Strategy", json={"source": SCRIPT})
    assert (link["kind"], link["source"]) == ("script", SCRIPT)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "config"),
        ({"config": CONDOR, "source": SCRIPT}, "config"),
        ({"config": 7}, "config"),
        ({"config": {}}, "legs"),
        ({"config": {**CONDOR, "legs": CONDOR["legs"][:1]}}, "config"),
        ({"config": {**CONDOR, "surprise": 1}}, "surprise"),
        ({"source": ""}, "source"),
        ({"source": "def ("}, "source"),
        ({"source": 7}, "source"),
        ({"config": CONDOR, "privacy": "secret"}, "privacy"),
        ({"config": CONDOR, "surprise": 1}, "surprise"),
    ],
)
def test_a_strategy_that_cannot_be_is_refused_by_its_field(
    desk: Desk, body: dict[str, Any], field: str
) -> None:
    assert field in desk.refused("POST", "/strategies", 400, "invalid_input", json=body)


def test_a_preview_names_the_program_and_links_nothing(desk: Desk) -> None:
    before = desk.ask("GET", "/strategies", 200)
    preview = desk.ask("POST", "/strategies/preview", 200, "Preview", json={"config": CONDOR})
    assert preview["snapshot"]["source_hash"] == preview["source_hash"]
    assert desk.ask("GET", "/strategies", 200) == before
    results = f"/strategies/preview/{preview['source_hash']}/results"
    desk.ask("GET", results, 200, "Results")
    desk.refused("POST", "/strategies/preview", 400, "invalid_input", json={"config": {}})
    desk.refused("GET", "/strategies/preview/abc/results", 400, "invalid_input")


def test_results_belong_to_a_link(desk: Desk) -> None:
    path = f"/strategies/{desk.realm.strategy_id}/results"
    desk.ask("GET", path, 200, "Results")
    desk.ask("GET", f"{path}/days/2026-03-20", 200, "ResultDayDetail")
    desk.refused("GET", f"{path}/days/20260320", 400, "invalid_input")
    desk.refused("GET", f"/strategies/{NOBODY}/results", 404, "not_found")
    desk.refused("GET", f"/strategies/{NOBODY}/results/days/2026-03-20", 404, "not_found")
