"""The market channels say what the market says, in points."""

from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest

from api.live.market import aggregates, expected_move, option_chain
from forven.bots.hub import MarketView
from forven.bots.live_view import FrameMarks
from forven.kernels.schema import MISSING
from forven.market.bounds import SessionBounds
from forven.market.chains import chain_at
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.time import exchange_time
from tests.api.live.feeds import TS
from tests.api.live.markets import market_view

DAY = date(2026, 3, 2)


def test_values_not_known_are_null() -> None:
    view = market_view(TS, spot=MISSING)
    assert aggregates(view) == {"SPX": None, "VIX": None, "expected_move": 20.0}
    quotes = view.quotes.copy()
    quotes[:] = MISSING
    assert expected_move(replace(view, quotes=quotes)) is None


def test_a_strike_shows_both_rights_where_they_are_listed() -> None:
    chain = option_chain(market_view(TS))
    assert [row["strike"] for row in chain] == [5990.0, 6000.0, 6010.0]
    assert chain[0]["put"] is None and chain[2]["call"] is None
    assert (chain[1]["call"]["bid"], chain[1]["call"]["ask"]) == (10.0, 10.4)
    assert chain[2]["put"]["bid"] == 0.0  # quoted, without a bid
    assert 0.4 < chain[1]["call"]["delta"] < 0.6


@pytest.mark.parametrize("frame", [0, 100, 500, 770])
def test_they_agree_with_the_chain_of_a_whole_day(frame: int) -> None:
    bounds = SessionBounds(
        day=DAY,
        open_ns=exchange_time(DAY, time(9, 30)),
        close_ns=exchange_time(DAY, time(16)),
        early_close=False,
    )
    day = build_day(synthetic_day(SyntheticSpec(seed=7, frame_seconds=30), 0, bounds), bounds)
    ts, close_ns = int(day.ts[frame]), day.bounds.close_ns
    quotes = np.ascontiguousarray(day.quotes[:, :, frame : frame + 1])
    spot = day.spot_at(frame)
    view = MarketView(
        ts=ts,
        underlying="SPX",
        symbols=tuple(day.symbols),
        quotes=quotes,
        spot=MISSING if spot is None else spot,
        marks=FrameMarks(ts, close_ns, quotes, day.instruments),
    )
    expected = chain_at(day, frame)
    assert expected_move(view) == expected.expected_move_points
    rows = expected.strikes.to_pylist()
    chain = option_chain(view)
    assert [row["strike"] * 100 for row in chain] == [row["strike"] for row in rows]
    for row, wanted in zip(chain, rows, strict=True):
        for right in ("call", "put"):
            found, delta = row[right], wanted[f"{right}_delta"]
            assert (None if found["delta"] is None else round(found["delta"] * 1e6)) == delta
            assert found["bid"] == (
                None if wanted[f"{right}_bid"] is None else wanted[f"{right}_bid"] / 100
            )
