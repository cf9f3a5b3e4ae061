import pytest

from forven.primitives.errors import InvalidInput
from forven.store.errors import NoSuchRow, StoreConflict
from forven.store.store import Store
from tests.store.made_rows import LINK, NOW, STRATEGY, changed


def test_a_program_and_its_link_come_back_as_they_were_written(store: Store) -> None:
    with store.transaction() as tables:
        assert tables.strategies.keep(STRATEGY) == STRATEGY
        tables.strategies.add_link(LINK)
    with store.reading() as tables:
        assert tables.strategies.program(STRATEGY.hash) == STRATEGY
        assert tables.strategies.link(LINK.id) == LINK
        assert tables.strategies.program("b") is None
        assert tables.strategies.link("b") is None


def test_a_program_is_kept_once_and_never_changed(store: Store) -> None:
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        assert tables.strategies.keep(changed(STRATEGY, created_ns=NOW + 9)) == STRATEGY
        with pytest.raises(StoreConflict):
            tables.strategies.keep(changed(STRATEGY, program="other"))


def test_a_link_needs_its_program(store: Store) -> None:
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.strategies.add_link(LINK)


def test_links_change_and_disappear(store: Store) -> None:
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        tables.strategies.add_link(LINK)
        older = changed(LINK, id="older", created_ns=1)
        tables.strategies.add_link(older)
        renamed = changed(LINK, name="new", privacy="public", updated_ns=NOW + 5)
        tables.strategies.change_link(renamed)
    with store.reading() as tables:
        assert list(tables.strategies.links()) == [older, renamed]
    with store.transaction() as tables:
        tables.strategies.change_link(changed(renamed, deleted_ns=NOW + 6))
        with pytest.raises(NoSuchRow):
            tables.strategies.change_link(changed(LINK, id="none"))
    with store.reading() as tables:
        assert list(tables.strategies.links()) == [older]
        assert tables.strategies.link(LINK.id) is None


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_text_that_no_database_holds_is_refused(store: Store, text: str) -> None:
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        with pytest.raises(InvalidInput, match="without NUL or lone surrogates"):
            tables.strategies.add_link(changed(LINK, name=text))
        tables.strategies.add_link(changed(LINK, name="both 😀 planes"))
    with store.reading() as tables:
        assert tables.strategies.link(LINK.id).name == "both 😀 planes"
