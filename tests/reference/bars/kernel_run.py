"""Runs scenarios through a bar kernel, by each of its three functions."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import ModuleType

import numpy as np

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import BarArrays, BarTrace
from tests.reference.bars.comparison import (
    Outcome,
    bits,
    difference,
    first_cell,
    oracle_outcome,
)
from tests.reference.bars.scenarios import Scenario, scenario_of
from tests.reference.bars.signals import packed

UNWRITTEN = -77
"""What every cell holds before a kernel writes it: a cell left out shows."""


@dataclass(frozen=True)
class Kernel:
    """A kernel under judgement: its name and its part of the door."""

    name: str
    side: ModuleType

    def sweep(self, scenario: Scenario, threads: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Return counts and sums."""
        counts, sums = tallies(scenario)
        self.side.sweep(arrays_of(scenario), counts, sums, threads)
        return counts, sums

    def trace(self, scenario: Scenario, written: BarTrace) -> tuple[np.ndarray, np.ndarray, int]:
        """Return counts, sums and the trades there are; the rest is in `written`."""
        counts, sums = tallies(scenario)
        return counts, sums, self.side.trace(arrays_of(scenario), counts, sums, written)

    def registers(self, scenario: Scenario, begin: int, end: int) -> np.ndarray:
        """Return the registers after some instructions."""
        program = np.ascontiguousarray(scenario.program[begin:end])
        registers = np.full((schema.REGISTERS_MAX, scenario.words), 99, dtype=np.uint64)
        self.side.evaluate(scenario.columns, scenario.constants, scenario.masks, program, registers)
        return registers


def arrays_of(scenario: Scenario) -> BarArrays:
    return BarArrays(**{field.name: getattr(scenario, field.name) for field in fields(scenario)})


def tallies(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    shape = scenario.cells
    counts = np.full((*shape, schema.COUNT_WIDTH), UNWRITTEN, dtype=np.int64)
    return counts, np.full((*shape, schema.SUM_WIDTH), float(UNWRITTEN))


def room(
    scenario: Scenario, trades: int, has_values: bool = True, has_signals: bool = True
) -> BarTrace:
    """Return what a trace writes into, with room for some trades."""
    runs, segments = scenario.cells
    values = (runs, segments, scenario.count) if has_values else (0, 0, 0)
    signals = (runs, 4, scenario.words) if has_signals else (0, 0, 0)
    return BarTrace(
        trades=np.full((trades, schema.TRADE_WIDTH), UNWRITTEN, dtype=np.int64),
        trade_values=np.full((trades, schema.TRADE_VALUES), float(UNWRITTEN)),
        values=np.full(values, float(UNWRITTEN)),
        signals=np.full(signals, 99, dtype=np.uint64),
    )


def kernel_outcome(kernel: Kernel, scenario: Scenario, trades: int) -> Outcome:
    """Trace a scenario with room for some trades; those that were written are returned."""
    written = room(scenario, trades)
    counts, sums, needed = kernel.trace(scenario, written)
    rows = min(needed, trades)
    assert np.all(written.trades[rows:] == UNWRITTEN), "wrote beyond the trades there are"
    assert np.all(written.trade_values[rows:] == UNWRITTEN), "wrote beyond the trades there are"
    return Outcome(
        counts=counts,
        sums=sums,
        trades=written.trades[:rows],
        trade_values=written.trade_values[:rows],
        values=written.values,
        signals=written.signals,
    )


def words_between(kernel: Kernel, scenario: Scenario, wanted: Outcome) -> str:
    """Return in words where a kernel differs from the oracle, or nothing, by all it offers."""
    found = kernel_outcome(kernel, scenario, len(wanted.trades) + 2)
    words = difference(found, wanted)
    if words:
        return f"{kernel.name}, trace, {words}"
    counts, sums = kernel.sweep(scenario)
    words = first_cell("counts", counts, wanted.counts) or first_cell("sums", sums, wanted.sums)
    if words:
        return f"{kernel.name}, sweep, {words}"
    words = register_words(kernel, scenario, wanted)
    return f"{kernel.name}, evaluate, {words}" if words else ""


def register_words(kernel: Kernel, scenario: Scenario, wanted: Outcome) -> str:
    """Return in words which register differs from the oracle after a run's program, or nothing."""
    for where, bits_of in wanted.programs.items():
        found = kernel.registers(scenario, *where).tolist()
        for register, theirs in enumerate(found):
            mine = packed(bits_of[register]) if register in bits_of else [99] * scenario.words
            if theirs != mine:
                return f"program {where}, register {register}: oracle {mine}, kernel {theirs}"
    return ""


def first_difference(kernels: Mapping[str, Kernel], seed: int) -> str:
    """Return where kernels differ from the oracle on the scenario of a seed, or nothing."""
    scenario = scenario_of(seed)
    wanted = oracle_outcome(scenario)
    for kernel in kernels.values():
        words = words_between(kernel, scenario, wanted)
        if words:
            return f"seed {seed}, {words}"
    return ""


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays have the same shape and bits; NaN equals NaN."""
    return one.shape == other.shape and np.array_equal(bits(one), bits(other))
