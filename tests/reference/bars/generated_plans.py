"""Random settings of a run."""

from random import Random

from forven.kernels import bars_schema as schema
from tests.reference.bars.signals import Step

_LEVERAGES = (1_000_000, 1_000_000, 1_000_000, 250_000, 500_001, 1_000_001, 1_500_000, 2_000_000)
_LEVERAGES += (3_000_000, 5_500_000, 10_000_000, 20_000_000, 125_000_000, 1)
_STOPS = (0, 0, 0, 1, 300, 2_500, 10_000, 30_000, 100_000, 500_000, 1_000_000)
_TARGETS = (0, 0, 0, 1, 2_500, 10_000, 40_000, 300_000, 1_000_000, 1_500_000, 10_000_000)
_SIZINGS = (
    schema.SIZING_FULL,
    schema.SIZING_FIXED,
    schema.SIZING_FRACTION,
    schema.SIZING_ATR,
    schema.SIZING_KELLY,
    schema.SIZING_KELLY,
)

_BARE = {
    "LEVERAGE_PPM": 1_000_000,
    "SIZING": schema.SIZING_FULL,
    "ATR_ROW": -1,
    "EXIT_SHORT": -1,
    "STOP_PPM": 0,
    "TARGET_PPM": 0,
    "TRAIL_PPM": 0,
    "TIME_STOP_BARS": 0,
}
"""A run that holds its shorts through everything."""


def plan(chance: Random, steps: list[Step], begin: int, atr_rows: int) -> dict[str, int]:
    """Return the columns of a run whose program begins at an instruction, by name."""
    capital = chance.choice([10_000_000_000] * 3 + [1_000_000, 123_456_789, 1, 10**18])
    return {
        "PROGRAM_BEGIN": begin,
        "PROGRAM_END": begin + len(steps),
        "CAPITAL_MICROS": capital,
        "MODE": chance.choice([schema.MODE_LONG, schema.MODE_SHORT] + 3 * [schema.MODE_BOTH]),
        "LEVERAGE_PPM": chance.choice(_LEVERAGES),
        "COST_PPM": chance.choice([0, 650, 650, 450, 20_000, 200_000]),
        "DETAIL": chance.choice([0, 1]),
        **rows(chance, steps),
        **sizing(chance, capital, atr_rows),
        **levels(chance),
        **(_BARE if chance.random() < 0.1 else {}),
    }


def rows(chance: Random, steps: list[Step]) -> dict[str, int]:
    """Return which registers signal; a program's last ones are the likeliest to enter."""
    written = [step.out for step in steps]
    likely = written + 3 * written[-3:]
    found = {}
    for side in ("LONG", "SHORT"):
        enter = chance.choice(likely)
        others = [register for register in written if register != enter] or written
        found[f"ENTER_{side}"] = enter if chance.random() < 0.93 else -1
        found[f"EXIT_{side}"] = chance.choice(others) if chance.random() < 0.7 else -1
    return found


def sizing(chance: Random, capital: int, atr_rows: int) -> dict[str, int]:
    kinds = [kind for kind in _SIZINGS if atr_rows or kind != schema.SIZING_ATR]
    kind = chance.choice(kinds)
    is_atr = kind == schema.SIZING_ATR
    fixed = capital * chance.choice([0, 1, 10, 30, 90, 100, 300]) // 100
    return {
        "SIZING": kind,
        "FIXED_SIZE_MICROS": min(fixed, 10**18),
        "RISK_PPM": chance.choice([0, 1, 1_000, 10_000, 20_000, 100_000, 1_000_000]),
        "ATR_ROW": schema.BAR_ATR_FIRST + chance.randrange(atr_rows) if is_atr else -1,
        "ATR_STOP_MILLI": chance.choice([0, 1, 333, 1_000, 2_000, 2_500, 10_000, 50_000]),
        "KELLY_MILLI": chance.choice([500, 500, 1_000, 1, 2_000, 5_000, 0]),
        "KELLY_LOOKBACK": chance.choice([1, 2, 3, 5, 20, 100, schema.KELLY_LOOKBACK_MAX]),
    }


def levels(chance: Random) -> dict[str, int]:
    """Return stops and targets: any, such as leave a position alone for long, or none."""
    kind = chance.choice(["any"] * 4 + ["far"] * 2 + ["none"])
    stops = {"any": _STOPS, "far": (0, 0, 0, *_STOPS[-3:]), "none": (0,)}[kind]
    targets = {"any": _TARGETS, "far": (0, 0, 0, *_TARGETS[-3:]), "none": (0,)}[kind]
    return {
        "STOP_PPM": chance.choice(stops),
        "TARGET_PPM": chance.choice(targets),
        "TRAIL_PPM": chance.choice(stops),
        "TIME_STOP_BARS": chance.choice([0, 0, 0, 1, 2, 5, 20, 1_000, 2**31]),
        "FALLBACK_STOP_PPM": chance.choice([1, 5_000, 30_000, 200_000, 1_000_000]),
    }
