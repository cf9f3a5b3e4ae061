"""Random small worlds for the bar kernel: one code path for tests and the soak.

`scenario_of(seed)` is the whole address of a scenario.
"""

from dataclasses import dataclass
from random import Random

import numpy as np

from forven.kernels import bars_schema as schema
from tests.reference.bars import generated_bars, generated_programs
from tests.reference.bars.generated_plans import plan
from tests.reference.bars.generated_programs import Room
from tests.reference.bars.signals import Step

LENGTHS = (1, 2, 3, 8, 20, 30, 40, 50, 63, 64, 65, 90, 127, 128, 129, 192, 300, 640)
LONG_LENGTHS = (1_025, 2_049, 4_096, 4_097, 8_193)
"""One scenario in 150 is long: kernels may take many bars at once, in blocks."""


@dataclass
class Scenario:
    """The arrays of the bar kernel by the names of its arguments."""

    bars: np.ndarray
    funding: np.ndarray
    columns: np.ndarray
    constants: np.ndarray
    masks: np.ndarray
    program: np.ndarray
    plans: np.ndarray
    segments: np.ndarray

    @property
    def count(self) -> int:
        """How many bars there are."""
        return int(self.bars.shape[1])

    @property
    def words(self) -> int:
        return (self.count + 63) // 64

    @property
    def cells(self) -> tuple[int, int]:
        """How many runs and segments there are."""
        return len(self.plans), len(self.segments)


def scenario_of(seed: int) -> Scenario:
    """Return the scenario of a seed."""
    chance = Random(seed)
    count = chance.choice(LENGTHS)
    if seed % 150 == 149:
        count = chance.choice(LONG_LENGTHS)
    atr_rows = chance.choice([0, 1, 2])
    bars = generated_bars.bars(chance, count, atr_rows)
    room = Room(
        bars=count,
        columns=chance.choice([0, 1, 2, 4, 6]),
        constants=chance.choice([1, 3, 5]),
        masks=chance.choice([0, 1, 3, 4]),
        registers=chance.choice([2, 4, 12, schema.REGISTERS_MAX]),
    )
    closes = bars[schema.BAR_CLOSE].tolist()
    programs = [generated_programs.program(chance, room) for _ in range(chance.choice([1, 2, 3]))]
    return Scenario(
        bars=bars,
        funding=generated_bars.funding(chance, count),
        columns=generated_programs.columns(chance, closes, room.columns),
        constants=generated_programs.constants(chance, room.constants),
        masks=generated_programs.masks(chance, room.masks, count),
        program=np.array([step for steps in programs for step in steps], dtype=np.int64),
        plans=plans(chance, programs, atr_rows),
        segments=segments(chance, count),
    )


def plans(chance: Random, programs: list[list[Step]], atr_rows: int) -> np.ndarray:
    """Return one to four runs; two may share a program."""
    begins = [sum(map(len, programs[:number])) for number in range(len(programs))]
    rows = []
    for _ in range(chance.choice([1, 2, 3, 4])):
        number = chance.randrange(len(programs))
        rows.append(plan_row(plan(chance, programs[number], begins[number], atr_rows)))
    return np.array(rows)


def plan_row(cells: dict[str, int]) -> np.ndarray:
    """Return a plan's row from its columns by name."""
    row = np.zeros(schema.PLAN_WIDTH, dtype=np.int64)
    for name, cell in cells.items():
        row[getattr(schema, f"PLAN_{name}")] = cell
    return row


def segments(chance: Random, count: int) -> np.ndarray:
    """Return stretches of the bars: all of them, halves, or any, which may lie over each other."""
    kind = chance.choice(["all", "all", "split", "any"])
    if kind == "all" or count == 1:
        found = [(0, count)]
    elif kind == "split":
        cut = chance.randrange(1, count)
        found = [(0, cut), (cut, count)]
    else:
        found = []
        for _ in range(chance.choice([1, 2, 3])):
            begin = chance.randrange(count)
            found.append((begin, chance.randint(begin + 1, count)))
    return np.array(found, dtype=np.int64)
