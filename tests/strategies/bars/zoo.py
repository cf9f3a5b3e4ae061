"""A user's file: strategies that cheat in every way we know, each with an honest twin."""

import random
import time
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from scipy.signal import filtfilt, savgol_filter

from forven.strategies.bars.writing import signal_strategy

DAY_BARS = 24
DAY_NS = 86_400_000_000_000
ALL = []
remembered: dict[object, object] = {}


def rule(warmup=60):
    """Return the decorator of a function that gives when to enter long."""

    def declare(function):
        @signal_strategy(name=function.__name__, warmup=lambda p: warmup)
        def strategy(bars, p):
            given = function(bars)
            return given if isinstance(given, dict) else {"enter_long": np.asarray(given, bool)}

        ALL.append(function.__name__)
        globals()[f"{function.__name__}_strategy"] = strategy
        return function

    return declare


def closes(bars):
    return pd.Series(bars.floats("close"))


def rising(bars, ahead):
    """Return by how much the close rises until so many bars later; behind where it is negative."""
    close = closes(bars)
    return close.shift(-ahead) / close - 1.0 if ahead > 0 else close / close.shift(-ahead) - 1.0


@rule()
def cheat_shift(bars):
    return closes(bars).shift(-1) > closes(bars)


@rule()
def honest_shift(bars):
    return closes(bars).shift(1) > closes(bars)


@rule()
def cheat_sparse(bars):
    return rising(bars, 5) > 0.0395  # some 20 of 3,000 bars


@rule()
def honest_sparse(bars):
    return rising(bars, -5) > 0.0395


@rule()
def cheat_once(bars):
    """One entry in all the bars, at the bottom of the later half's steepest rise."""
    rise = rising(bars, 12)
    return (rise > 0.076) & (rise.shift(1) < 0.06)


@rule()
def cheat_among_honest(bars):
    close = closes(bars)
    crosses = (close > close.rolling(5).mean()) & (
        close.shift(1) < close.shift(1).rolling(5).mean()
    )
    return crosses | (rising(bars, 3) > 0.02)


@rule()
def cheat_leaves_out(bars):
    """Enter always, but not before a fall."""
    return ~(rising(bars, 3) < -0.025)


@rule()
def honest_leaves_out(bars):
    return ~(rising(bars, -3) < -0.025)


@rule()
def cheat_exit_alone(bars):
    close = closes(bars)
    return {
        "enter_long": (close > close.rolling(20).mean()).to_numpy(),
        "exit_long": (rising(bars, 4) < -0.03).to_numpy(),
    }


@rule()
def cheat_short_exit_alone(bars):
    close = closes(bars)
    return {
        "enter_short": (close < close.rolling(20).mean()).to_numpy(),
        "exit_short": (rising(bars, 4) > 0.03).to_numpy(),
    }


@rule()
def honest_exits(bars):
    close = closes(bars)
    return {
        "enter_long": (close > close.rolling(20).mean()).to_numpy(),
        "exit_long": (rising(bars, -4) < -0.03).to_numpy(),
        "enter_short": (close < close.rolling(20).mean()).to_numpy(),
        "exit_short": (rising(bars, -4) > 0.03).to_numpy(),
    }


@rule()
def cheat_centred(bars):
    return closes(bars) < closes(bars).rolling(21, center=True, min_periods=1).mean() * 0.99


@rule()
def honest_centred(bars):
    return closes(bars) < closes(bars).rolling(21).mean() * 0.99


@rule()
def cheat_normalised(bars):
    close = closes(bars)
    return (close - close.mean()) / close.std() > 1.0


@rule()
def honest_normalised(bars):
    close = closes(bars)
    return (close - close.rolling(50).mean()) / close.rolling(50).std() > 1.0


@rule()
def cheat_returns_normalised(bars):
    """A deviation over all bars is nearly the same without the last; the sparse edge of it."""
    returns = closes(bars).pct_change()
    return returns > 3.0 * returns.std()


@rule()
def cheat_ranks(bars):
    return closes(bars).pct_change().rank(pct=True) > 0.95


@rule()
def cheat_extremes(bars):
    return closes(bars) <= closes(bars).min() * 1.05


@rule()
def cheat_backfills(bars):
    close = closes(bars)
    return close.where(np.arange(close.size) % 4 == 3).bfill() > close * 1.005


@rule()
def cheat_interpolates(bars):
    days = bars.ends_ns // DAY_NS
    marks = closes(bars).where(np.append(days[1:] != days[:-1], False))
    return marks.interpolate() > closes(bars) * 1.01


def by_day(bars, closed):
    """Return each bar's close of its day, or of the day before it where that must be over."""
    frame = pd.DataFrame({"close": bars.floats("close"), "day": (bars.ends_ns - 1) // DAY_NS})
    daily = frame.groupby("day")["close"].last()
    return frame["day"].map(daily.shift(1) if closed else daily)


@rule()
def cheat_open_day(bars):
    return by_day(bars, closed=False) > closes(bars) * 1.02


@rule()
def honest_open_day(bars):
    return by_day(bars, closed=True) > closes(bars) * 1.02


@rule()
def cheat_open_day_high(bars):
    """The high of the day that is not over: the future of all but its last bar."""
    frame = pd.DataFrame({"high": bars.floats("high"), "day": (bars.ends_ns - 1) // DAY_NS})
    return frame.groupby("day")["high"].transform("max") <= frame["high"]


@rule()
def honest_open_day_high(bars):
    frame = pd.DataFrame({"high": bars.floats("high"), "day": (bars.ends_ns - 1) // DAY_NS})
    return frame.groupby("day")["high"].cummax() <= frame["high"]


@rule()
def cheat_filter(bars):
    close = bars.floats("close")
    return np.diff(filtfilt([0.1], [1.0, -0.9], close), prepend=close[0]) > close * 0.002


@rule()
def cheat_smoothed(bars):
    close = bars.floats("close")
    return savgol_filter(close, 21, 2) > close * 1.01


@rule()
def cheat_gradient(bars):
    close = bars.floats("close")
    return np.gradient(close) > close * 0.008


@rule()
def cheat_fitted(bars):
    """A trend fitted to all bars."""
    close, place = bars.floats("close"), np.arange(len(bars))
    slope, level = np.polyfit(place, close, 1)
    return close < (slope * place + level) * 0.95


@rule()
def cheat_pivot(bars):
    """Bottoms at once, which are known three bars later."""
    low = pd.Series(bars.floats("low"))
    return low == low.rolling(7, center=True).min()


@rule()
def honest_pivot(bars):
    low = pd.Series(bars.floats("low"))
    return (low == low.rolling(7, center=True).min()).shift(3, fill_value=False)


@rule()
def cheat_last_bar(bars):
    return closes(bars) > bars.floats("close")[-1] * 1.1


@rule()
def cheat_remembers_the_first(bars):
    """Later bars, kept from the first look at the series, answer every later one."""
    first = remembered.setdefault("first", closes(bars).shift(-1) > closes(bars))
    return first.reindex(range(len(bars)), fill_value=False)


@rule()
def cheat_remembers_the_longest(bars):
    known = remembered.get("longest", [])
    if len(bars) >= len(known):
        known = remembered["longest"] = closes(bars)
    return (known.shift(-1) > known)[: len(bars)]


@rule()
def cheat_remembers_on_its_function(bars):
    close = closes(bars)
    if not hasattr(by_day, "kept"):
        by_day.kept = {}
    for end, rises in zip(bars.ends_ns[:-1], close.diff()[1:] > 0, strict=True):
        by_day.kept.setdefault(int(end), rises)
    return np.array([by_day.kept.get(int(end), False) for end in bars.ends_ns])


@rule()
def cheat_caches_by_length(bars):
    if len(bars) not in remembered:
        remembered[len(bars)] = closes(bars) > closes(bars).rolling(10).mean()
    return remembered[len(bars)]


@rule()
def honest_caches_by_content(bars):
    if bars.content_hash not in remembered:
        remembered[bars.content_hash] = closes(bars) > closes(bars).rolling(10).mean()
    return remembered[bars.content_hash]


@rule()
def cheat_counts_its_calls(bars):
    remembered["calls"] = remembered.get("calls", 0) + 1
    return closes(bars) > closes(bars).rolling(10).mean() * (1 + 0.001 * remembered["calls"])


@rule()
def cheat_chance(bars):
    return np.array([random.random() < 0.01 for _ in range(len(bars))])


@rule()
def cheat_chance_of_the_load(bars):
    return closes(bars) > closes(bars).rolling(10).mean() * LUCK


LUCK = 1.0 + np.random.default_rng().random() / 10


@rule()
def cheat_time_of_day(bars):
    late = datetime.now(UTC).hour > 25
    return (closes(bars) > closes(bars).rolling(10).mean()) & (not late)


@rule()
def cheat_time(bars):
    return (closes(bars) > closes(bars).rolling(10).mean()) & (time.time() > 0)


@rule()
def honest_stopwatch(bars):
    begun = time.perf_counter()
    enters = closes(bars) > closes(bars).rolling(10).mean()
    remembered["took"] = time.perf_counter() - begun
    return enters


@rule()
def cheat_dates_by_heart(bars):
    """Days known to have been good."""
    return np.isin((bars.ends_ns - 1) // DAY_NS, [18_300, 18_310, 18_350])


@rule()
def honest_weekdays(bars):
    return ((bars.ends_ns - 1) // DAY_NS) % 7 == 3


@rule()
def cheat_if_all_are_there(bars):
    """Peek only into a series of the length that is traded."""
    peeks = closes(bars).shift(-1) > closes(bars) * 1.01
    return peeks if len(bars) == 3_000 else closes(bars) > closes(bars).shift(1) * 1.01


def rare_and_peeking(bars):
    """Return a setup of few bars, of which those are left that the next bar proves right."""
    return ((rising(bars, -1) < -0.017) & (rising(bars, 1) > 0.001)).to_numpy()


@rule()
def cheat_rare_entry(bars):
    return rare_and_peeking(bars)


@rule()
def honest_rare_entry(bars):
    return (rising(bars, -1) < -0.017) & (rising(bars, -1).shift(1) > 0.001)


@rule()
def cheat_rare_short_entry(bars):
    return {"enter_short": rare_and_peeking(bars)}


@rule()
def cheat_rare_exit(bars):
    above = closes(bars) > closes(bars).rolling(20).mean()
    return {"enter_long": above.to_numpy(), "exit_long": rare_and_peeking(bars)}


@rule()
def cheat_rare_short_exit(bars):
    above = closes(bars) > closes(bars).rolling(20).mean()
    return {"enter_short": above.to_numpy(), "exit_short": rare_and_peeking(bars)}


@rule()
def cheat_rarely_left_out(bars):
    return ~rare_and_peeking(bars)
