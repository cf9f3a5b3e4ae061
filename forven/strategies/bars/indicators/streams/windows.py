"""Indicators of a window of bars, bar by bar."""

import math
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from forven.strategies.bars.indicators.streams.averages import NAN, Numbers, is_zero, simple
from forven.strategies.bars.indicators.streams.wilder import Strength, true_range


class Window:
    """A function of TA-Lib that looks at a window afresh at each bar, called with that window."""

    def __init__(self, function: Callable[..., Any], bars: int, *settings: float) -> None:
        self._function = function
        self._bars = bars
        self._settings = settings
        self._windows: list[deque[float]] = []

    def step(self, *numbers: float) -> Numbers:
        """Return the last of the function's numbers over the window."""
        if not self._windows:
            self._windows = [deque(maxlen=self._bars) for _ in numbers]
        for window, number in zip(self._windows, numbers, strict=True):
            window.append(number)
        is_full = len(self._windows[0]) == self._bars
        series = [np.array(window) for window in self._windows]
        if not is_full:
            series = [np.concatenate((one, np.zeros(self._bars - one.size))) for one in series]
        given = self._function(*series, *self._settings)
        outputs = given if isinstance(given, tuple) else (given,)
        return tuple(float(one[-1]) if is_full else NAN for one in outputs)


class Raw:
    """The close's place in the range of its window, as TA-Lib's stochastic has it."""

    def __init__(self, bars: int) -> None:
        self._highs: deque[float] = deque(maxlen=int(bars))
        self._lows: deque[float] = deque(maxlen=int(bars))

    def step(self, high: float, low: float, close: float) -> float:
        """Return the place in percent, 0 in a range without a height; NaN before it is full."""
        self._highs.append(high)
        self._lows.append(low)
        if len(self._highs) < (self._highs.maxlen or 0):
            return NAN
        lowest = min(self._lows)
        unit = (max(self._highs) - lowest) / 100.0
        return (close - lowest) / unit if unit != 0.0 else 0.0


class Stochastic:
    """TA-Lib's STOCH with simple averages."""

    def __init__(self, bars: int, smooth: int, signal: int) -> None:
        self._raw = Raw(bars)
        self._smooth, self._signal = simple(smooth), simple(signal)

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the smoothed place and its mean."""
        found = self._raw.step(high, low, close)
        line = NAN if found != found else self._smooth.step(found)[0]
        signal = NAN if line != line else self._signal.step(line)[0]
        return (NAN, NAN) if signal != signal else (line, signal)


class StochasticStrength:
    """TA-Lib's STOCHRSI with a simple average."""

    def __init__(self, bars: int, span: int, signal: int) -> None:
        self._strength = Strength(bars)
        self._stochastic = Stochastic(span, 1, signal)

    def step(self, number: float) -> Numbers:
        """Return the RSI's place in its range, and the mean of that."""
        found = self._strength.step(number)[0]
        return (NAN, NAN) if found != found else self._stochastic.step(found, found, found)


class Channel:
    """TA-Lib's CCI: sums run over a ring in the order of its places."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._ring = [0.0] * self._bars
        self._seen = 0

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the commodity channel index."""
        number = (high + low + close) / 3.0
        self._ring[self._seen % self._bars] = number
        self._seen += 1
        if self._seen < self._bars:
            return (NAN,)
        total = 0.0
        for one in self._ring:
            total += one
        mean = total / self._bars
        deviation = 0.0
        for one in self._ring:
            deviation += abs(one - mean)
        distance = number - mean
        if distance == 0.0 or deviation == 0.0:
            return (0.0,)
        return (distance / (0.015 * (deviation / self._bars)),)


class MoneyFlow:
    """TA-Lib's MFI: running sums of what flowed in and out."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._flows: deque[tuple[float, float]] = deque()
        self._inward = self._outward = 0.0
        self._former = NAN

    def step(self, high: float, low: float, close: float, volume: float) -> Numbers:
        """Return the money flow index."""
        number = (high + low + close) / 3.0
        change, self._former = number - self._former, number
        if change != change:
            return (NAN,)
        if len(self._flows) == self._bars:
            inward, outward = self._flows.popleft()
            self._inward -= inward
            self._outward -= outward
        flow = number * volume
        inward, outward = flow if change > 0.0 else 0.0, flow if change < 0.0 else 0.0
        self._inward += inward
        self._outward += outward
        self._flows.append((inward, outward))
        if len(self._flows) < self._bars:
            return (NAN,)
        total = self._inward + self._outward
        return (0.0 if total < 1.0 else 100.0 * (self._inward / total),)


class Ultimate:
    """TA-Lib's ULTOSC: running sums of buying pressure and true range over three spans."""

    def __init__(self, short: int, middle: int, long: int) -> None:
        self._spans = sorted((int(short), int(middle), int(long)))
        self._terms: deque[tuple[float, float]] = deque(maxlen=self._spans[-1])
        self._sums = [[0.0, 0.0] for _ in self._spans]
        self._close = NAN
        self._seen = 0

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the oscillator."""
        former, self._close = self._close, close
        if former != former:
            return (NAN,)
        term = (close - min(low, former), true_range(high, low, former))
        self._terms.append(term)
        self._seen += 1
        is_there = self._seen >= self._spans[-1]
        output = 0.0
        for span, sums, weight in zip(self._spans, self._sums, (4.0, 2.0, 1.0), strict=True):
            if self._seen <= self._spans[-1] - span:
                continue  # a sum begins so that it is full with the first output
            sums[0] += term[0]
            sums[1] += term[1]
            if is_there:
                if not is_zero(sums[1]):
                    output += weight * (sums[0] / sums[1])
                oldest = self._terms[-span]
                sums[0] -= oldest[0]
                sums[1] -= oldest[1]
        return (100.0 * (output / 7.0) if is_there else NAN,)


class Deviation:
    """TA-Lib's STDDEV: running sums of numbers and squares."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._window: deque[float] = deque()
        self._total = self._squares = 0.0

    def step(self, number: float) -> Numbers:
        """Return the standard deviation."""
        mean, deviation = self.both(number)
        return (deviation if mean == mean else NAN,)

    def both(self, number: float) -> tuple[float, float]:
        """Return the mean and the standard deviation."""
        self._window.append(number)
        self._total += number
        self._squares += number * number
        if len(self._window) < self._bars:
            return NAN, NAN
        mean, squares = self._total / self._bars, self._squares / self._bars
        oldest = self._window.popleft()
        self._total -= oldest
        self._squares -= oldest * oldest
        variance = squares - mean * mean
        return mean, math.sqrt(variance) if variance > 1e-14 else 0.0


class Bands:
    """TA-Lib's BBANDS around a simple average."""

    def __init__(self, bars: int, width: float) -> None:
        self._deviation = Deviation(bars)
        self._width = width

    def step(self, number: float) -> Numbers:
        """Return the upper band, the mean and the lower band."""
        mean, deviation = self._deviation.both(number)
        reach = deviation * self._width
        return (mean + reach, mean, mean - reach)


class Change:
    """TA-Lib's ROC."""

    def __init__(self, bars: int) -> None:
        self._window: deque[float] = deque(maxlen=int(bars) + 1)

    def step(self, number: float) -> Numbers:
        """Return the rate of change in percent."""
        self._window.append(number)
        if len(self._window) < (self._window.maxlen or 0):
            return (NAN,)
        former = self._window[0]
        return ((number / former - 1.0) * 100.0 if former != 0.0 else 0.0,)


class Balance:
    """TA-Lib's OBV."""

    def __init__(self) -> None:
        self._close = NAN
        self._total = 0.0

    def step(self, close: float, volume: float) -> Numbers:
        """Return the on-balance volume."""
        if self._close != self._close:
            self._total = volume
        elif close > self._close:
            self._total += volume
        elif close < self._close:
            self._total -= volume
        self._close = close
        return (self._total,)


class Accumulation:
    """TA-Lib's AD."""

    def __init__(self) -> None:
        self._total = 0.0

    def step(self, high: float, low: float, close: float, volume: float) -> Numbers:
        """Return the accumulation/distribution line."""
        spread = high - low
        if spread > 0.0:
            self._total += (((close - low) - (high - close)) / spread) * volume
        return (self._total,)


class Oscillator:
    """TA-Lib's ADOSC: both averages begin with the line's first number."""

    def __init__(self, fast: int, slow: int) -> None:
        self._line = Accumulation()
        self._weights = (2.0 / (fast + 1), 2.0 / (slow + 1))
        self._averages: tuple[float, float] | None = None
        self._before = max(int(fast), int(slow)) - 1

    def step(self, high: float, low: float, close: float, volume: float) -> Numbers:
        """Return the fast less the slow average of the line."""
        line = self._line.step(high, low, close, volume)[0]
        if self._averages is None:
            self._averages = (line, line)
        else:
            fast, slow = (
                weight * line + (1.0 - weight) * average
                for weight, average in zip(self._weights, self._averages, strict=True)
            )
            self._averages = (fast, slow)
        if self._before:
            self._before -= 1
            return (NAN,)
        return (self._averages[0] - self._averages[1],)
