import pytest

from forven.store.decisions import DecisionRow
from forven.store.errors import StoreConflict
from forven.store.store import Store
from tests.store.made_rows import NOW, fill


def entries(session_id: str, count: int, ts: int = NOW) -> list[DecisionRow]:
    return [
        DecisionRow(
            session_id=session_id,
            number=number,
            ts=ts + number // 2,
            kind="log",
            level="info",
            text=f"entry {number}",
            data=None if number % 2 else {"spot": "4700.25"},
        )
        for number in range(1, count + 1)
    ]


def test_entries_come_back_in_the_order_they_were_said(store: Store) -> None:
    [session] = fill(store)
    made = entries(session.id, 5)
    with store.transaction() as tables:
        tables.decisions.append(made[:3])
        tables.decisions.append(made[3:])
        tables.decisions.append([])
    with store.reading() as tables:
        assert list(tables.decisions.read(session.id)) == made
        assert list(tables.decisions.read(session.id, after=2, limit=2)) == made[2:4]


def test_the_newest_of_several_sessions_come_newest_first(store: Store) -> None:
    one, other = fill(store, 2)
    with store.transaction() as tables:
        tables.decisions.append(entries(one.id, 3) + entries(other.id, 2, NOW + 10))
    with store.reading() as tables:
        found = tables.decisions.newest([one.id, other.id], 4)
        assert [(row.session_id, row.number) for row in found] == [
            (other.id, 2),
            (other.id, 1),
            (one.id, 3),
            (one.id, 2),
        ]
        assert list(tables.decisions.newest([], 4)) == []


def test_a_number_is_taken_once(store: Store) -> None:
    [session] = fill(store)
    with store.transaction() as tables:
        tables.decisions.append(entries(session.id, 1))
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.decisions.append(entries(session.id, 1))
