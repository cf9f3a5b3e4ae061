"""Wilder's indicators bar by bar."""

from forven.strategies.bars.indicators.streams.averages import NAN, Numbers, is_zero


class Strength:
    """TA-Lib's RSI."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._seen = 0
        self._former = self._gain = self._loss = 0.0

    def step(self, number: float) -> Numbers:
        """Return the index."""
        change = number - self._former
        self._former = number
        self._seen += 1
        if self._seen == 1:
            return (NAN,)
        gain, loss = (0.0, -change) if change < 0.0 else (change, 0.0)
        if self._seen <= self._bars + 1:
            self._gain += gain
            self._loss += loss
            if self._seen <= self._bars:
                return (NAN,)
            self._gain /= self._bars
            self._loss /= self._bars
        else:
            self._gain = (self._gain * (self._bars - 1) + gain) / self._bars
            self._loss = (self._loss * (self._bars - 1) + loss) / self._bars
        total = self._gain + self._loss
        return (0.0 if is_zero(total) else 100.0 * (self._gain / total),)


def true_range(high: float, low: float, former_close: float) -> float:
    """Return the bar's range, from the former close where there was a gap."""
    return max(high - low, abs(former_close - high), abs(former_close - low))


class TrueRange:
    """TA-Lib's TRANGE."""

    def __init__(self) -> None:
        self._close = NAN

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the true range."""
        former, self._close = self._close, close
        if former != former:
            return (NAN,)
        return (true_range(high, low, former),)


class AverageRange:
    """TA-Lib's ATR."""

    def __init__(self, bars: int) -> None:
        self._bars = int(bars)
        self._range = TrueRange()
        self._seen = 0
        self._last = 0.0

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the average true range."""
        found = self._range.step(high, low, close)[0]
        if found != found:
            return (NAN,)
        self._seen += 1
        if self._seen <= self._bars:
            self._last += found
            if self._seen < self._bars:
                return (NAN,)
            self._last /= self._bars
        else:
            self._last = (self._last * (self._bars - 1) + found) / self._bars
        return (self._last,)


class NormalisedRange(AverageRange):
    """TA-Lib's NATR."""

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the average true range in percent of the close."""
        average = super().step(high, low, close)[0]
        if average != average:
            return (NAN,)
        return (0.0 if is_zero(close) else average / close * 100.0,)


class Directional:
    """What TA-Lib's PLUS_DI, MINUS_DI and ADX share: sums of movements and of true range."""

    def __init__(self, bars: int) -> None:
        self.bars = int(bars)
        self.seen = 0
        self._plus = self._minus = self._range = 0.0
        self._high = self._low = self._close = 0.0

    def move(self, high: float, low: float, close: float) -> None:
        """Take one bar."""
        self.seen += 1
        rise, fall = high - self._high, self._low - low
        former = self._close
        self._high, self._low, self._close = high, low, close
        if self.seen == 1:
            return
        plus = rise if rise > 0.0 and rise > fall else 0.0
        minus = fall if fall > 0.0 and rise < fall else 0.0
        spread = true_range(high, low, former)
        if self.seen > self.bars:
            self._plus -= self._plus / self.bars
            self._minus -= self._minus / self.bars
            self._range -= self._range / self.bars
        self._plus += plus
        self._minus += minus
        self._range += spread

    def indicators(self) -> tuple[float, float] | None:
        """Return +DI and -DI; None where there is no range."""
        if is_zero(self._range):
            return None
        return 100.0 * (self._plus / self._range), 100.0 * (self._minus / self._range)


class PlusIndicator(Directional):
    """TA-Lib's PLUS_DI."""

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return +DI."""
        self.move(high, low, close)
        found = self.indicators()
        return (NAN if self.seen <= self.bars else found[0] if found else 0.0,)


class MinusIndicator(Directional):
    """TA-Lib's MINUS_DI."""

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return -DI."""
        self.move(high, low, close)
        found = self.indicators()
        return (NAN if self.seen <= self.bars else found[1] if found else 0.0,)


class TrendStrength(Directional):
    """TA-Lib's ADX."""

    def __init__(self, bars: int) -> None:
        super().__init__(bars)
        self._last = 0.0

    def step(self, high: float, low: float, close: float) -> Numbers:
        """Return the average directional index."""
        self.move(high, low, close)
        if self.seen <= self.bars:
            return (NAN,)
        index = self._index()
        if self.seen <= 2 * self.bars:
            self._last += index or 0.0
            if self.seen < 2 * self.bars:
                return (NAN,)
            self._last /= self.bars
        elif index is not None:
            self._last = (self._last * (self.bars - 1) + index) / self.bars
        return (self._last,)

    def _index(self) -> float | None:
        """Return the directional index of this bar; None where there is none."""
        found = self.indicators()
        if found is None or is_zero(found[0] + found[1]):
            return None
        plus, minus = found
        return 100.0 * (abs(minus - plus) / (minus + plus))


class Parabolic:
    """TA-Lib's SAR."""

    def __init__(self, acceleration: float, maximum: float) -> None:
        self._start = min(acceleration, maximum)
        self._maximum = maximum
        self._factor = self._start
        self._seen = 0
        self._high = self._low = self._extreme = self._stop = 0.0
        self._is_long = True

    def step(self, high: float, low: float) -> Numbers:
        """Return the stop of this bar."""
        former_high, former_low = self._high, self._low
        self._high, self._low = high, low
        self._seen += 1
        if self._seen == 1:
            return (NAN,)
        if self._seen == 2:
            rise, fall = high - former_high, former_low - low
            self._is_long = not (fall > 0.0 and rise < fall)
            self._extreme = high if self._is_long else low
            self._stop = former_low if self._is_long else former_high
            former_high, former_low = high, low
        if self._is_long:
            return (self._rise(former_low, former_high),)
        return (self._fall(former_low, former_high),)

    def _rise(self, former_low: float, former_high: float) -> float:
        """Go on from a bar in a rise."""
        if self._low <= self._stop:
            shown = max(self._extreme, former_high, self._high)
            self._turn(False, self._low)
            moved = shown + self._factor * (self._extreme - shown)
            self._stop = max(moved, former_high, self._high)
            return shown
        shown = self._stop
        if self._high > self._extreme:
            self._extend(self._high)
        moved = shown + self._factor * (self._extreme - shown)
        self._stop = min(moved, former_low, self._low)
        return shown

    def _fall(self, former_low: float, former_high: float) -> float:
        """Go on from a bar in a fall."""
        if self._high >= self._stop:
            shown = min(self._extreme, former_low, self._low)
            self._turn(True, self._high)
            moved = shown + self._factor * (self._extreme - shown)
            self._stop = min(moved, former_low, self._low)
            return shown
        shown = self._stop
        if self._low < self._extreme:
            self._extend(self._low)
        moved = shown + self._factor * (self._extreme - shown)
        self._stop = max(moved, former_high, self._high)
        return shown

    def _turn(self, is_long: bool, extreme: float) -> None:
        """Begin the other direction."""
        self._is_long, self._extreme, self._factor = is_long, extreme, self._start

    def _extend(self, extreme: float) -> None:
        """Follow a new extreme, faster."""
        self._extreme = extreme
        self._factor = min(self._factor + self._start, self._maximum)
