"""The random worlds are worth comparing: in a sample everything the page names really happens."""

from collections import Counter

import numpy as np
import pytest

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import MISSING
from tests.reference.perpetual.comparison import Outcome, oracle_outcomes
from tests.reference.perpetual.journal import EVENTS, FIELDS, REASONS, decoded, reasons_of
from tests.reference.perpetual.worlds import World, world_of

SAMPLE = range(600)
REASONS_OF_EVENT = {
    "order_rejected": "bad_order bad_quantity off_grid max_orders not_held below_minimum "
    "would_cross would_trigger buying_power",
    "order_canceled": "user stop risk liquidation unfilled not_held buying_power",
    "command_refused": "not_running no_book bad_order no_such_order not_a_limit off_grid "
    "below_minimum would_cross",
    "order_replaced": "repriced user",
    "halt": "daily_loss out_of_range",
}


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """Count events, their reasons, stages, origins, and how sessions stand at the end."""
    found: Counter[str] = Counter()
    for seed in SAMPLE:
        for outcome in oracle_outcomes(world_of(seed)):
            count(outcome, found)
    for name in sorted(found):
        print(f"{found[name]:8d} {name}")
    return found


def count(outcome: Outcome, found: Counter[str]) -> None:
    found[f"status {outcome.facts['STATUS']}"] += 1
    for row in outcome.journal:
        event = EVENTS[row[schema.JOURNAL_KIND]]
        found[event] += 1
        for reason in reasons_of(row):
            found[f"{event} {REASONS[reason]}"] += 1
        if event == "liquidation":
            found[f"stage {row[schema.JOURNAL_F]}"] += 1
        if event == "order_filled":
            found["taker" if row[schema.JOURNAL_D] else "maker"] += 1
        if event == "order_placed":
            found[f"origin {row[schema.JOURNAL_F]}"] += 1
            found[f"flags {row[schema.JOURNAL_E]}"] += 1


def test_every_event_and_every_reason_occurs(counts):
    absent = {EVENTS[kind] for kind in FIELDS} - set(counts)
    for event, reasons in REASONS_OF_EVENT.items():
        absent |= {f"{event} {reason}" for reason in reasons.split()} - set(counts)
    assert not absent


def test_every_status_stage_origin_and_flag_occurs(counts):
    ends = [schema.STATUS_COMPLETED, schema.STATUS_HALTED, schema.STATUS_KILLED]
    ends += [schema.STATUS_FAILED, columns.STATUS_LIQUIDATED]
    others = [schema.STATUS_RUNNING, schema.STATUS_HALTING, schema.STATUS_STOPPING]
    origins = [schema.ORIGIN_COMMAND, schema.ORIGIN_FLATTEN]
    origins += [columns.ORIGIN_LIQUIDATION, columns.ORIGIN_QUOTE]
    wanted = {f"status {status}" for status in (*ends, *others)}
    wanted |= {f"stage {stage}" for stage in range(3)}
    wanted |= {f"origin {origin}" for origin in origins}
    wanted |= {f"flags {flags}" for flags in (0, 1, 2, 3, 4, 6, 8, 9, 10, 11)}
    assert not wanted - set(counts)
    assert min(counts["taker"], counts["maker"]) > 400


def test_what_is_counted_has_no_reason_that_the_page_does_not_name(counts):
    """A reason the oracle gives is in the table above: the table is the whole page."""
    named = {
        f"{event} {reason}"
        for event, reasons in REASONS_OF_EVENT.items()
        for reason in reasons.split()
    }
    assert {name for name in counts if name.split()[0] in REASONS_OF_EVENT} <= named | set(
        REASONS_OF_EVENT
    )


def test_the_streams_hold_every_kind_of_frame():
    worlds = [world_of(seed) for seed in range(200)]
    book = np.concatenate([world.book for world in worlds], axis=1)
    bid, ask = book[columns.BOOK_BID], book[columns.BOOK_ASK]
    both = (bid != MISSING) & (ask != MISSING)
    mark2 = book[columns.BOOK_MARK2]
    assert np.any((bid == MISSING) & (ask != MISSING))
    assert np.any((bid != MISSING) & (ask == MISSING))
    assert np.any((bid == ask) & both)
    assert np.any((bid > ask) & both)
    assert np.any((mark2 == MISSING) & both)
    assert np.any((mark2 != bid + ask) & both & (mark2 != MISSING))
    assert np.any((book[columns.BOOK_BID_SIZE] == 0) & both)
    assert np.any(book[columns.BOOK_ARRIVAL] > book[columns.BOOK_TS])
    prints = np.concatenate([world.prints for world in worlds])
    assert set(prints[:, columns.PRINT_AGGRESSOR].tolist()) == {-1, 0, 1}
    assert np.any(prints[:, columns.PRINT_SIZE] == 0)
    assert any(np.any(np.diff(world.book[columns.BOOK_PRINTS]) > 2) for world in worlds)


def test_the_stream_keeps_its_promises():
    """Section 1: times never fall, prices and sizes are in range, the mark stays known."""
    for seed in range(200):
        world = world_of(seed)
        assert np.all(np.diff(world.book[columns.BOOK_TS]) > 0)
        for side in (columns.BOOK_BID, columns.BOOK_ASK):
            price = world.book[side]
            assert np.all((price == MISSING) | ((price >= 1) & (price <= columns.PRICE_MAX)))
        known = world.book[columns.BOOK_MARK2] != MISSING
        assert np.all(np.diff(known.astype(int)) >= 0)
        assert np.all(world.book[columns.BOOK_MARK2][known] >= 1)
        assert np.all(np.diff(world.fundings[:, columns.FUNDING_TS]) >= 0)
        assert world.book.flags.c_contiguous
        dues = [own[:, columns.COMMAND_DUE] for own in commands_by_bot(world)]
        assert all(np.all(np.diff(due) >= 0) for due in dues)


def commands_by_bot(world: World) -> list[np.ndarray]:
    starts = world.plans[:, columns.PLAN_COMMAND_FROM]
    counts = world.plans[:, columns.PLAN_COMMAND_COUNT]
    return [world.commands[at : at + n] for at, n in zip(starts, counts, strict=True)]


def test_a_seed_is_the_whole_address_of_a_world():
    for seed in (3, 99, 12_345):
        one, other = world_of(seed), world_of(seed)
        for name, array in vars(one).items():
            assert np.array_equal(array, getattr(other, name)), name


def test_a_row_is_decoded_with_its_names():
    row = (0, 3, 12, schema.EVENT_ORDER_CANCELED, 7, schema.REASON_RISK, 5, 0, 0, 0, 0)
    assert decoded(row) == "#3 ts=12 order_canceled order=7 reason=risk left=5"
