"""The rules by which a producer's rows become frames: what is kept, what is left out and told."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels.schema import MISSING
from forven.market.feeds.batches import rows_of_batch
from forven.market.feeds.intake import Intake
from tests.market.feeds.conftest import CLOSE_NS, OPEN_NS, SECOND_NS, SYMBOLS, feed_day
from tests.market.feeds.made_streams import batch_of, schema_of
from tests.market.made_days import osi

SETTLEMENT = "SPX:settlement"
WIDE = schema_of(**dict.fromkeys(("bid", "ask", "bid_size", "ask_size"), pa.int64()))


def at(seconds: float) -> int:
    return OPEN_NS + int(seconds * SECOND_NS)


@pytest.fixture
def intake() -> Intake:
    return Intake(feed_day(), MISSING)


def take(intake: Intake, *rows, arrival: int | None = None):
    """The frames of rows (ts, instrument, bid, ask and maybe both sizes)."""
    latest = max((row[0] for row in rows if row[0] is not None), default=OPEN_NS)
    batch = rows_of_batch(batch_of(rows, WIDE))
    return list(intake.take(batch, latest if arrival is None else arrival))


def kinds(frame) -> list[tuple[str, int]]:
    return [(event.kind, event.count) for event in frame.events]


def test_a_batch_ends_a_frame_for_each_of_its_moments(intake):
    first, second = take(
        intake,
        (at(1), SYMBOLS[1], 100, 110, 7, 8),
        (at(0), SYMBOLS[0], 200, 210),
        (at(1), "SPX", 530_000, 530_000),
        (at(1), SYMBOLS[2], -1, -1),
        arrival=at(3),
    )
    assert (first.ts, second.ts) == (at(0), at(1))
    assert first.arrival == second.arrival == at(3)
    assert second.instruments.tolist() == [1, 2]
    assert second.bids.tolist() == [100, -1]
    assert (second.bid_sizes.tolist(), second.ask_sizes.tolist()) == ([7, 1], [8, 1])
    assert (first.spot, second.spot) == (MISSING, 530_000)
    assert second.instruments.dtype == second.bids.dtype == np.int32
    assert first.events == second.events == ()


@pytest.mark.parametrize("moment", [at(5), at(4), at(0)])
def test_a_row_that_is_not_after_the_last_frame_is_late_and_left_out(intake, moment):
    take(intake, (at(5), SYMBOLS[0], 1, 2))
    assert take(intake, (moment, SYMBOLS[0], 8, 9), arrival=at(6)) == []
    (frame,) = take(intake, (at(7), SYMBOLS[1], 1, 2))
    assert kinds(frame) == [("late", 1)]
    assert frame.instruments.tolist() == [1]


def test_of_rows_of_one_instrument_and_moment_the_last_wins(intake):
    (frame,) = take(
        intake,
        (at(1), SYMBOLS[0], 1, 2),
        (at(1), SYMBOLS[1], 3, 4),
        (at(1), SYMBOLS[0], 5, 6),
        (at(1), "SPX", 530_000, 530_000),
        (at(1), "SPX", 530_100, 530_100),
    )
    assert sorted(zip(frame.instruments.tolist(), frame.bids.tolist())) == [(0, 5), (1, 3)]
    assert frame.spot == 530_100
    assert kinds(frame) == [("duplicate", 2)]


def test_crossed_quotes_are_kept_and_counted(intake):
    (frame,) = take(intake, (at(1), SYMBOLS[0], 12, 10), (at(1), SYMBOLS[1], 10, 10))
    assert frame.bids.tolist() == [12, 10]
    assert kinds(frame) == [("crossed", 1)]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ((at(1), osi(9990), 1, 2), "unlisted"),
        ((at(1), "", 1, 2), "unlisted"),
        ((at(1), None, 1, 2), "bad_row"),
        ((None, SYMBOLS[0], 1, 2), "bad_row"),
        ((at(1), SYMBOLS[0], None, 2), "bad_row"),
        ((at(1), SYMBOLS[0], 1, None), "bad_row"),
        ((at(1), SYMBOLS[0], -2, 2), "bad_row"),
        ((at(1), SYMBOLS[0], 1, 1_000_000_001), "bad_row"),
        ((at(1), SYMBOLS[0], 1, 2**62), "bad_row"),
        ((at(1), SYMBOLS[0], 1, 2, -2, 1), "bad_row"),
        ((at(1), SYMBOLS[0], 1, 2, 1, 2**31), "bad_row"),
        ((at(1), "SPX", 0, 0), "bad_row"),
        ((at(1), "SPX", 530_000, 530_001), "bad_row"),
        ((at(1), SETTLEMENT, 530_000, 530_000), "bad_row"),
        ((-1, SYMBOLS[0], 1, 2), "bad_row"),
        ((2**63 - 1, SYMBOLS[0], 1, 2), "bad_row"),
        ((at(-24 * 3_600), SYMBOLS[0], 1, 2), "bad_row"),
        ((at(24 * 3_600), SYMBOLS[0], 1, 2), "bad_row"),
        ((at(3_600), SYMBOLS[0], 1, 2), "clock_step"),
        ((at(-1), SYMBOLS[0], 1, 2), "outside"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_told_while_the_others_count(intake, row, kind):
    rows = [(at(1), SYMBOLS[1], 3, 4), row]
    (frame,) = take(intake, *rows, arrival=at(2))
    assert frame.instruments.tolist() == [1]
    assert frame.spot == MISSING
    assert kinds(frame) == [(kind, 1)]
    assert "row 1" in frame.events[0].detail


def test_a_row_after_the_close_is_outside(intake):
    rows = [(CLOSE_NS + 1, SYMBOLS[0], 1, 2), (CLOSE_NS, SYMBOLS[1], 1, 2)]
    (frame,) = take(intake, *rows)
    assert (frame.ts, kinds(frame)) == (CLOSE_NS, [("outside", 1)])


def test_a_producers_clock_that_steps_an_hour_either_way_makes_no_frame(intake):
    take(intake, (at(100), SYMBOLS[0], 1, 2))
    assert take(intake, (at(3_701), SYMBOLS[0], 1, 2), arrival=at(101)) == []
    (frame,) = take(intake, (at(102), SYMBOLS[0], 1, 2))
    assert kinds(frame) == [("clock_step", 1)]
    assert take(intake, (at(103 - 3_600), SYMBOLS[0], 1, 2), arrival=at(103)) == []
    (frame,) = take(intake, (at(104), SYMBOLS[0], 1, 2))
    assert [kind for kind, _ in kinds(frame)] == ["outside"]


def test_rows_from_the_past_keep_their_moment_and_are_seen_to_be_old(intake):
    """The kernel's staleness is the arrival less the moment."""
    (frame,) = take(intake, (at(1), SYMBOLS[0], 1, 2), arrival=at(3_600))
    assert frame.arrival - frame.ts == 3_599 * SECOND_NS


def test_the_settlement_comes_with_the_frame_at_the_close(intake):
    rows = [(CLOSE_NS, SYMBOLS[0], 1, 2), (CLOSE_NS, SETTLEMENT, 530_321, 530_321)]
    (frame,) = take(intake, *rows)
    assert (frame.ts, frame.settlement, len(frame.instruments)) == (CLOSE_NS, 530_321, 1)
    assert intake.is_closed
    assert intake.settlement == 530_321


def test_a_settlement_alone_makes_the_frame_at_the_close(intake):
    take(intake, (at(1), SYMBOLS[0], 1, 2))
    (frame,) = take(intake, (CLOSE_NS + SECOND_NS, SETTLEMENT, 530_321, 530_321))
    assert (frame.ts, frame.settlement, len(frame.instruments)) == (CLOSE_NS, 530_321, 0)


def test_a_settlement_after_the_close_makes_a_further_frame(intake):
    assert not intake.is_closed
    frame = intake.close(CLOSE_NS + 9)
    assert (frame.ts, frame.arrival, frame.settlement) == (CLOSE_NS, CLOSE_NS + 9, MISSING)
    assert intake.is_closed
    (late,) = take(intake, (CLOSE_NS, SETTLEMENT, 530_321, 530_321))
    assert (late.ts, late.settlement) == (CLOSE_NS + 1, 530_321)
    (later,) = take(intake, (CLOSE_NS + SECOND_NS, SETTLEMENT, 530_322, 530_322))
    assert (later.ts, later.settlement) == (CLOSE_NS + SECOND_NS, 530_322)


def test_a_long_silence_is_a_gap(intake):
    take(intake, (at(1), SYMBOLS[0], 1, 2))
    (near,) = take(intake, (at(61), SYMBOLS[0], 1, 2))
    (far,) = take(intake, (at(121.5), SYMBOLS[0], 1, 2))
    assert kinds(near) == []
    assert kinds(far) == [("gap", 1)]


def test_a_reconnection_and_a_restart_tell_their_gap():
    intake = Intake(feed_day(), at(10))
    (first,) = take(intake, (at(11), SYMBOLS[0], 1, 2))
    assert kinds(first) == [("gap", 1)]
    assert first.events[0].detail == "no rows from 2024-06-03T13:30:10Z to 2024-06-03T13:30:11Z"
    intake.reconnect(at(12))
    (second,) = take(intake, (at(12), SYMBOLS[0], 1, 2))
    assert kinds(second) == [("reconnected", 1), ("gap", 1)]


def test_a_silence_before_the_close_is_a_gap(intake):
    take(intake, (at(1), SYMBOLS[0], 1, 2))
    close = intake.close(CLOSE_NS)
    assert kinds(close) == [("gap", 1)]
    assert close.events[0].detail == "no rows from 2024-06-03T13:30:01Z to 2024-06-03T20:00:00Z"
    (settled,) = take(intake, (CLOSE_NS + 3_600 * SECOND_NS, SETTLEMENT, 530_321, 530_321))
    assert kinds(settled) == []


def test_a_settlement_that_makes_the_close_tells_the_gap_before_it(intake):
    take(intake, (CLOSE_NS - 61 * SECOND_NS, SYMBOLS[0], 1, 2))
    (frame,) = take(intake, (CLOSE_NS + SECOND_NS, SETTLEMENT, 530_321, 530_321))
    assert kinds(frame) == [("gap", 1)]


def test_a_close_right_after_a_frame_is_no_gap_unless_a_producer_came_back(intake):
    take(intake, (CLOSE_NS - 60 * SECOND_NS, SYMBOLS[0], 1, 2))
    other = Intake(feed_day(), CLOSE_NS - 60 * SECOND_NS)
    assert kinds(intake.close(CLOSE_NS)) == []
    assert kinds(other.close(CLOSE_NS)) == [("gap", 1)]


def test_events_do_not_grow_without_end(intake):
    for number in range(10_000):
        intake.note("refused", at(1), f"stream {number}")
    (frame,) = take(intake, (at(1), SYMBOLS[0], 1, 2))
    assert len(frame.events) == 100
    assert sum(event.count for event in frame.events) == 10_000


def test_an_empty_batch_makes_no_frame(intake):
    assert list(intake.take(rows_of_batch(batch_of([])), OPEN_NS)) == []


@given(seed=st.integers(0, 2**32))
def test_every_row_is_in_a_frame_or_in_an_event(seed):
    chance = Random(seed)
    intake, frames, sent = Intake(feed_day(), MISSING), [], 0
    for _ in range(8):
        rows = []
        for _ in range(chance.randint(0, 6)):
            ts = chance.choice([None, -5, at(chance.randint(-3, 40)), at(9_000), 2**63 - 1])
            name = chance.choice([*SYMBOLS, *SYMBOLS, "SPX", "other", None])
            price = chance.choice([None, -9, -1, 0, 5, 530_000, 2**40])
            rows.append((ts, name, price, price, 1, 1))
        sent += len(rows)
        frames += list(intake.take(rows_of_batch(batch_of(rows, WIDE)), at(40)))
    frames.append(intake.close(CLOSE_NS))
    assert [frame.ts for frame in frames] == sorted({frame.ts for frame in frames})
    told = sum(e.count for f in frames for e in f.events if e.kind not in ("gap", "crossed"))
    kept = sum(len(frame.instruments) + (frame.spot != MISSING) for frame in frames)
    assert kept + told == sent
