"""Templates and prefilled configurations over real HTTP."""

from tests.api.routes.conftest import Desk

ROOT = "/api/bot-factory"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_template_is_saved_used_and_deleted(desk: Desk) -> None:
    body = {"name": "Small", "description": "A", "config": {"capital_allocation": "5000"}}
    template = desk.ask("POST", f"{ROOT}/templates", 201, "Template", json=body)
    path = f"{ROOT}/templates/{template['id']}"
    assert desk.ask("GET", path, 200, "Template") == template
    bot = {"template_id": template["id"], "name": "Of a template"}
    found = desk.ask("POST", f"{ROOT}/bots", 201, "FactoryBot", json=bot)
    assert found["cash_balance"] == "5000.00"
    desk.ask("DELETE", path, 200, "TemplateDeleted")
    desk.refused("GET", path, 404, "not_found")
    desk.refused("DELETE", path, 404, "not_found")


def test_built_in_templates_come_first_and_stay(desk: Desk) -> None:
    templates = desk.ask("GET", f"{ROOT}/templates", 200, "Templates")
    assert [template["is_builtin"] for template in templates[:4]] == [True] * 4
    path = f"{ROOT}/templates/{templates[0]['id']}"
    desk.ask("GET", path, 200, "Template")
    desk.refused("DELETE", path, 400, "template_is_builtin")


def test_a_template_that_cannot_be_is_refused(desk: Desk) -> None:
    for body in ({}, {"name": "a"}, {"name": "a", "config": {"surprise": 1}}, {"config": {}}):
        desk.refused("POST", f"{ROOT}/templates", 422, "invalid_input", json=body)


def test_a_configuration_is_prefilled_from_a_strategy(desk: Desk) -> None:
    path = f"{ROOT}/from-strategy/{desk.realm.strategy_id}"
    prefilled = desk.ask("GET", path, 200, "FactoryFromStrategy")
    config = {**prefilled["config"], "name": "Prefilled"}
    desk.ask("POST", f"{ROOT}/bots", 201, "FactoryBot", json=config)
    unknown = f"{ROOT}/from-strategy/{NOBODY}"
    desk.refused("GET", unknown, 403, "strategy_not_found_or_not_owned")
