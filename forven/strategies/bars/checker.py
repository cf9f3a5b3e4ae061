"""Is a strategy honest? Later bars must not change a decision, and its warm-up must be enough.

Checks over given bars; where the strategy is of a file, each loads it anew (`fresh`), so that
nothing one look left in memory helps another:
- repeat   the same bars give the same decisions, of the same strategy and of one loaded anew;
- memory   bars that it saw before do not change a decision;
- cut      bars after t are cut off: decisions up to t stay;
- noise    bars after t become others: decisions up to t stay;
- clock    everything happens some weeks later: every decision stays; nobody asks for the time;
- begin    the series begins later: decisions come to agree, averages that never forget included.
  Of each signal, from so many bars on (SETTLED times the warm-up), AGREEMENT are the same;
- warm-up  after it, every column of its rules is defined, unless it waits for an event.

Cut and noise go through the bars t in order, so that the strategy has never seen a bar after t when
its decisions up to t are compared: what it might remember cannot help it, either.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import WEEK_NS
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.seeds import generator
from forven.strategies.bars.compilation import lay_out
from forven.strategies.bars.errors import MissingColumns
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.foreign import clock_asked
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.places import places_of
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.strategy import RULES, BarStrategy
from forven.strategies.bars.waiting import waits

Bits = npt.NDArray[np.bool_]
AGREEMENT = 0.95
SETTLED = 6
_NOISE, _BEGINS, _MEMORY = 1, 2, 4
_WEEKS = 3
_LEAST_BARS = 3_000
_WATCHED_BARS = 2_000


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
    """What the checks of one strategy showed.

    cuts       how many bars t were tried: random ones, and those at decisions
    agreement  None where the bars are too few to begin later
    """

    strategy: str
    warmup: int
    bars: int
    cuts: int
    signals: dict[str, int]
    agreement: float | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """What every check needs: how to get the strategy, and what it decided over the bars."""

    fresh: Callable[[], BarStrategy]
    bars: Bars
    parameters: Parameters
    warmup: int
    decided: Bits

    def decisions(self, bars: Bars) -> Bits:
        """Return what the strategy decides over bars, loaded anew."""
        return self.decisions_of(self.fresh(), bars)

    def decisions_of(self, strategy: BarStrategy, bars: Bars) -> Bits:
        """Return what a strategy decides over some bars: nothing where they lack a column yet."""
        try:
            return decisions(strategy, bars, self.parameters)
        except MissingColumns:
            return np.zeros((len(SIGNALS), len(bars)), bool)


def check_strategy(
    strategy: BarStrategy,
    bars: Bars,
    parameters: Parameters,
    cuts: int = 20,
    seed: int = 0,
    fresh: Callable[[], BarStrategy] | None = None,
) -> Report:
    """Check a strategy over bars, the future changed after some random t and after decisions.

    cuts    random t; of a function's signals, each of the four adds up to twice as many bars
            at which it begins or ends and those just before; of formulas, up to half as many
    fresh   gives the strategy anew, without what it kept in memory; errors: those of the strategy
    """
    count, warmup = len(bars), strategy.warmup(parameters, bars.timeframe)
    if count < warmup + 2:
        raise InvalidInput(
            f"check of {strategy.name}: expected more than {warmup + 1} bars, found {count}; "
            "its warm-up takes so many"
        )
    decided = decisions(strategy, bars, parameters)
    again = fresh or (lambda: strategy)
    trial = _Trial(fresh=again, bars=bars, parameters=parameters, warmup=warmup, decided=decided)
    edges = (cuts + 1) // 2 if strategy.kind == RULES else 2 * cuts
    places = places_of(decided, warmup, cuts, edges, seed)
    agreement, begun = _agreement(trial, seed)
    found = [
        *_held("repeat", _repeated(strategy, trial)),
        *_held("memory", _remembered(trial, seed)),
        *_futures(trial, places),
        *_held("clock", _later(trial)),
        *begun,
        *_undefined(strategy, bars, parameters, warmup),
    ]
    first = {trouble.check: trouble for trouble in reversed(found)}
    return Report(
        strategy=strategy.name,
        warmup=warmup,
        bars=count,
        cuts=len(places),
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


def _held(check: str, troubles: Iterator[Trouble]) -> Iterator[Trouble]:
    """Yield troubles; a strategy that fails under a check has one."""
    try:
        yield from troubles
    except ForvenError as error:
        yield Trouble(check, f"it fails: {error}", 0)


def _repeated(strategy: BarStrategy, trial: _Trial) -> Iterator[Trouble]:
    """Yield where a second look at the same bars decides otherwise."""
    second = decisions(strategy, trial.bars, trial.parameters)
    yield from _differences("repeat", trial.decided, second, None)
    yield from _differences("repeat", trial.decided, trial.decisions(trial.bars), None)


def _remembered(trial: _Trial, seed: int) -> Iterator[Trouble]:
    """Yield where other bars, seen before, change a decision."""
    last = min(trial.warmup, len(trial.bars) - 2)
    one = trial.fresh()
    for other in (
        noise_after(trial.bars, last, generator(seed, _MEMORY)),
        trial.bars.slice(0, max(last + 1, len(trial.bars) // 2)),
    ):
        trial.decisions_of(one, other)
        found = trial.decisions_of(one, trial.bars)
        yield from _differences("memory", trial.decided, found, None)


def _futures(trial: _Trial, places: list[int]) -> Iterator[Trouble]:
    """Yield where another future changes a decision; never later bars before earlier ones."""
    one, left = trial.fresh(), {"cut", "noise"}
    for place in places:
        random = generator(len(trial.bars), _NOISE, place)
        others = {
            "cut": trial.bars.slice(0, place + 1),
            "noise": noise_after(trial.bars, place, random),
        }
        for check in ("cut", "noise"):
            for trouble in _future(trial, one, check, others[check], place):
                if check in left:
                    left.remove(check)
                    yield trouble
        if not left:
            return


def _future(
    trial: _Trial, strategy: BarStrategy, check: str, other: Bars, place: int
) -> Iterator[Trouble]:
    """Yield where bars that are others after a place change a decision up to there."""
    try:
        found = trial.decisions_of(strategy, other)[:, : place + 1]
    except ForvenError as error:
        yield Trouble(check, f"it fails: {error}", place, t=place)
    else:
        yield from _differences(check, trial.decided[:, : place + 1], found, place)


def _later(trial: _Trial) -> Iterator[Trouble]:
    """Yield where a decision depends on the date, or where the strategy asks for the time."""
    bars = trial.bars
    moved = replace(bars, ends_ns=bars.ends_ns + _WEEKS * WEEK_NS, content_hash="")
    yield from _differences("clock", trial.decided, trial.decisions(moved), None)
    shown = bars.slice(0, min(len(bars), trial.warmup + _WATCHED_BARS))
    asked = clock_asked(lambda: trial.decisions(shown))
    if asked is not None:
        yield Trouble("clock", f"it asks for the time: {asked}; bars.ends_ns is the time", 0)


def _agreement(trial: _Trial, seed: int) -> tuple[float | None, list[Trouble]]:
    """Return how many decisions are the same where the series begins later, and the trouble."""
    count = len(trial.bars)
    begin = int(generator(seed, _BEGINS).integers(1, max(2, count // 6)))
    settled = begin + SETTLED * trial.warmup + 100
    if settled >= count:
        return None, []
    other = np.zeros_like(trial.decided)
    try:
        other[:, begin:] = trial.decisions(trial.bars.slice(begin, count))
    except ForvenError as error:
        text = f"it fails where the series begins {begin} bars later: {error}"
        return None, [Trouble("begin", text, begin)]
    shown, found = trial.decided[:, settled:], other[:, settled:]
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
