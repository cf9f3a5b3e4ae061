from forven.store.store import Store
from forven.store.templates import Template


def test_templates_come_back_built_in_ones_first(store: Store) -> None:
    made = [
        Template(id=str(n), name=name, description="d", is_builtin=builtin, config={"n": n})
        for n, (name, builtin) in enumerate([("b", False), ("z", True), ("a", False)])
    ]
    with store.transaction() as tables:
        for template in made:
            tables.templates.add(template)
    with store.reading() as tables:
        assert list(tables.templates.list()) == [made[1], made[2], made[0]]
        assert tables.templates.get("1") == made[1]
        assert tables.templates.get("9") is None
    with store.transaction() as tables:
        assert tables.templates.delete("0")
        assert not tables.templates.delete("0")
        assert list(tables.templates.list()) == [made[1], made[2]]
