"""Templates: four that are built in, and saved ones."""

import pytest

from forven.bots import errors


def test_the_built_in_templates_have_the_published_numbers(services):
    found = {template["name"]: template["config"] for template in services.templates.list()}
    names = ("capital_allocation", "max_position_pct", "max_concurrent_positions")
    names += ("max_drawdown_pct", "cooldown_seconds")
    assert {name: tuple(config[field] for field in names) for name, config in found.items()} == {
        "Momentum Scalper": ("50000", "15", 3, "5", 30),
        "Mean Reversion Scanner": ("100000", "8", 5, "2.5", 300),
        "Catalyst Reaction Trader": ("75000", "10", 4, "3", 120),
        "Conservative Swing Trader": ("200000", "5", 3, "2", 3600),
    }


def test_every_template_makes_a_bot(services):
    for template in services.templates.list():
        bot = services.factory.create({"template_id": template["id"], "name": template["name"]})
        assert bot["config"]["template_id"] == template["id"]


def test_a_template_is_saved_read_and_deleted(services):
    saved = services.templates.create(
        {"name": "Mine", "config": {"capital_allocation": 25000, "max_drawdown_pct": "1"}}
    )
    assert saved["config"] == {"capital_allocation": "25000", "max_drawdown_pct": "1"}
    assert saved["is_builtin"] is False
    assert services.templates.get(saved["id"]) == saved
    assert services.templates.list()[-1] == saved
    assert services.templates.delete(saved["id"])["status"] == "deleted"
    with pytest.raises(errors.NotFound):
        services.templates.get(saved["id"])


def test_a_built_in_template_stays(services):
    with pytest.raises(errors.TemplateProtected):
        services.templates.delete("momentum-scalper")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "x"}, "config"),
        ({"config": {}}, "name"),
        ({"name": "x", "config": {"max_position_pct": 0}}, r"config\.max_position_pct"),
        ({"name": "x", "config": {"template_id": "momentum-scalper"}}, "template_id"),
        ({"name": "x", "config": []}, "config"),
    ],
)
def test_a_template_that_is_wrong_is_refused(services, body, path):
    with pytest.raises(errors.InvalidField, match=path):
        services.templates.create(body)
    assert len(services.templates.list()) == 4
