"""Averages bar by bar, and the oscillators made of them."""

import math
from collections import deque

NAN = math.nan
ZERO = 1e-14
"""TA-Lib takes what is nearer to zero for zero."""
Numbers = tuple[float, ...]


def is_zero(number: float) -> bool:
    """Return whether TA-Lib takes a number for zero."""
    return -ZERO < number < ZERO


class Simple:
    """TA-Lib's SMA: a running sum, from which the oldest number is taken off."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._total = 0.0
        self._window: deque[float] = deque()

    def step(self, number: float) -> Numbers:
        """Return the mean."""
        self._window.append(number)
        self._total += number
        if len(self._window) < self._bars:
            return (NAN,)
        total = self._total
        self._total -= self._window.popleft()
        return (total / self._bars,)


class Copied(Simple):
    """A mean over one bar."""

    def step(self, number: float) -> Numbers:
        """Return the number."""
        return (number,)


def simple(bars: int) -> Simple:
    """Return the mean over some bars; over one TA-Lib copies."""
    return Simple(bars) if bars > 1 else Copied(bars)


class Exponential:
    """TA-Lib's EMA: begun with the mean of its first numbers, of which some may be passed over."""

    def __init__(self, bars: int, passed: int = 0) -> None:
        self._bars = int(bars)
        self._passed = passed
        self._weight = 2.0 / (bars + 1)
        self._seen = 0
        self._last = 0.0

    def step(self, number: float) -> Numbers:
        """Return the average."""
        if self._passed:
            self._passed -= 1
            return (NAN,)
        self._seen += 1
        if self._seen < self._bars:
            self._last += number
            return (NAN,)
        if self._seen == self._bars:
            self._last = (self._last + number) / self._bars
        else:
            self._last = (number - self._last) * self._weight + self._last
        return (self._last,)


class Chained:
    """Exponential averages of one another; NaN until each is there."""

    def __init__(self, bars: int, count: int) -> None:
        self._averages = [Exponential(bars) for _ in range(count)]

    def averages(self, number: float) -> list[float]:
        """Return each average after a number."""
        found = []
        for average in self._averages:
            if number == number:
                number = average.step(number)[0]
            found.append(number)
        return found


class Double(Chained):
    """TA-Lib's DEMA."""

    def __init__(self, bars: int) -> None:
        super().__init__(bars, 2)

    def step(self, number: float) -> Numbers:
        """Return 2 ema - ema(ema)."""
        first, second = self.averages(number)
        return (2.0 * first - second,)


class Triple(Chained):
    """TA-Lib's TEMA."""

    def __init__(self, bars: int) -> None:
        super().__init__(bars, 3)

    def step(self, number: float) -> Numbers:
        """Return 3 ema - 3 ema(ema) + ema(ema(ema))."""
        first, second, third = self.averages(number)
        return (third + (3.0 * first - 3.0 * second),)


class Trix(Chained):
    """TA-Lib's TRIX."""

    def __init__(self, bars: int) -> None:
        super().__init__(bars, 3)
        self._former = NAN

    def step(self, number: float) -> Numbers:
        """Return the triple average's rate of change in percent."""
        third = self.averages(number)[2]
        former, self._former = self._former, third
        if former != former:
            return (NAN,)
        return ((third / former - 1.0) * 100.0 if former != 0.0 else 0.0,)


class Weighted:
    """TA-Lib's WMA: a running sum and a running weighted sum."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._divider = (int(bars) * (int(bars) + 1)) >> 1
        self._window: deque[float] = deque()
        self._sum = self._weighted = self._oldest = 0.0

    def step(self, number: float) -> Numbers:
        """Return the weighted mean."""
        self._window.append(number)
        self._sum += number
        if len(self._window) < self._bars:
            self._weighted += number * len(self._window)
            return (NAN,)
        self._sum -= self._oldest
        self._weighted += number * self._bars
        self._oldest = self._window.popleft()
        mean = self._weighted / self._divider
        self._weighted -= self._sum
        return (mean,)


class Adaptive:
    """TA-Lib's KAMA."""

    _SLOW = 2.0 / (30.0 + 1.0)
    _SPAN = 2.0 / (2.0 + 1.0) - _SLOW

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._window: deque[float] = deque()
        self._path = self._last = self._trailing = 0.0
        self._is_running = False

    def step(self, number: float) -> Numbers:
        """Return the average."""
        window = self._window
        window.append(number)
        if len(window) <= self._bars:
            if len(window) > 1:
                self._path += abs(window[-2] - number)
            self._last = number
            return (NAN,)
        oldest = window.popleft()
        if self._is_running:
            self._path -= abs(self._trailing - oldest)
        self._path += abs(number - window[-2])
        self._trailing = oldest
        self._is_running = True
        way = number - oldest
        ratio = 1.0 if self._path <= way or is_zero(self._path) else abs(way / self._path)
        weight = ratio * self._SPAN + self._SLOW
        weight *= weight
        self._last = (number - self._last) * weight + self._last
        return (self._last,)


class Macd:
    """TA-Lib's MACD: the fast average begins where the slow one does."""

    def __init__(self, fast: int, slow: int, signal: int) -> None:
        fast, slow = sorted((int(fast), int(slow)))
        self._fast, self._slow = Exponential(fast, slow - fast), Exponential(slow)
        self._signal = Exponential(signal)

    def step(self, number: float) -> Numbers:
        """Return the line, its signal and their difference."""
        line = self._fast.step(number)[0] - self._slow.step(number)[0]
        if line != line:
            return (NAN, NAN, NAN)
        signal = self._signal.step(line)[0]
        if signal != signal:
            return (NAN, NAN, NAN)
        return (line, signal, line - signal)


class Difference:
    """TA-Lib's APO with exponential averages."""

    def __init__(self, fast: int, slow: int) -> None:
        fast, slow = sorted((int(fast), int(slow)))
        self._fast, self._slow = Exponential(fast), Exponential(slow)

    def averages(self, number: float) -> tuple[float, float]:
        """Return the fast and the slow average."""
        return self._fast.step(number)[0], self._slow.step(number)[0]

    def step(self, number: float) -> Numbers:
        """Return the fast less the slow average."""
        fast, slow = self.averages(number)
        return (fast - slow,)


class Percentage(Difference):
    """TA-Lib's PPO with exponential averages."""

    def step(self, number: float) -> Numbers:
        """Return (fast - slow) / slow in percent."""
        fast, slow = self.averages(number)
        if is_zero(slow):
            return (0.0,)
        return ((fast - slow) / slow * 100.0,)
