"""What filled is read off a journal with what it was ordered for."""

import numpy as np

from forven.engine.executions import entry_orders, exit_orders, fills_of, flattening_orders, of_kind
from forven.kernels import schema
from tests.bots.conftest import coarse_day, condor_sessions  # noqa: F401 - fixtures


def test_every_leg_that_filled_is_in_its_order_once(condor_sessions):  # noqa: F811
    for result in condor_sessions:
        fills = fills_of(result.rows)
        filled = of_kind(result.rows, schema.EVENT_LEG_FILLED)
        assert [fill.sequence for fill in fills] == sorted(fill.sequence for fill in fills)
        assert sum(len(fill.legs) for fill in fills) == len(filled) > 0
        ordered = of_kind(result.rows, schema.EVENT_ORDER_LEG)
        for fill in fills:
            own = ordered[ordered[:, schema.JOURNAL_ORDER] == fill.order]
            places = [schema.JOURNAL_B, schema.JOURNAL_D]
            assert [[leg.instrument, leg.effect] for leg in fill.legs] == own[:, places].tolist()
            assert sum(leg.fee for leg in fill.legs) == fill.fees


def test_orders_are_for_an_entry_an_exit_or_a_flattening(condor_sessions):  # noqa: F811
    is_flattened = False
    for result in condor_sessions:
        entries, exits = entry_orders(result.rows), exit_orders(result.rows)
        flattening = flattening_orders(result.rows)
        assert set(entries.values()).isdisjoint(exits) and flattening.isdisjoint(exits)
        assert {number for number, _ in exits.values()} <= set(entries)
        placed = of_kind(result.rows, schema.EVENT_ORDER_PLACED)[:, schema.JOURNAL_ORDER]
        assert {*entries.values(), *exits, *flattening} == set(placed.tolist())
        is_flattened |= bool(flattening)
    assert is_flattened


def test_an_empty_journal_has_none_of_them():
    rows = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)
    assert (fills_of(rows), entry_orders(rows), exit_orders(rows)) == ((), {}, {})
    assert flattening_orders(rows) == set()
