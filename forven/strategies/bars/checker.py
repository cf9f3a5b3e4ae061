"""Is a strategy honest? Later bars must not change a decision, and its warm-up must be enough.

Five checks, over given bars:
- repeat   the same bars give the same decisions;
- cut      bars after t are cut off: decisions up to t stay;
- noise    bars after t become others: decisions up to t stay;
- clock    everything happens some weeks later: every decision stays;
- begin    the series begins later: decisions come to agree, averages that never forget included.
  Of each signal, from so many bars on (SETTLED times the warm-up), AGREEMENT are the same;
- warm-up  after it, every column of its rules is defined, unless it waits for an event.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import WEEK_NS
from forven.primitives.errors import InvalidInput
from forven.primitives.seeds import generator
from forven.strategies.bars.compilation import lay_out
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.strategy import RULES, BarStrategy
from forven.strategies.bars.waiting import waits

Bits = npt.NDArray[np.bool_]
AGREEMENT = 0.95
SETTLED = 6
_CUTS, _NOISE, _BEGINS = range(3)
_WEEKS = 3
_LEAST_BARS = 3_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first decision that differs, or the first column that is not defined.

    t  the last bar that was left as it was; None where nothing was cut
    """

    check: str
    text: str
    bar: int
    signal: str = ""
    t: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the checks of one strategy showed."""

    strategy: str
    warmup: int
    bars: int
    cuts: int
    signals: dict[str, int]
    agreement: float
    troubles: tuple[Trouble, ...]

    @property
    def is_honest(self) -> bool:
        """Return whether nothing was found."""
        return not self.troubles

    def to_json(self) -> dict[str, object]:
        """Return the report as a document."""
        return {**asdict(self), "is_honest": self.is_honest}


def bars_for(strategy: BarStrategy, parameters: Parameters, timeframe: str, seed: int) -> Bars:
    """Return made-up bars long enough for the checks, with the columns the strategy needs."""
    warmup = strategy.warmup(parameters, timeframe)
    count = max(_LEAST_BARS, 3 * SETTLED * warmup)
    return random_bars(count, seed, timeframe, columns=strategy.needs)


def check_strategy(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, cuts: int = 20, seed: int = 0
) -> Report:
    """Check a strategy over bars at some random t; errors: those of the strategy itself."""
    count, warmup = len(bars), strategy.warmup(parameters, bars.timeframe)
    if count < warmup + 2:
        raise InvalidInput(
            f"check of {strategy.name}: expected more than {warmup + 1} bars, found {count}; "
            "its warm-up takes so many"
        )
    decided = decisions(strategy, bars, parameters)
    agreement, begun = _agreement(strategy, bars, parameters, decided, seed)
    found = [
        *_repeated(strategy, bars, parameters, decided),
        *_futures(strategy, bars, parameters, decided, _places(warmup, count, cuts, seed)),
        *_later(strategy, bars, parameters, decided),
        *begun,
        *_undefined(strategy, bars, parameters, warmup),
    ]
    first = {trouble.check: trouble for trouble in reversed(found)}
    return Report(
        strategy=strategy.name,
        warmup=warmup,
        bars=count,
        cuts=cuts,
        signals={name: int(row.sum()) for name, row in zip(SIGNALS, decided, strict=True)},
        agreement=agreement,
        troubles=tuple(first[check] for check in dict.fromkeys(one.check for one in found)),
    )


def decisions(strategy: BarStrategy, bars: Bars, parameters: Parameters) -> Bits:
    """Return the four signals, (4, n); one that is not there never comes."""
    made = np.zeros((len(SIGNALS), len(bars)), bool)
    for row, bits in zip(made, signals_of(strategy, bars, parameters), strict=True):
        if bits is not None:
            row[:] = bits
    return made


def noise_after(bars: Bars, last: int, random: np.random.Generator) -> Bars:
    """Return bars that are others after the bar `last`: prices, volume and every column."""
    left = len(bars) - last - 1
    prices, volume = bars.prices.copy(), bars.volume.copy()
    level = int(bars.prices[3, last])
    made = np.sort(random.integers(max(1, level // 3), 3 * level + 2, (4, left)), axis=0)
    prices[:, last + 1 :] = made[[1, 3, 0, 2]]
    volume[last + 1 :] = random.lognormal(3.0, 2.0, left)
    columns = {}
    for name, series in bars.columns.items():
        columns[name] = series.copy()
        columns[name][last + 1 :] = random.normal(0.0, 100.0, left)
    return replace(bars, prices=prices, volume=volume, columns=columns, content_hash="")


def _places(warmup: int, count: int, cuts: int, seed: int) -> list[int]:
    """Return the random bars after which the future is changed, in order."""
    random = generator(seed, _CUTS)
    return sorted(random.integers(min(warmup, count - 2), count - 1, cuts).tolist())


def _repeated(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, decided: Bits
) -> Iterator[Trouble]:
    """Yield where a second look at the same bars decides otherwise."""
    yield from _differences("repeat", decided, decisions(strategy, bars, parameters), None)


def _futures(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, decided: Bits, places: list[int]
) -> Iterator[Trouble]:
    """Yield where another future changes a decision."""
    for place in places:
        random = generator(len(bars), _NOISE, place)
        shown = decided[:, : place + 1]
        cut = decisions(strategy, bars.slice(0, place + 1), parameters)
        yield from _differences("cut", shown, cut, place)
        noisy = decisions(strategy, noise_after(bars, place, random), parameters)
        yield from _differences("noise", shown, noisy[:, : place + 1], place)


def _later(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, decided: Bits
) -> Iterator[Trouble]:
    """Yield where a decision depends on the date."""
    moved = replace(bars, ends_ns=bars.ends_ns + _WEEKS * WEEK_NS, content_hash="")
    yield from _differences("clock", decided, decisions(strategy, moved, parameters), None)


def _agreement(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, decided: Bits, seed: int
) -> tuple[float, list[Trouble]]:
    """Return how many decisions are the same where the series begins later, and the trouble."""
    count = len(bars)
    begin = int(generator(seed, _BEGINS).integers(1, max(2, count // 6)))
    settled = begin + SETTLED * strategy.warmup(parameters, bars.timeframe) + 100
    if settled >= count:
        return 1.0, []
    other = np.zeros_like(decided)
    other[:, begin:] = decisions(strategy, bars.slice(begin, count), parameters)
    shown, found = decided[:, settled:], other[:, settled:]
    different, made = (shown != found).sum(axis=1), (shown | found).sum(axis=1)
    agreement = float(1.0 - (different / np.maximum(made, 1)).max())
    wrong = np.flatnonzero(different > np.maximum(1, (1.0 - AGREEMENT) * made))
    if not wrong.size:
        return agreement, []
    row = int(wrong[0])
    place = int(np.flatnonzero(shown[row] != found[row])[0])
    text = (
        f"{different[row]} of {made[row]} decisions differ where the series begins "
        f"{begin} bars later"
    )
    return agreement, [Trouble("begin", text, settled + place, SIGNALS[row])]


def _undefined(
    strategy: BarStrategy, bars: Bars, parameters: Parameters, warmup: int
) -> Iterator[Trouble]:
    """Yield a column of the rules that is not defined at the end of the warm-up."""
    if strategy.kind != RULES:
        return
    layout = lay_out(strategy, [parameters.as_document()], bars.timeframe)
    evaluation = Evaluation(bars)
    for column in layout.columns:
        if not waits(column) and np.isnan(evaluation.column(column)[warmup]):
            yield Trouble("warm-up", f"{column!r} is not defined after {warmup} bars", warmup)


def _differences(check: str, shown: Bits, found: Bits, t: int | None) -> Iterator[Trouble]:
    """Yield the first decision that differs."""
    different = shown != found
    if not different.any():
        return
    bar = int(np.flatnonzero(different.any(axis=0))[0])
    row = int(np.flatnonzero(different[:, bar])[0])
    was, now = bool(shown[row, bar]), bool(found[row, bar])
    yield Trouble(check, f"was {was}, became {now}", bar, SIGNALS[row], t)
