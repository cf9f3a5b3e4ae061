from dataclasses import replace
from datetime import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels.schema import CLOCK_ARRIVAL, CLOCK_SPOT, MISSING, QUOTE_BID
from forven.market.columns import rows_table
from forven.market.frames import build_day
from forven.market.instruments import InstrumentCard, OptionSymbol
from forven.market.schema import PRINTS, QUOTES
from forven.market.ticks import DayTicks
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import NANOSECONDS_PER_SECOND
from tests.market.made_days import (
    LAST_SECOND,
    NEXT_DAY,
    bounds_of,
    day_ticks,
    osi,
    prints_table,
    quotes_table,
)
from tests.reference import frames as reference
from tests.reference.frames import QuoteRow

BOUNDS = bounds_of()
SYMBOLS = [osi(5300), osi(5310), osi(5300, right=1), osi(5310, right=1)]

seconds = st.one_of(st.integers(-3, 12), st.integers(LAST_SECOND - 3, LAST_SECOND + 3))
price = st.integers(-1, 6)


@given(
    rows=st.lists(st.tuples(seconds, st.integers(0, 3), price, price), min_size=1, max_size=30),
    prints=st.lists(st.tuples(seconds, st.integers(1, 9)), max_size=6),
)
def test_a_day_has_the_frames_of_the_oracle_without_the_rows_outside_the_session(rows, prints):
    rows.append((0, 0, 1, 2))
    rows.sort(key=lambda row: row[0])
    prints.sort(key=lambda row: row[0])
    market = build_day(
        day_ticks(
            quotes=quotes_table([(at, SYMBOLS[i], bid, ask) for at, i, bid, ask in rows]),
            prints=prints_table(prints),
        ),
        BOUNDS,
    )
    inside = [row for row in rows if 0 <= row[0] <= LAST_SECOND]
    listed = sorted({row[1] for row in inside})
    expected = reference.build_frames(
        [QuoteRow(stamp(at), listed.index(i), bid, ask) for at, i, bid, ask in inside],
        [(stamp(at), last) for at, last in prints if 0 <= at <= LAST_SECOND],
        len(listed),
        BOUNDS.close_ns,
    )
    assert market.symbols == tuple(SYMBOLS[i] for i in listed)
    assert market.clock.T.tolist() == [list(frame) for frame in expected.clock]
    assert market.quotes.transpose(1, 2, 0).tolist() == [
        [list(quote) for quote in instrument] for instrument in expected.quotes
    ]
    assert [
        [market.last_row_frame(i, frame) for frame in range(market.frame_count)]
        for i in range(len(listed))
    ] == [[None if frame < 0 else frame for frame in line] for line in expected.updated]


def stamp(second):
    return BOUNDS.open_ns + second * NANOSECONDS_PER_SECOND


def test_instruments_are_numbered_calls_first_then_by_strike_whatever_came_first():
    rows = [(0, symbol, 1, 2) for symbol in reversed(SYMBOLS)]
    market = build_day(day_ticks(quotes=quotes_table(rows)), BOUNDS)
    assert market.symbols == tuple(SYMBOLS)
    assert market.instruments.tolist() == [[530_000, 0], [531_000, 0], [530_000, 1], [531_000, 1]]


def test_how_a_table_is_cut_into_chunks_changes_nothing():
    ticks = day_ticks()
    chunks = [quotes_table(rows) for rows in ([(0, osi(5300), 200, 210)],
        [(1, osi(5310), 100, 110), (1, osi(5300, right=1), 150, 155)],
        [(2, osi(5300), 205, 215)])]  # fmt: skip
    cut = replace(ticks, quotes=pa.concat_tables(chunks))
    assert cut.quotes.column("instrument").num_chunks == 3
    whole, in_parts = build_day(ticks, BOUNDS), build_day(cut, BOUNDS)
    assert whole.content_hash == in_parts.content_hash
    assert np.array_equal(whole.quotes, in_parts.quotes)


def test_an_early_close_ends_the_day_and_drops_what_comes_after():
    bounds = bounds_of(close=time(13, 0))
    rows = [(0, osi(5300), 1, 2), (3.5 * 3600, osi(5300), 3, 4), (3.6 * 3600, osi(5310), 3, 4)]
    market = build_day(day_ticks(quotes=quotes_table(rows)), bounds)
    assert market.ts.tolist() == [bounds.open_ns, bounds.close_ns]
    assert market.quotes[QUOTE_BID].tolist() == [[1, 3]]


def test_the_arrival_clock_of_a_recording_is_its_own_time_and_the_spot_is_carried_on():
    market = build_day(day_ticks(), BOUNDS)
    assert np.array_equal(market.clock[CLOCK_ARRIVAL], market.ts)
    assert market.clock[CLOCK_SPOT].tolist() == [530_000, 530_000, 530_000, 530_500, 530_500]
    late = build_day(day_ticks(prints=prints_table([(2, 530_000)])), BOUNDS)
    assert late.clock[CLOCK_SPOT].tolist() == [MISSING, MISSING, 530_000, 530_000]


@pytest.mark.parametrize(
    ("prints", "official", "expected"),
    [
        ([(0, 530_000), (LAST_SECOND - 1, 531_000)], None, (531_000, True)),
        ([(LAST_SECOND, 531_000), (LAST_SECOND + 1, 532_000)], None, (531_000, True)),
        ([(LAST_SECOND - 300, 531_000)], None, (531_000, True)),
        ([(LAST_SECOND - 301, 531_000)], None, (None, False)),
        ([], None, (None, False)),
        ([(LAST_SECOND - 1, 531_000)], 530_777, (530_777, False)),
    ],
)
def test_the_settlement_is_the_official_one_or_the_last_print_near_the_close(
    prints, official, expected
):
    ticks = day_ticks(prints=prints_table(prints), settlement=official)
    market = build_day(ticks, BOUNDS)
    assert (market.settlement, market.settlement_estimated) == expected


def refused(ticks, bounds=BOUNDS, error=UntrustedData):
    with pytest.raises(error) as refusal:
        build_day(ticks, bounds)
    return str(refusal.value)


def test_a_day_that_is_no_single_expiring_chain_is_refused():
    def rows(*symbols):
        return day_ticks(quotes=quotes_table([(0, symbol, 1, 2) for symbol in symbols]))

    assert "one option root" in refused(rows(osi(5300), osi(5300, root="SPX")))
    assert "expire on the day" in refused(rows(osi(5300, day=NEXT_DAY)))
    assert "21 characters" in refused(rows("SPXW5300C"))
    assert "found none" in refused(day_ticks(quotes=quotes_table([(-5, osi(5300), 1, 2)])))
    assert "SPX as the underlying" in refused(
        day_ticks(underlying="NDX", prints=prints_table([(0, 1)], underlying="NDX"))
    )
    assert "known" in refused(rows(osi(5300, root="ABC")), error=InvalidInput)
    assert "the session" in refused(day_ticks(), bounds_of(NEXT_DAY), InvalidInput)
    assert "settlement of 1" in refused(day_ticks(settlement=0))


def test_a_chain_of_another_root_runs_with_its_card():
    card = InstrumentCard(
        root="ABC", underlying="SPX", description="a test", quanta_per_point=100,
        multiplier_micros=500_000,
    )  # fmt: skip
    ticks = day_ticks(quotes=quotes_table([(0, osi(5300, root="ABC"), 1, 2)]))
    market = build_day(ticks, BOUNDS, card)
    assert (market.root, market.multiplier) == ("ABC", 500_000)


@pytest.mark.data
def test_a_recorded_chain_of_one_minute_quotes_becomes_a_day(shared_data):
    table = pq.read_table(
        shared_data / "cboe_vixr" / "spxw_1min_2018-01-05_exp2018-01-05.parquet",
        columns=["ts", "expiry", "strike", "right", "bid", "ask", "active_underlying_price"],
    ).to_pydict()
    day = table["expiry"][0]
    stamps = [int(ts.value) for ts in table["ts"]]
    symbols = [
        OptionSymbol(root="SPXW", expiry=day, right="CP".index(right), strike_quanta=cents).osi
        for right, cents in zip(table["right"], quanta(table["strike"]), strict=True)
    ]
    sizes = np.ones(len(stamps))
    quotes = rows_table(
        {"ts": stamps, "instrument": symbols, "bid": quanta(table["bid"]),
         "ask": quanta(table["ask"]), "bid_size": sizes, "ask_size": sizes},
        QUOTES,
    )  # fmt: skip
    spots = dict(zip(stamps, quanta(table["active_underlying_price"]), strict=True))
    count = len(spots)
    prints = rows_table(
        {"ts": list(spots), "instrument": ["SPX"] * count, "last": list(spots.values()),
         "last_size": np.full(count, -1), "aggressor": np.zeros(count)},
        PRINTS,
    )  # fmt: skip
    ticks = DayTicks(day=day, underlying="SPX", quotes=quotes, prints=prints)
    market = build_day(ticks, bounds_of(day))
    assert market.quotes.shape == (3, 2 * 159, 390)
    assert market.settlement_estimated
    assert abs(market.settlement - 274_315) <= 50
    zero_bid = (market.quotes[QUOTE_BID] == 0).mean()
    assert 0.40 < zero_bid < 0.55


def quanta(values):
    return np.rint(np.array(values) * 100).astype(int).tolist()
