"""Many runs of one strategy as arrays for the bar kernel: columns once, a program a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.kernels.bars_arrays import words_of
from forven.kernels.bars_schema import PROGRAM_WIDTH
from forven.market.bars.bars import Bars
from forven.strategies.bars.errors import InvalidBarStrategy, TooManyColumns
from forven.strategies.bars.evaluation import Bits, Evaluation
from forven.strategies.bars.expressions import Column, Condition, Handed
from forven.strategies.bars.indicators.registry import Series
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.program import Linker
from forven.strategies.bars.rules import NO_CONTROLS, Controls
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.strategy import RULES, BarStrategy
from forven.strategies.bars.warmup import warmup_of

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
COLUMN_BYTES_MAX = 2_000_000_000
RUN_FIELDS = 6
"""PLAN_PROGRAM_BEGIN, PLAN_PROGRAM_END and the four registers: a plan's first fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Runs laid out before anything is worked out: what they will need is known.

    columns, constants   what the program's operands number    program   i8[P, 6]
    runs      i8[K, 6] the first six fields of each run's plan  warmups   i8[K] bars
    controls  of each run                                       leverage  f8[K], NaN: not said
    """

    strategy: BarStrategy
    parameters: tuple[Parameters, ...]
    columns: tuple[Column, ...]
    constants: Series
    program: Integers
    runs: Integers
    warmups: Integers
    controls: tuple[Controls, ...]
    leverage: Series

    def bytes_of(self, bars: int) -> int:
        """Return how many bytes the columns take over so many bars."""
        return 8 * bars * len(self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Runs as the kernel takes them; `layout` says what they are.

    columns  f8[C, n]   masks  u8[M, W]   the other arrays are the layout's
    """

    layout: Layout
    columns: Series
    masks: Words

    @property
    def constants(self) -> Series:
        """The constants of the program, f8[c]."""
        return self.layout.constants

    @property
    def program(self) -> Integers:
        """The instructions of all runs, i8[P, 6]."""
        return self.layout.program

    @property
    def runs(self) -> Integers:
        """The first six fields of each run's plan, i8[K, 6]."""
        return self.layout.runs

    @property
    def warmups(self) -> Integers:
        """The warm-up of each run in bars, i8[K]."""
        return self.layout.warmups


def lay_out(
    strategy: BarStrategy, parameter_sets: Sequence[Mapping[str, Any]], timeframe: str = "1h"
) -> Layout:
    """Lay out the runs of a rules strategy; errors: InvalidParameter, InvalidBarStrategy."""
    try:
        return _laid_out(strategy, parameter_sets, timeframe)
    except RecursionError as error:
        raise InvalidBarStrategy(
            f"strategy {strategy.name}: expected formulas of some hundred parts, found one nested "
            "deeper than can be followed; join long lists with all_of or any_of in halves"
        ) from error


def _laid_out(
    strategy: BarStrategy, parameter_sets: Sequence[Mapping[str, Any]], timeframe: str
) -> Layout:
    """Lay out the runs of a rules strategy."""
    market, linker = strategy.market(timeframe), Linker()
    resolved, runs, warmups, controls = [], [], [], []
    for given in parameter_sets:
        parameters = strategy.resolve(given)
        rules = strategy.rules(market, parameters)
        resolved.append(parameters)
        runs.append(linker.link(rules.conditions))
        warmups.append(warmup_of(rules.conditions))
        controls.append(rules.controls)
    return _layout(strategy, resolved, linker, (runs, warmups, controls))


def compile_runs(
    strategy: BarStrategy,
    parameter_sets: Sequence[Mapping[str, Any]],
    bars: Bars,
    bytes_max: int = COLUMN_BYTES_MAX,
) -> Compiled:
    """Return the runs as arrays; errors also: MissingColumns, TooManyColumns."""
    if strategy.kind != RULES:
        return _compile_signals(strategy, parameter_sets, bars)
    layout = lay_out(strategy, parameter_sets, bars.timeframe)
    return fill(layout, bars, bytes_max)


def fill(layout: Layout, bars: Bars, bytes_max: int = COLUMN_BYTES_MAX) -> Compiled:
    """Work out a layout's columns over bars; errors: MissingColumns, TooManyColumns."""
    count = len(bars.ends_ns)
    needed = layout.bytes_of(count)
    if needed > bytes_max:
        raise TooManyColumns(
            f"{len(layout.runs)} runs of {layout.strategy.name}: expected at most {bytes_max:,} "
            f"bytes of columns, found {needed:,} "
            f"({len(layout.columns)} columns of {count:,} bars); compile fewer runs at a time"
        )
    columns = np.empty((len(layout.columns), count))
    Evaluation(bars).fill(layout.columns, columns)
    return Compiled(layout=layout, columns=columns, masks=np.zeros((0, words_of(count)), np.uint64))


def packed(bits: Bits) -> Words:
    """Return booleans as words: bar i is bit i % 64 of word i // 64."""
    room = np.zeros(words_of(bits.size) * 8, np.uint8)
    room[: (bits.size + 7) // 8] = np.packbits(bits, bitorder="little")
    return room.view("<u8").astype(np.uint64)


def _compile_signals(
    strategy: BarStrategy, parameter_sets: Sequence[Mapping[str, Any]], bars: Bars
) -> Compiled:
    """Return the runs of a strategy that hands in its signals as masks."""
    linker = Linker()
    resolved, runs, warmups = [], [], []
    masks: list[Words] = []
    for given in parameter_sets:
        parameters = strategy.resolve(given)
        conditions: list[Condition | None] = []
        for bits in signals_of(strategy, bars, parameters):
            conditions.append(None if bits is None else Handed(len(masks)))
            if bits is not None:
                masks.append(packed(bits))
        resolved.append(parameters)
        runs.append(linker.link(tuple(conditions)))
        warmups.append(strategy.warmup(parameters))
    layout = _layout(strategy, resolved, linker, (runs, warmups, [NO_CONTROLS] * len(runs)))
    count = len(bars.ends_ns)
    words = np.array(masks, np.uint64).reshape(len(masks), words_of(count))
    return Compiled(layout=layout, columns=np.empty((0, count)), masks=words)


def _layout(
    strategy: BarStrategy, parameters: list[Parameters], linker: Linker, runs: tuple[Any, ...]
) -> Layout:
    """Return what was linked as arrays."""
    linked, warmups, controls = runs
    return Layout(
        strategy=strategy,
        parameters=tuple(parameters),
        columns=tuple(linker.columns),
        constants=np.array(list(linker.constants), np.float64),
        program=np.array(linker.steps, np.int64).reshape(-1, PROGRAM_WIDTH),
        runs=np.array(linked, np.int64).reshape(-1, RUN_FIELDS),
        warmups=np.array(warmups, np.int64),
        controls=tuple(controls),
        leverage=np.array([float(vars(one).get("leverage", np.nan)) for one in parameters]),
    )
