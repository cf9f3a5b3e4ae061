from forven.store.frame_commit import FrameCommit
from forven.store.store import Store
from tests.store.made_journals import sessions
from tests.store.made_rows import fill
from tests.store.test_store import listing


def test_orders_and_transactions_are_read_in_pages(store: Store) -> None:
    [row] = fill(store, 1, listing())
    store.commit_frame(FrameCommit(journal={row.id: sessions()[5].rows}))
    with store.reading() as tables:
        ledgers = tables.ledgers
        orders, booked = ledgers.orders(row.id), ledgers.transactions(row.id)
        assert len(orders) > 4
        assert [order["number"] for order in orders] == list(range(1, len(orders) + 1))
        assert ledgers.orders(row.id, after=2, limit=2) == orders[2:4]
        assert ledgers.transactions(row.id, after=1, limit=3) == booked[1:4]
        assert ledgers.transactions(row.id, after=len(booked)) == []
        assert ledgers.of_many(["none", row.id]) == {"none": ([], []), row.id: (orders, booked)}


def test_more_sessions_than_one_statement_names_are_read_and_written(store: Store) -> None:
    rows = fill(store, 405, listing())
    part = sessions()[5].rows[:40]
    store.commit_frame(FrameCommit(journal={row.id: part for row in rows}))
    ids = [row.id for row in rows]
    with store.reading() as tables:
        journals, ledgers = tables.journals.read_many(ids), tables.ledgers.of_many(ids)
        assert {len(journal) for journal in journals.values()} == {40}
        assert len({len(orders) for orders, _ in ledgers.values()}) == 1
        assert ledgers[ids[-1]][0] == tables.ledgers.orders(ids[-1]) != []
