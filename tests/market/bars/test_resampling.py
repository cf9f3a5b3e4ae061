import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forven.market.bars.bars import Bars
from forven.market.bars.resampling import resample
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import TIMEFRAMES
from forven.primitives.errors import InvalidInput
from forven.primitives.time import rfc3339

NAMES = list(TIMEFRAMES)
MINUTE = 60_000_000_000


def equal(one: Bars, other: Bars) -> None:
    assert one.ends_ns.tolist() == other.ends_ns.tolist()
    assert one.prices.tolist() == other.prices.tolist()
    np.testing.assert_allclose(one.volume, other.volume, rtol=1e-12)
    for name, values in one.columns.items():
        np.testing.assert_allclose(values, other.columns[name], rtol=1e-12)


def plainly(bars: Bars, length_ns: int) -> dict[int, list[int]]:
    """The same by hand, for whole buckets around the clock: end -> open, high, low, close."""
    found: dict[int, list[int]] = {}
    for end, (opening, high, low, close) in zip(
        bars.ends_ns.tolist(), bars.prices.T.tolist(), strict=True
    ):
        bucket = -(-end // length_ns) * length_ns
        if bucket not in found:
            found[bucket] = [opening, high, low, close]
        else:
            row = found[bucket]
            found[bucket] = [row[0], max(row[1], high), min(row[2], low), close]
    return found


def test_buckets_are_those_made_by_hand():
    bars = random_bars(1_000, 3, "1m")
    coarse = resample(bars, "15m").bars
    by_hand = plainly(bars, 15 * MINUTE)
    assert len(coarse) == 66
    for end, prices in zip(coarse.ends_ns.tolist(), coarse.prices.T.tolist(), strict=True):
        assert by_hand[end] == prices
    assert coarse.volume.sum() == pytest.approx(bars.volume[:990].sum())


@settings(max_examples=15)
@given(st.integers(0, 200), st.integers(0, 10**6), st.sampled_from(["always", "xnys"]))
def test_in_two_steps_is_as_in_one(skipped, seed, calendar):
    # Funding is of markets that never close: there every bar is as long as the others.
    columns = ["basis", *(["funding_rate"] if calendar == "always" else [])]
    bars = random_bars(1_500, seed, "5m", calendar=calendar, columns=columns)
    bars = bars.slice(skipped, len(bars))
    steps = ["15m", "1h", "4h", "1d"]
    for middle in steps[:-1]:
        for last in steps[steps.index(middle) + 1 :]:
            equal(resample(resample(bars, middle).bars, last).bars, resample(bars, last).bars)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from(["always", "xnys"]))
def test_prices_in_two_steps_are_as_in_one_with_holes_too(seed, calendar):
    bars = random_bars(800, seed, "15m", calendar=calendar, missing_share=0.2)
    twice, once = resample(resample(bars, "1h").bars, "1d").bars, resample(bars, "1d").bars
    shared = np.intersect1d(once.ends_ns, twice.ends_ns)
    assert shared.size >= once.ends_ns.size - 2
    one, two = (series.prices[:, np.isin(series.ends_ns, shared)] for series in (once, twice))
    # Where an edge of the hourly series was cut, its day was left out; all others are the same.
    assert one[:, 1:-1].tolist() == two[:, 1:-1].tolist()


def test_a_series_in_its_own_timeframe_is_itself():
    bars = random_bars(10, 1)
    assert resample(bars, "1h").bars is bars
    assert resample(resample(bars, "1h").bars, "1h").dropped_bars == 0


def test_only_whole_buckets_at_the_edges_stay():
    bars = random_bars(200, 1, "1m")  # 00:01 to 03:20
    done = resample(bars.slice(10, 200), "1h")
    assert [rfc3339(int(end)) for end in done.bars.ends_ns] == [
        "2020-01-01T02:00:00Z",
        "2020-01-01T03:00:00Z",
    ]
    assert (done.dropped_bars, done.holes) == (50 + 20, 0)
    with pytest.raises(InvalidInput, match="one whole bucket or more"):
        resample(bars.slice(10, 100), "1h")


def test_holes_inside_are_kept_and_counted():
    bars = random_bars(180, 1, "1m")
    kept = np.delete(np.arange(180), [70, 71, 100])
    thin = Bars(
        symbol="X",
        timeframe="1m",
        calendar="always",
        decimals=2,
        ends_ns=bars.ends_ns[kept],
        prices=np.ascontiguousarray(bars.prices[:, kept]),
        volume=bars.volume[kept],
        columns={},
    )
    assert (len(resample(thin, "1h").bars), resample(thin, "1h").holes) == (3, 1)
    assert resample(thin, "5m").holes == 2
    without = np.delete(np.arange(180), np.arange(60, 120))
    gone = Bars(
        symbol="X",
        timeframe="1m",
        calendar="always",
        decimals=2,
        ends_ns=bars.ends_ns[without],
        prices=np.ascontiguousarray(bars.prices[:, without]),
        volume=bars.volume[without],
        columns={},
    )
    assert (len(resample(gone, "1h").bars), resample(gone, "1h").holes) == (2, 0)


def test_columns_take_the_last_the_sum_or_the_mean_and_are_missing_where_one_is():
    columns = {
        "funding_rate": np.array([1.0, 3.0, np.nan, 1.0]),
        "long_liq_usd": np.array([1.0, 3.0, np.nan, 1.0]),
        "vix_close": np.array([1.0, 3.0, np.nan, 1.0]),
    }
    bars = random_bars(4, 1, "1m").with_columns({})
    bars = Bars(
        symbol="X",
        timeframe="1h",
        calendar="always",
        decimals=2,
        ends_ns=(np.arange(4) + 1) * 60 * MINUTE,
        prices=bars.prices,
        volume=np.array([1.0, 2.0, 3.0, np.nan]),
        columns={name: np.tile(values, 1) for name, values in columns.items()},
    )
    day = resample(bars, "4h").bars
    assert np.isnan(day.columns["funding_rate"]).all()
    assert np.isnan(day.columns["long_liq_usd"]).all() and np.isnan(day.volume).all()
    assert day.columns["vix_close"].tolist() == [1.0]
    sound = bars.with_columns({name: np.array([1.0, 3.0, 2.0, 6.0]) for name in columns})
    day = resample(sound, "4h").bars
    assert day.columns["funding_rate"].tolist() == [3.0]
    assert day.columns["long_liq_usd"].tolist() == [12.0]
    assert day.columns["vix_close"].tolist() == [6.0]


def test_a_day_of_the_exchange_is_a_session_and_a_week_ends_with_its_last():
    bars = random_bars(20_000, 1, "5m", calendar="xnys")
    days, weeks = resample(bars, "1d").bars, resample(bars, "1w").bars
    assert rfc3339(int(days.ends_ns[0])) == "2020-01-02T21:00:00Z"
    assert "2020-11-27T18:00:00Z" in {rfc3339(int(end)) for end in days.ends_ns}  # early close
    assert "2020-04-09T20:00:00Z" in {rfc3339(int(end)) for end in weeks.ends_ns}  # Good Friday
    assert days.bars_per_year == 252


def test_a_series_of_no_known_calendar_keeps_its_whole_buckets():
    bars = random_bars(3_000, 1, "1m", calendar="measured")
    done = resample(bars.slice(7, 3_000), "1h")
    assert done.dropped_bars == 53
    assert (len(done.bars), done.holes) == (49, 0)


@pytest.mark.parametrize("timeframe", ["1m", "15m"])
def test_bars_are_never_made_finer(timeframe):
    with pytest.raises(InvalidInput, match="coarser than 1h"):
        resample(random_bars(10, 1), timeframe)
    with pytest.raises(InvalidInput, match="timeframe: expected one of"):
        resample(random_bars(10, 1), "2h")
