from datetime import date

from forven.store.store import Store
from forven.store.strategy_results import ResultRow
from tests.store.made_rows import DAY, NOW, STRATEGY, changed

ROW = ResultRow(
    hash=STRATEGY.hash,
    dataset="demo",
    data_hash="d" * 64,
    policy_hash="p" * 64,
    day=DAY,
    net_pnl=-5,
    gross_pnl=7,
    fees=10,
    slippage=2,
    status="completed",
    digest="e" * 64,
    document={"trades": 3},
    created_ns=NOW,
)


def test_results_come_back_by_strategy_dataset_and_policy(store: Store) -> None:
    later = changed(ROW, day=date(2024, 1, 3))
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        for row in (later, ROW, changed(ROW, policy_hash="q"), changed(ROW, dataset="other")):
            tables.results.keep(row)
    with store.reading() as tables:
        assert list(tables.results.read(STRATEGY.hash, "demo", "p" * 64)) == [ROW, later]


def test_a_result_of_the_same_key_is_replaced(store: Store) -> None:
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        tables.results.keep(ROW)
        tables.results.keep(changed(ROW, net_pnl=9))
    with store.reading() as tables:
        [found] = tables.results.read(STRATEGY.hash, "demo", "p" * 64)
    assert found == changed(ROW, net_pnl=9)
