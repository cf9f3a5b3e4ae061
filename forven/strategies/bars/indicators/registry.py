"""The registry of indicators: what each takes and gives, when it is defined, how it is computed.

A NaN among an indicator's inputs makes that bar's outputs NaN and the indicator starts anew
after it; so do results that are not finite become NaN. That holds for every entry, TA-Lib's too,
whose own functions carry a NaN on for ever.
"""

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from forven.strategies.bars.errors import InvalidIndicator, proposal
from forven.strategies.bars.expressions import Column, Indicator

Series = npt.NDArray[np.float64]
SIMPLE: Any = 0
EXPONENTIAL: Any = 1
"""TA-Lib's numbers for the averages inside its functions."""
PERIOD_MAX = 5_000
_MADE_MAX = 50_000
LAST_BITS, RUNNING_SQUARES = 1e-11, 1e-8
"""Tolerances: of TA-Lib's running sums, and of those of squares, whose error grows with them."""


class Stepper(Protocol):
    """An indicator bar by bar."""

    def step(self, *numbers: float) -> tuple[float, ...]:
        """Take one bar's inputs, none of them NaN; return the outputs, NaN before the lookback."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of an indicator and its bounds, both included."""

    name: str
    low: float
    high: float
    is_whole: bool = True


def period(name: str = "period", low: int = 2, high: int = PERIOD_MAX) -> Setting:
    """Return a setting that counts bars."""
    return Setting(name, low, high)


def factor(name: str, low: float = 0.0, high: float = 1_000.0) -> Setting:
    """Return a setting that is any number."""
    return Setting(name, low, high, is_whole=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """An indicator.

    inputs     what its series are            outputs   names; one only: the entry's own
    lookback   of the settings: how many bars of defined inputs come before the first output
    batch      of the inputs and settings: the outputs over the whole series
    stream     of the settings: a Stepper
    units      of its outputs                 source    of its definition
    tolerance  by how much the stream may differ, of the greatest input or output: TA-Lib's series
               may round its sums elsewhere; 0: not in a bit
    waits      its outputs may come later than the lookback, as they wait for an event
    """

    name: str
    summary: str
    inputs: tuple[str, ...]
    settings: tuple[Setting, ...] = ()
    outputs: tuple[str, ...] = ()
    lookback: Callable[..., int]
    batch: Callable[..., Any]
    stream: Callable[..., Any]
    units: str
    source: str
    waits: bool = False
    tolerance: float = 0.0
    _made: dict[tuple[Any, ...], tuple[Column, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of its outputs."""
        return self.outputs or (self.name,)

    def checked(self, given: tuple[Any, ...]) -> tuple[float, ...]:
        """Return settings of the right kind and inside their bounds; errors: InvalidIndicator."""
        if len(given) != len(self.settings):
            raise InvalidIndicator(
                f"{self.name}: expected {len(self.settings)} settings, found {len(given)}"
            )
        checked: list[float] = []
        for setting, value in zip(self.settings, given, strict=True):
            kind = numbers.Integral if setting.is_whole else numbers.Real
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            if not is_number or not setting.low <= value <= setting.high:
                what = "a whole number" if setting.is_whole else "a number"
                raise InvalidIndicator(
                    f"{self.name}: {setting.name}: expected {what} from {setting.low:g} to "
                    f"{setting.high:g}, found {value!r}"
                )
            checked.append(int(value) if setting.is_whole else float(value))
        return tuple(checked)

    def of(self, inputs: tuple[Column, ...], *settings: float) -> tuple[Column, ...]:
        """Return its outputs as columns of a formula."""
        key = (inputs, settings, *map(type, settings))
        found = self._made.get(key)
        if found is None:
            checked = self.checked(settings)
            for column in inputs:
                if not isinstance(column, Column):
                    raise InvalidIndicator(f"{self.name}: expected a column, found {column!r}")
            found = tuple(Indicator(self.name, inputs, checked, output) for output in self.columns)
            if len(self._made) >= _MADE_MAX:
                self._made.clear()
            self._made[key] = found
        return found

    def one(self, inputs: tuple[Column, ...], *settings: float) -> Column:
        """Return its only output as a column of a formula."""
        return self.of(inputs, *settings)[0]

    def compute(self, inputs: Sequence[Series], settings: Sequence[float]) -> tuple[Series, ...]:
        """Return the outputs over whole series, NaN where they are not defined."""
        count = inputs[0].size
        before = self.lookback(*settings)
        stretches = defined_stretches(inputs)
        if stretches == [(0, count)] and count > before:
            return tuple(_finite(given) for given in self._batch(inputs, settings))
        outputs = tuple(np.full(count, np.nan) for _ in self.columns)
        for begin, end in stretches:
            if end - begin > before:
                given = self._batch([series[begin:end] for series in inputs], settings)
                for output, part in zip(outputs, given, strict=True):
                    output[begin:end] = _finite(part)
        return outputs

    def _batch(self, inputs: Sequence[Series], settings: Sequence[float]) -> tuple[Series, ...]:
        """Return the outputs of its batch function as a tuple."""
        given = self.batch(*inputs, *settings)
        return given if isinstance(given, tuple) else (given,)


class Stream:
    """An entry bar by bar, with the registry's rule for NaN."""

    def __init__(self, entry: Entry, settings: Sequence[float]) -> None:
        self._entry = entry
        self._settings = tuple(settings)
        self._nothing = (math.nan,) * len(entry.columns)
        self._stepper: Stepper | None = None

    def step(self, *given: float) -> tuple[float, ...]:
        """Take one bar's inputs; return the outputs, NaN where they are not defined."""
        if any(number != number for number in given):
            self._stepper = None
            return self._nothing
        if self._stepper is None:
            self._stepper = self._entry.stream(*self._settings)
        outputs = self._stepper.step(*given)
        return tuple(number if math.isfinite(number) else math.nan for number in outputs)


def defined_stretches(inputs: Sequence[Series]) -> list[tuple[int, int]]:
    """Return where all series are defined: (first bar, one after the last) of each stretch."""
    missing = np.isnan(inputs[0])
    for series in inputs[1:]:
        missing |= np.isnan(series)
    if not missing.any():
        return [(0, inputs[0].size)]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], missing, [True]))))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _finite(series: Series) -> Series:
    """Return a series with NaN where it is not finite."""
    if not np.isinf(series).any():
        return series
    return np.where(np.isinf(series), np.nan, series)


REGISTRY: dict[str, Entry] = {}


def register(entry: Entry) -> Entry:
    """Enter an indicator; errors: InvalidIndicator where its name is taken."""
    if entry.name in REGISTRY:
        raise InvalidIndicator(f"indicator {entry.name!r}: expected a new name, found it taken")
    REGISTRY[entry.name] = entry
    return entry


def entry_named(name: str) -> Entry:
    """Return an indicator of the registry; errors: InvalidIndicator with the nearest name."""
    found = REGISTRY.get(name)
    if found is None:
        raise InvalidIndicator(f"indicator {name!r} is unknown; {proposal(name, REGISTRY)}")
    return found
