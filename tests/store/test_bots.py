import pytest

from forven.primitives.errors import InvalidInput
from forven.store.bots import BotVersion
from forven.store.errors import NameIsTaken, NoSuchRow, StoreConflict
from forven.store.store import Store
from tests.store.made_rows import BOT, CASH, NOW, changed, fill, uuid_of


def test_a_bot_comes_back_as_it_was_written(store: Store) -> None:
    fill(store, 0)
    with store.transaction() as tables:
        tables.bots.add(BOT)
    with store.reading() as tables:
        assert tables.bots.get(BOT.id) == BOT
        assert tables.bots.named("first") == BOT
        assert tables.bots.get(uuid_of(2, 99)) is None
        assert tables.bots.named("second") is None


def test_a_bot_may_have_no_strategy_yet(store: Store) -> None:
    bare = changed(BOT, strategy_id=None, strategy_hash=None)
    with store.transaction() as tables:
        tables.bots.add(bare)
    with store.reading() as tables:
        assert tables.bots.get(BOT.id) == bare


def test_bots_are_listed_oldest_first_and_by_strategy(store: Store) -> None:
    fill(store, 3)
    with store.transaction() as tables:
        other = changed(BOT, id=uuid_of(2, 7), name="of another", strategy_id="x", created_ns=1)
        tables.bots.add(other)
    with store.reading() as tables:
        assert [bot.name for bot in tables.bots.list()] == ["of another", "bot 0", "bot 1", "bot 2"]
        assert [bot.name for bot in tables.bots.list("x")] == ["of another"]
        assert list(tables.bots.list("unknown")) == []


def test_two_active_bots_never_share_a_name(store: Store) -> None:
    fill(store, 1)
    with store.transaction() as tables, pytest.raises(NameIsTaken, match="found 'bot 0'"):
        tables.bots.add(changed(BOT, name="bot 0"))
    with store.transaction() as tables:
        tables.bots.add(BOT)
    with store.transaction() as tables, pytest.raises(NameIsTaken):
        tables.bots.change(BOT.id, name="bot 0")


def test_a_name_is_free_again_once_its_bot_is_archived_or_deleted(store: Store) -> None:
    fill(store, 2)
    with store.transaction() as tables:
        tables.bots.change(uuid_of(2, 0), status="archived")
        tables.bots.change(uuid_of(2, 1), deleted_ns=NOW)
        tables.bots.add(changed(BOT, id=uuid_of(2, 8), name="bot 0"))
        tables.bots.add(changed(BOT, id=uuid_of(2, 9), name="bot 1"))
    with store.transaction() as tables, pytest.raises(NameIsTaken):
        tables.bots.change(uuid_of(2, 0), status="idle")


def test_the_database_itself_refuses_a_second_name(store: Store, monkeypatch) -> None:
    fill(store, 1)
    monkeypatch.setattr("forven.store.bots.Bots._check_name", lambda *_: None)
    with pytest.raises(StoreConflict, match="nothing was written"), store.transaction() as tables:
        tables.bots.add(changed(BOT, name="bot 0"))


def test_a_change_writes_the_named_columns_only(store: Store) -> None:
    fill(store, 1)
    bot_id = uuid_of(2, 0)
    with store.transaction() as tables:
        before = tables.bots.get(bot_id)
        after = tables.bots.change(bot_id, wish="running", risk={"max_open_orders": 1}, version=2)
    with store.reading() as tables:
        assert tables.bots.get(bot_id) == after
        assert after == changed(before, wish="running", risk={"max_open_orders": 1}, version=2)
        assert [bot.id for bot in tables.bots.wishing("running")] == [bot_id]


def test_a_change_of_nobody_or_of_what_never_changes_is_refused(store: Store) -> None:
    fill(store, 1)
    with store.transaction() as tables:
        with pytest.raises(NoSuchRow):
            tables.bots.change(uuid_of(2, 5), wish="running")
        with pytest.raises(InvalidInput, match=r"found \['created_ns', 'id'\]"):
            tables.bots.change(uuid_of(2, 0), id="x", created_ns=1)


def test_a_deleted_bot_is_gone_from_every_list_and_still_settles(store: Store) -> None:
    fill(store, 1)
    with store.transaction() as tables:
        tables.bots.change(uuid_of(2, 0), deleted_ns=NOW)
        tables.bots.settle(uuid_of(2, 0), CASH - 7)
    with store.reading() as tables:
        assert tables.bots.get(uuid_of(2, 0)) is None
        assert list(tables.bots.list()) == []
        found = tables.connection.exec_driver_sql("select cash_balance from bots").scalar_one()
        assert found == CASH - 7


def test_versions_are_kept_newest_first(store: Store) -> None:
    fill(store, 1)
    made = [
        BotVersion(bot_id=uuid_of(2, 0), version=n, snapshot={"n": n, "f": "1.5"}, created_ns=NOW)
        for n in (1, 2, 3)
    ]
    with store.transaction() as tables:
        for version in made:
            tables.bots.add_version(version)
    with store.reading() as tables:
        assert list(tables.bots.versions(uuid_of(2, 0))) == made[::-1]
        assert tables.bots.version(uuid_of(2, 0), 2) == made[1]
        assert tables.bots.version(uuid_of(2, 0), 9) is None
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.bots.add_version(made[0])


def test_some_bots_are_found_together_without_those_deleted(store: Store) -> None:
    fill(store, 3)
    with store.transaction() as tables:
        tables.bots.change(uuid_of(2, 1), deleted_ns=NOW)
    with store.reading() as tables:
        found = tables.bots.among([uuid_of(2, number) for number in range(5)])
        assert {bot.name for bot in found} == {"bot 0", "bot 2"}
        assert list(tables.bots.among([])) == []
