"""The quiet path gives what full steps give, on days longer than the chunks it looks at."""

import numpy as np
import pytest

from forven.kernels import schema as s
from tests.kernels.jit.scenes import Scene, at, base_plan, command, with_strategy

FRAMES = 1_700
VERTICAL = [
    (1, s.PUT, 1, s.METHOD_STRIKE, 595_000, 0),
    (-1, s.PUT, 1, s.METHOD_RELATIVE, -5_000, 0),
]
CONDOR = [
    *VERTICAL,
    (1, s.CALL, 2, s.METHOD_STRIKE, 600_000, 0),
    (-1, s.CALL, 2, s.METHOD_RELATIVE, 5_000, 2),
]
LONG_CALL = [(-1, s.CALL, 1, s.METHOD_STRIKE, 600_000, 0)]
FIVE = [*CONDOR, (-1, s.CALL, 1, s.METHOD_STRIKE, 595_000, 0)]


def wandering_day(seed: int) -> Scene:
    """Return a day of wandering quotes: some crossed, missing or without a bid."""
    chance = np.random.default_rng(seed)
    scene = Scene(frames=FRAMES, settlement=600_000)
    for instrument in range(8):
        middle = 500 + np.cumsum(chance.integers(-3, 4, FRAMES)) * 5
        bids = np.maximum(0, middle - 10)
        scene.quotes[0, instrument] = bids
        scene.quotes[1, instrument] = bids + 20
        for _ in range(chance.integers(0, 6)):
            start = chance.integers(2, FRAMES)
            run = slice(start, start + chance.choice([1, 3, 600]))
            kind = chance.integers(3)
            scene.quotes[0, instrument, run] = (0, s.MISSING, 2_000)[kind]
            scene.quotes[1, instrument, run] = (chance.choice([20, 900]), s.MISSING, 1_000)[kind]
    return scene


def plans_of(seed: int) -> list[np.ndarray]:
    """Return plans that hold one structure, several, or user orders, with varied thresholds."""
    chance = np.random.default_rng(1_000 + seed)
    plans = []
    for legs in (VERTICAL, CONDOR, LONG_CALL, FIVE):
        for entries in (
            [(at(1), s.MISSING)],
            [(at(3), s.MISSING), (at(700), s.MISSING)],
            [(at(10), at(1_400))],
        ):
            plan = base_plan(
                SAME_TICK=int(chance.integers(2)),
                HALT_LOSS=int(chance.choice([s.INT64_MAX, 700_000_000, 3_000_000_000])),
                MARGIN_RATE_BPS=500,
            )
            columns = {
                "EXIT_TS": int(chance.choice([s.INT64_MAX, at(900), at(1_650)])),
                "TARGET_BPS": int(chance.choice([0, 3_000, 9_000])),
                "STOP_BPS": int(chance.choice([0, 9_000, 30_000])),
                "QUANTITY": int(chance.integers(1, 4)),
                "MAX_ENTRIES": 4,
            }
            plans.append(with_strategy(plan, legs, entries, **columns))
    return plans


def quiet_and_full(seed: int):
    """Return the outcomes of one day, with and without the quiet path."""
    scene = wandering_day(seed)
    scene.plans = plans_of(seed)
    if seed % 2:
        buy = [(6, -1, s.EFFECT_OPEN)]
        scene.commands = [
            command(5, s.COMMAND_PLACE, buy, TYPE=s.ORDER_MARKET),
            command(1_000, s.COMMAND_STOP if seed % 4 == 1 else s.COMMAND_ERROR),
        ]
    cash = 40_000_000_000
    return scene.run(cash=cash), scene.run(cash=cash, records=FRAMES + 3)


@pytest.mark.parametrize("seed", range(40))
def test_skipped_frames_leave_the_state_and_the_journal_of_full_ones(seed):
    quiet, full = quiet_and_full(seed)
    order = np.lexsort((full.journal[:, s.JOURNAL_SEQUENCE], full.journal[:, s.JOURNAL_BOT]))
    assert np.array_equal(quiet.journal, full.journal[order])
    assert np.array_equal(quiet.state, full.state)


def test_the_days_hold_exits_halts_stops_and_settled_positions():
    journals = [quiet_and_full(seed)[0].journal for seed in range(8)]
    kinds = np.concatenate([journal[:, s.JOURNAL_KIND] for journal in journals])
    expected = {s.EVENT_EXIT_SIGNAL, s.EVENT_HALT, s.EVENT_STOPPED, s.EVENT_SETTLED}
    assert expected <= set(kinds.tolist())


@pytest.mark.parametrize("seed", range(3))
def test_a_day_cut_into_single_frames_is_the_same_day(seed):
    scene = wandering_day(seed)
    scene.plans = plans_of(seed)
    whole = scene.run(cash=40_000_000_000)
    cut = scene.run(cash=40_000_000_000, cuts=tuple(range(1, FRAMES)))
    order = np.lexsort((cut.journal[:, s.JOURNAL_SEQUENCE], cut.journal[:, s.JOURNAL_BOT]))
    assert np.array_equal(cut.journal[order], whole.journal)
    assert np.array_equal(cut.state, whole.state)
