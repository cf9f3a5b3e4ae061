"""Saved strategies: links over programs that never change."""

import pytest

from forven.bots import errors
from tests.bots.houses import CONDOR
from tests.bots.services.conftest import bot_body

UNKNOWN_ID = "7f7a1c1e-0000-4000-8000-000000000000"
SCRIPT = """
class Quiet:
    def on_frame(self, ctx):
        pass
"""


def test_a_saved_strategy_says_what_it_is(services, link):
    assert link["name"] == "Condor"
    assert link["privacy"] == "private"
    assert link["kind"] == "structured"
    assert len(link["source_hash"]) == 64
    assert link["config"]["quantity"] == 2
    assert link["says"][0].startswith("Leg 0: Sell 1 put")
    assert services.strategies.get(link["id"]) == link
    assert services.strategies.list() == [link]


def test_equal_configs_are_one_program_under_two_links(services, store, link):
    again = services.strategies.create({"name": "Again", "config": {**CONDOR, "name": "x"}})
    assert again["source_hash"] == link["source_hash"]
    assert again["id"] != link["id"]
    other = services.strategies.create({"config": {**CONDOR, "quantity": 3}})
    assert other["source_hash"] != link["source_hash"]


def test_a_script_is_saved_as_its_text(services):
    saved = services.strategies.create({"name": "Quiet", "source": SCRIPT})
    assert saved["kind"] == "script"
    assert "class Quiet" in saved["source"]
    assert "config" not in saved


def test_a_preview_keeps_the_program_but_no_link(services, store):
    answer = services.strategies.preview({"config": CONDOR})
    assert answer["snapshot"]["source_hash"] == answer["source_hash"]
    assert services.strategies.list() == []
    with store.reading() as work:
        assert work.strategies.program(answer["source_hash"]) is not None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "expected either config"),
        ({"config": CONDOR, "source": SCRIPT}, "config and source"),
        ({"config": "text"}, "config: expected an object"),
        ({"source": {}}, "source: expected the text"),
        ({"source": "1 +"}, "source"),
        ({"source": "import os\n" + SCRIPT}, "os"),
        ({"config": {**CONDOR, "legs": []}}, "config: legs"),
        ({"config": {**CONDOR, "exits": {}}}, "did you mean exit"),
        ({"config": CONDOR, "privacy": "secret"}, "privacy"),
        ({"config": CONDOR, "name": ""}, "name"),
        ({"config": CONDOR, "colour": "red"}, "colour"),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_its_path(services, body, path):
    with pytest.raises(errors.InvalidField, match=path) as caught:
        services.strategies.create(body)
    assert caught.value.code == "invalid_input"
    assert services.strategies.list() == []


def test_name_description_and_privacy_change_the_program_does_not(services, link):
    changed = services.strategies.patch(
        link["id"], {"name": "New", "description": "d", "privacy": "public"}
    )
    assert (changed["name"], changed["description"], changed["privacy"]) == ("New", "d", "public")
    assert changed["source_hash"] == link["source_hash"]
    with pytest.raises(errors.InvalidField):
        services.strategies.patch(link["id"], {"config": CONDOR})


def test_a_public_link_is_readable_and_clonable_by_anyone(services, link):
    with pytest.raises(errors.NotFound):
        services.strategies.get(link["id"], is_public_reader=True)
    services.strategies.patch(link["id"], {"privacy": "public"})
    assert services.strategies.get(link["id"], is_public_reader=True)["name"] == "Condor"
    assert services.strategies.source_hash(link["id"], is_public_reader=True)
    copy = services.strategies.clone(link["id"], None, is_public_reader=True)
    assert (copy["name"], copy["privacy"]) == ("Condor (copy)", "private")
    assert copy["source_hash"] == link["source_hash"]


def test_unlinking_leaves_the_bot_its_program(services, link, bot):
    services.strategies.delete(link["id"])
    for call in (services.strategies.get, services.strategies.delete):
        with pytest.raises(errors.NotFound):
            call(link["id"])
    services.sessions.open(bot["id"])
    with pytest.raises(errors.StrategyNotOwned):
        services.bots.create(bot_body(link, name="Late"))


@pytest.mark.parametrize("link_id", [UNKNOWN_ID, "abc"])
def test_a_link_that_is_not_there(services, link_id):
    with pytest.raises(errors.NotFound):
        services.strategies.get(link_id)
    with pytest.raises(errors.NotFound):
        services.strategies.patch(link_id, {"name": "x"})
