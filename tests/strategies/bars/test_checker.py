import time

import numpy as np
import pytest

from forven.market.bars.synthetic import random_bars
from forven.primitives.errors import InvalidInput
from forven.strategies.bars.checker import check_strategy, decisions, noise_after
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, signal_strategy, sma

BARS = random_bars(3_000, 2)


def made(function, warmup=0):
    """Return a strategy of a function that gives when to enter."""

    @signal_strategy(name="made", warmup=lambda p: warmup)
    def strategy(bars, p):
        enter = function(bars)
        return {"enter_long": enter, "exit_long": ~enter}

    return strategy


def checks_failed(strategy):
    report = check_strategy(strategy, BARS, strategy.resolve())
    return {trouble.check: trouble for trouble in report.troubles}


def close_of(bars):
    return bars.floats("close")


def test_an_honest_function_passes():
    def rises(bars):
        return np.diff(close_of(bars), prepend=np.inf) > 0

    report = check_strategy(made(rises, 1), BARS, made(rises).resolve())
    assert report.is_honest
    assert report.agreement == 1.0
    assert report.signals["enter_long"] > 100
    assert report.to_json()["is_honest"] is True


def test_a_look_at_the_next_bar_is_found_with_the_first_decision_that_differs():
    def peeks(bars):
        return np.append(np.diff(close_of(bars)) > 0, False)

    failed = checks_failed(made(peeks))
    assert set(failed) >= {"cut", "noise"}
    for trouble in failed.values():
        if trouble.t is not None:
            assert trouble.bar == trouble.t
            assert trouble.signal in ("enter_long", "exit_long")


def test_a_mean_of_the_whole_series_is_found():
    failed = checks_failed(made(lambda bars: close_of(bars) > close_of(bars).mean()))
    assert "cut" in failed and "noise" in failed


def test_a_look_at_the_last_bar_of_all_is_found_by_noise_alone_or_by_cuts():
    assert checks_failed(made(lambda bars: close_of(bars) > close_of(bars)[-1]))


def test_chance_is_found():
    random = np.random.default_rng()
    failed = checks_failed(made(lambda bars: random.random(len(bars)) > 0.5))
    assert "repeat" in failed


def test_a_date_is_found():
    date = int(BARS.ends_ns[1_500])
    failed = checks_failed(made(lambda bars: bars.ends_ns > date))
    assert set(failed) == {"clock"}


def test_a_count_from_the_begin_of_the_data_is_found():
    failed = checks_failed(made(lambda bars: np.arange(len(bars)) % 97 == 0))
    assert set(failed) == {"begin"}
    assert "decisions differ where the series begins" in failed["begin"].text


def test_a_warmup_that_is_not_enough_is_found():
    @bar_strategy(name="short", family="own", rule="A rule.", source="a test")
    def short(market, p):
        return Rules(enter_long=market.close > sma(market.close, 50))

    assert check_strategy(short, BARS, short.resolve()).warmup == 49
    # Bars whose volume begins late are no fault of the warm-up; a price's average is.
    object.__setattr__(short, "warmup_bars", lambda p: 10)
    report = check_strategy(short, BARS, short.resolve())
    assert [trouble.check for trouble in report.troubles] == ["warm-up"]
    assert "sma(close, 50) is not defined after 10 bars" in report.troubles[0].text


def test_fewer_bars_than_the_warmup_are_refused():
    strategy = strategy_named("ema_cross")
    with pytest.raises(InvalidInput, match="expected more than 200 bars, found 150"):
        check_strategy(strategy, BARS.slice(0, 150), strategy.resolve())


def test_noise_changes_all_that_comes_after_and_nothing_before():
    bars = random_bars(200, 1, columns=("funding_rate",))
    noisy = noise_after(bars, 99, np.random.default_rng(1))
    for ours, theirs in (
        (bars.prices[3], noisy.prices[3]),
        (bars.volume, noisy.volume),
        (bars.column("funding_rate"), noisy.column("funding_rate")),
    ):
        assert np.array_equal(ours[:100], theirs[:100], equal_nan=True)
        assert (ours[100:] != theirs[100:]).all()


def test_a_signal_that_is_not_there_never_comes():
    @bar_strategy(
        name="one", family="own", rule="A.", source="a", parameters=(Parameter("n", 3, 2, 9),)
    )
    def one(market, p):
        return Rules(enter_long=market.close.rises(p.n))

    found = decisions(one, BARS, one.resolve())
    assert found.shape == (4, 3_000)
    assert found[0].any() and not found[1:].any()


def test_one_cut_is_enough_to_ask_for():
    strategy = strategy_named("dema_cross")
    report = check_strategy(strategy, BARS, strategy.resolve(), cuts=1)
    assert report.is_honest and report.cuts >= 2


def test_a_strategy_that_fails_over_fewer_bars_is_found_with_the_bar_and_the_reason():
    def wants_all(bars):
        if len(bars) < len(BARS):
            raise ValueError("too few bars")
        return close_of(bars) > np.append(np.inf, close_of(bars)[:-1])

    failed = checks_failed(made(wants_all))
    assert set(failed) == {"memory", "cut", "clock", "begin"}
    assert "it fails: strategy made: " in failed["cut"].text
    assert "too few bars" in failed["cut"].text and failed["cut"].t == failed["cut"].bar


def test_what_was_seen_before_is_found_to_change_a_decision():
    seen = []

    def levels(bars):
        seen.append(close_of(bars).max())
        return close_of(bars) > max(seen[-2:]) * 0.5

    assert {"memory", "cut"} & set(checks_failed(made(levels)))


def test_the_reading_of_the_clock_is_found_with_its_line():
    def asks(bars):
        return (close_of(bars) > 0) & (time.time() > 0)

    failed = checks_failed(made(asks))
    assert set(failed) == {"clock"}
    assert "it asks for the time: time in line" in failed["clock"].text
