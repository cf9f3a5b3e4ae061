import numpy as np
import pytest

from forven.kernels.schema import MISSING
from forven.market.columns import columns_of
from forven.market.frames import build_day
from forven.market.instruments import parse_osi
from forven.market.quality import quality_of
from forven.market.schema import PRINTS, QUOTES
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import InvalidInput
from forven.primitives.time import NANOSECONDS_PER_SECOND

COARSE = SyntheticSpec(seed=21, frame_seconds=60)


def digest(ticks, bounds):
    return columns_of(ticks).content_hash(bounds)


def test_the_same_seed_day_and_session_give_the_same_bytes(fine_ticks, regular):
    again = synthetic_day(SyntheticSpec(seed=7), 3, regular)
    assert digest(again, regular) == digest(fine_ticks, regular)
    assert again.quotes.equals(fine_ticks.quotes)


@pytest.mark.parametrize(
    ("spec", "index"),
    [
        (COARSE, 1),
        (SyntheticSpec(seed=22, frame_seconds=60), 0),
        (SyntheticSpec(seed=21, frame_seconds=30), 0),
        (SyntheticSpec(seed=21, frame_seconds=60, spread_scale=2.0), 0),
        (SyntheticSpec(seed=21, frame_seconds=60, variance_premium=1.2), 0),
    ],
)
def test_another_seed_day_or_setting_gives_another_day(spec, index, regular):
    first = digest(synthetic_day(COARSE, 0, regular), regular)
    assert digest(synthetic_day(spec, index, regular), regular) != first


def test_every_second_is_a_frame_and_the_close_is_the_last(fine_day, regular):
    assert fine_day.frame_count == 23_401
    assert np.all(np.diff(fine_day.ts) == NANOSECONDS_PER_SECOND)
    assert fine_day.ts[0] == regular.open_ns
    assert fine_day.ts[-1] == regular.close_ns


def test_an_early_close_ends_at_13_00(shortened):
    day = build_day(synthetic_day(COARSE, 4, shortened), shortened)
    assert day.frame_count == 211
    assert day.ts[-1] == shortened.close_ns
    assert {parse_osi(symbol).expiry for symbol in day.symbols} == {shortened.day}


def test_ticks_are_in_our_schema_and_only_changes_are_rows(fine_ticks):
    assert fine_ticks.quotes.schema.equals(QUOTES)
    assert fine_ticks.prints.schema.equals(PRINTS)
    columns = columns_of(fine_ticks)
    order = np.lexsort((columns.quote_ts, columns.quote_code))
    names = ("quote_code", "quote_bid", "quote_ask", "quote_bid_size", "quote_ask_size")
    rows = np.stack([getattr(columns, name)[order] for name in names])
    assert np.all(np.any(rows[:, 1:] != rows[:, :-1], axis=0).mean() > 0.999)
    assert 100_000 < fine_ticks.quotes.num_rows < 1_000_000


def test_the_chain_has_two_hundred_contracts_on_a_hundred_strikes(fine_day):
    assert len(fine_day.symbols) >= 200
    assert np.unique(fine_day.strikes).size >= 100


def test_prices_lie_on_the_grid_and_are_never_negative(fine_ticks):
    columns = columns_of(fine_ticks)
    for prices in (columns.quote_bid, columns.quote_ask):
        quoted = prices[prices != MISSING]
        assert quoted.min() >= 0
        assert np.all(quoted[quoted <= 300] % 5 == 0)
        assert np.all(quoted[quoted > 300] % 10 == 0)
    assert columns.quote_ask[columns.quote_ask != MISSING].min() >= 5
    has_bid = columns.quote_bid > 0
    assert columns.quote_bid_size[has_bid].min() >= 1
    assert np.all(columns.quote_bid_size[columns.quote_bid == 0] == 0)


def test_quotes_come_late_at_the_open_and_some_go_before_the_close(fine_day):
    bid = fine_day.quotes[0]
    assert np.all(bid[:, 0] == MISSING)
    assert np.mean(bid[:, 60] == MISSING) < 0.2
    assert np.mean(bid[:, 600] == MISSING) == 0.0
    assert 0.03 < np.mean(bid[:, -1] == MISSING) < 0.25


def test_glitches_come_at_the_rates_that_are_written_down(regular):
    spec = SyntheticSpec(seed=3)
    rows = {"locked_rows": 0, "crossed_rows": 0, "no_ask_rows": 0}
    for index in range(3):
        ticks = synthetic_day(spec, index, regular)
        quality = quality_of(ticks, build_day(ticks, regular))
        rows = {name: count + getattr(quality, name) for name, count in rows.items()}
    cells = 3 * 23_400 * 232 * 0.7 / 1e6
    assert rows["locked_rows"] == pytest.approx(12 * cells, rel=0.35)
    assert rows["crossed_rows"] == pytest.approx(5 * cells, rel=0.45)
    assert rows["no_ask_rows"] == pytest.approx(3 * cells, rel=0.55)


def test_settlement_is_official_and_near_the_last_print(fine_day):
    assert not fine_day.settlement_estimated
    assert abs(fine_day.settlement - fine_day.spot_at(fine_day.frame_count - 1)) < 200


def test_a_session_or_day_number_that_does_not_fit_is_refused(regular):
    odd = type(regular)(
        day=regular.day,
        open_ns=regular.open_ns,
        close_ns=regular.close_ns - 1,
        early_close=True,
    )
    with pytest.raises(InvalidInput, match="whole number of half hours"):
        synthetic_day(COARSE, 0, odd)
    with pytest.raises(InvalidInput, match="index: expected 0 to"):
        synthetic_day(COARSE, -1, regular)
