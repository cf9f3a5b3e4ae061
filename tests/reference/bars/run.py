"""The oracle: one run over one segment, bar by bar, as sections 3 to 6 of docs/BARS.md say.

Slow and plain on purpose: it is read beside the page and judges the kernels. It never looks at
them; it shares with them the names of columns and codes alone.
"""

from collections import Counter

from forven.kernels import bars_schema as schema
from tests.reference.bars import levels, sizing
from tests.reference.bars.plan import LONG, SHORT, SIDES, Market, Plan
from tests.reference.bars.profit import Position, Trade, closed, marked
from tests.reference.bars.tallies import Tallies

_ALLOWED = {LONG: schema.MODE_LONG, SHORT: schema.MODE_SHORT}


class Run:
    """A run over the bars from `begin` to `end - 1`.

    entries, exits   the signals of each side, a boolean a bar
    happened         how often each branch of the page was taken, for the test of coverage
    """

    def __init__(self, market: Market, plan: Plan, signals: list[list[bool]], begin: int, end: int):
        enter_long, exit_long, enter_short, exit_short = signals
        self.market, self.plan = market, plan
        self.entries = {LONG: enter_long, SHORT: enter_short}
        self.exits = {LONG: exit_long, SHORT: exit_short}
        self.begin, self.end = begin, end
        self.capital = self.equity = plan.capital_micros / 1e6
        self.held: dict[int, Position] = {}
        self.is_ruined = False
        self.trades: list[Trade] = []
        self.values: list[float] = []
        self.tallies = Tallies(self.capital, plan.detail == 1)
        self.happened: Counter[str] = Counter()

    def play(self) -> "Run":
        for bar in range(self.begin, self.end):
            self.take_bar(bar)
        return self

    def take_bar(self, bar: int) -> None:
        """Section 3: the steps of one bar."""
        for sign in SIDES:
            self.exit_at_the_open(sign, bar)
        self.enter(bar)
        if any(position.size > 0 for position in self.held.values()):
            self.tallies.counts[schema.COUNT_BARS_IN_MARKET] += 1
        for sign in SIDES:
            self.exit_inside_the_bar(sign, bar)
        if bar == self.end - 1:
            for sign in SIDES:
                if sign in self.held:
                    self.close(sign, bar, self.market.close[bar], schema.REASON_SIGNAL, True)
        self.mark(bar)

    def exit_at_the_open(self, sign: int, bar: int) -> None:
        """Step 1."""
        if sign not in self.held:
            return
        position, plan, price = self.held[sign], self.plan, self.market.open[bar]
        self.happened["ruined and then held"] += int(self.is_ruined)
        if 0 < plan.time_stop_bars <= bar - position.entry_bar:
            self.close(sign, bar, price, schema.REASON_TIME_STOP)
        elif self.exits[sign][bar - 1]:
            self.close(sign, bar, price, schema.REASON_SIGNAL)
        elif position.liquidation is not None:
            if levels.is_reached(sign, price, position.liquidation):
                self.happened["liquidation at the open"] += 1
                self.close(sign, bar, price, schema.REASON_LIQUIDATION)

    def enter(self, bar: int) -> None:
        """Step 2; section 4 sizes what is entered."""
        entered = [sign for sign in SIDES if self.is_entered(sign, bar)]
        if not entered:
            return
        stops = [levels.fixed_stop(self.market, self.plan, sign, bar) for sign in entered]
        sizes = [self.size(stop, bar) for stop in stops]
        if len(entered) == 2:
            self.happened["both entered"] += 1
            self.happened["both entered, scaled"] += int(sum(sizes) > schema.UNIT_PPM)
            sizes = sizing.shared(sizes)
        for other in self.held.values():
            self.happened["entered beside another"] += 1
            self.happened["size cut by another"] += int(sizes[0] + other.size > schema.UNIT_PPM)
            sizes = [sizing.beside(size, other.size) for size in sizes]
        base = self.equity
        for sign, stop, size in zip(entered, stops, sizes, strict=True):
            self.held[sign] = self.position(sign, bar, stop, size, base)
            self.happened[f"entered {sign}"] += 1

    def is_entered(self, sign: int, bar: int) -> bool:
        if bar < self.begin + 1 or not self.plan.mode & _ALLOWED[sign] or sign in self.held:
            return False
        if not self.entries[sign][bar - 1]:
            return False
        if self.is_ruined:
            self.happened["not entered, ruined"] += 1
            return False
        if self.exits[sign][bar - 1]:
            self.happened["not entered, exit bit"] += 1
            return False
        if any(trade.bar == bar and trade.sign == sign for trade in self.trades[-2:]):
            self.happened["entered where one was just closed"] += 1
        return True

    def size(self, stop: int | None, bar: int) -> int:
        returns = [trade.gross for trade in self.trades[-schema.KELLY_LOOKBACK_MAX - 1 :]]
        if self.plan.sizing == schema.SIZING_KELLY:
            is_all = len(returns) <= self.plan.kelly_lookback
            kind = "fewer trades than it looks back" if is_all else "more"
            self.happened[f"kelly over {kind}"] += 1
        wanted = sizing.wanted(self.plan, self.market.open[bar], stop, self.equity, returns)
        size = sizing.floored(wanted)
        self.happened[f"sizing {self.plan.sizing} {size_in_words(wanted)}"] += 1
        return size

    def position(self, sign: int, bar: int, stop: int | None, size: int, base: float) -> Position:
        entry = self.market.open[bar]
        return Position(
            sign=sign,
            entry_bar=bar,
            entry=entry,
            size=size,
            base=base,
            fixed=stop,
            target=levels.target(self.plan, sign, entry),
            liquidation=levels.liquidation(self.plan, sign, entry),
            extreme=entry,
        )

    def exit_inside_the_bar(self, sign: int, bar: int) -> None:
        """Step 3."""
        if sign not in self.held:
            return
        position, market = self.held[sign], self.market
        worst, best = market.worst(sign, bar), market.best(sign, bar)
        trail = levels.trailing_stop(self.plan, sign, position.extreme)
        stops = [level for level in (position.fixed, trail) if level is not None]
        stop = levels.tighter(sign, stops) if stops else None
        if stop is not None and levels.is_reached(sign, worst, stop):
            is_trailing = position.fixed is None or stop != position.fixed
            reason = schema.REASON_TRAILING_STOP if is_trailing else schema.REASON_STOP_LOSS
            self.note_stop(position, trail, bar)
            self.close(sign, bar, levels.worse(sign, stop, market.open[bar]), reason)
        elif position.liquidation is not None and levels.is_reached(
            sign, worst, position.liquidation
        ):
            self.happened["liquidation inside the bar"] += 1
            self.close(sign, bar, position.liquidation, schema.REASON_LIQUIDATION)
        elif position.target is not None and levels.is_reached(-sign, best, position.target):
            self.close(sign, bar, position.target, schema.REASON_TAKE_PROFIT)
        else:
            position.extreme = levels.worse(-sign, position.extreme, best)

    def close(
        self, sign: int, bar: int, price: int, reason: int, is_open_at_end: bool = False
    ) -> None:
        """Section 5."""
        position = self.held.pop(sign)
        trade = closed(self.market, self.plan, position, bar, (price, reason, is_open_at_end))
        self.trades.append(trade)
        self.equity = self.equity + trade.pnl
        self.tallies.count_trade(trade)
        self.tallies.take_equity(self.equity)
        if self.equity <= 0.0:
            self.is_ruined = True
            self.tallies.counts[schema.COUNT_RUINED] = 1

    def mark(self, bar: int) -> None:
        """Section 6."""
        value = trough = self.equity
        for sign in SIDES:
            if sign in self.held:
                position, worst = self.held[sign], self.market.worst(sign, bar)
                value = value + marked(
                    self.market, self.plan, position, bar, self.market.close[bar]
                )
                trough = trough + marked(self.market, self.plan, position, bar, worst)
        self.happened["value below zero"] += int(value < 0.0)
        self.happened["trough below zero, value above"] += int(trough < 0.0 < value)
        value = 0.0 if value < 0.0 else value
        trough = 0.0 if trough < 0.0 else trough
        self.values.append(value)
        self.tallies.take_bar(value, trough)

    def note_stop(self, position: Position, trail: int | None, bar: int) -> None:
        """Say which kind of stop was met, for the test of coverage."""
        sign, fixed = position.sign, position.fixed
        if fixed is None:
            kind = "trailing alone"
        elif trail is None:
            kind = "fixed alone"
        elif trail == fixed:
            kind = "trailing at the fixed"
        else:
            is_tighter = levels.is_reached(sign, fixed, trail)
            kind = "trailing tighter" if is_tighter else "trailing looser"
        self.happened[f"stop, {kind}"] += 1
        stop = levels.tighter(sign, [level for level in (fixed, trail) if level is not None])
        opened = self.market.open[bar]
        self.happened["stop, gap"] += int(opened != stop and levels.is_reached(sign, opened, stop))


def size_in_words(wanted: float) -> str:
    """Say where a size lies before it is floored, for the test of coverage."""
    if not wanted > 0.0:
        return "none"
    if wanted < 1.0:
        return "below a millionth"
    return "within" if wanted < schema.UNIT_PPM else "whole"
