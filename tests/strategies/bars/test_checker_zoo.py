from pathlib import Path

import pytest

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.checker import check_strategy
from forven.strategies.bars.files import Reloaded
from tests.strategies.bars import zoo

BARS = random_bars(3_000, 4)
CHEATS = [name for name in zoo.ALL if name.startswith("cheat_")]
HONEST = [name for name in zoo.ALL if name.startswith("honest_")]


def report_of(name):
    fresh = Reloaded(Path(zoo.__file__), name)
    strategy = fresh()
    return check_strategy(strategy, BARS, strategy.resolve(), cuts=10, fresh=fresh)


@pytest.mark.parametrize("name", CHEATS)
def test_every_cheat_is_caught(name):
    assert not report_of(name).is_honest


@pytest.mark.parametrize("name", HONEST)
def test_every_honest_twin_passes(name):
    report = report_of(name)
    assert report.troubles == ()
    assert any(report.signals.values())


def test_every_animal_is_one_or_the_other():
    assert sorted(CHEATS + HONEST) == sorted(zoo.ALL)
    assert len(CHEATS) > 30 and len(HONEST) > 10
