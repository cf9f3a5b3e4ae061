"""What differs from day to day: the level, the volatility, the day's return and its jump.

Every day is reached from the seed alone by walking this short history, so a day does not depend
on how many others are asked for, and its ticks never have to be made to know the next day's open.
"""

import math
from dataclasses import dataclass

from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.seeds import generator

SESSIONS_PER_YEAR = 252
JUMP_CHANCE = 0.08
JUMP_MEAN = -0.4
JUMP_DEVIATION = 1.1
"""Jumps a day, and their mean and standard deviation in expected daily deviations."""
SURPRISE = 0.2
"""Standard deviation of the log of a day's volatility around what was expected of it."""

_HISTORY_NORMALS = 0
_HISTORY_UNIFORMS = 1
_PERSISTENCE = 0.97
_SPREAD = 0.28
"""Daily persistence and stationary standard deviation of the log of expected volatility."""
_ASYMMETRY = 0.03
"""Weight of the squared shock in a day's return: falls are larger, rises are more frequent."""
_LEVERAGE = -0.55
_CALMEST = -0.55
_WILDEST = 1.1
_OVERNIGHT = 0.45
_DRIFT = 0.0002
_MEAN_JUMP = JUMP_CHANCE * JUMP_MEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRegime:
    """One day before its ticks are drawn.

    opening             the index at the open, in points
    expected_deviation  of the day's log return as the market expects it at the open, no jump
    deviation           the one that the day's path is drawn with, no jump
    diffusion           the day's log return without its jump
    jump, jump_at       its log size (0: none), and when, as a share of the session
    stress              log of the expected volatility over the ordinary one
    """

    opening: float
    expected_deviation: float
    deviation: float
    diffusion: float
    jump: float
    jump_at: float
    stress: float


def day_regime(spec: SyntheticSpec, index: int) -> DayRegime:
    """Return the regime of the day number `index` (from 0), the same however it is reached."""
    return day_regimes(spec, index + 1)[index]


def day_regimes(spec: SyntheticSpec, count: int) -> list[DayRegime]:
    """Return the regimes of the first `count` days."""
    normals = generator(spec.seed, _HISTORY_NORMALS).standard_normal((count, 5)).tolist()
    uniforms = generator(spec.seed, _HISTORY_UNIFORMS).random((count, 2)).tolist()
    base = spec.volatility / math.sqrt(SESSIONS_PER_YEAR)
    shock = _SPREAD * math.sqrt(1.0 - _PERSISTENCE**2)
    opening, stress = spec.index_quanta / 100.0, 0.0
    regimes = []
    for row, (chance, jump_at) in zip(normals, uniforms, strict=True):
        today = _regime(base, stress, opening, row, chance, jump_at)
        regimes.append(today)
        change = today.diffusion + today.jump
        surprise = max(-3.0, min(3.0, change / today.expected_deviation))
        news = _LEVERAGE * surprise + math.sqrt(1.0 - _LEVERAGE**2) * row[4]
        stress = max(_CALMEST, min(_WILDEST, _PERSISTENCE * stress + shock * news))
        gap = _OVERNIGHT * today.expected_deviation * row[3]
        opening *= math.exp(change + gap)
    return regimes


def _regime(
    base: float, stress: float, opening: float, row: list[float], chance: float, jump_at: float
) -> DayRegime:
    expected = base * math.exp(stress)
    deviation = expected * math.exp(SURPRISE * row[0] - SURPRISE**2)
    jump = expected * (JUMP_MEAN + JUMP_DEVIATION * row[2]) if chance < JUMP_CHANCE else 0.0
    lopsided = row[1] - _ASYMMETRY * (row[1] ** 2 - 1.0)
    shock = lopsided / math.sqrt(1.0 + 2.0 * _ASYMMETRY**2)
    return DayRegime(
        opening=opening,
        expected_deviation=expected,
        deviation=deviation,
        diffusion=_DRIFT + deviation * shock - 0.5 * deviation**2 - expected * _MEAN_JUMP,
        jump=jump,
        jump_at=0.02 + 0.96 * jump_at,
        stress=stress,
    )
