"""The quiet path leaves what taking every frame in full leaves."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from tests.kernels.jit.perpetual.scenes import SECOND, Scene, at, base_plan, command

FRAMES = 400
QUOTER = {"QUOTE_LOTS": 2, "QUOTE_POSITION_MAX": 8, "OPENING_ENABLED": 1, "MAKER_PPM": 150}
FILL_MODELS = (p.FILL_TOUCH, p.FILL_QUEUE_RISK_AVERSE, p.FILL_QUEUE_PROBABILISTIC)


def walk(seed: int, **columns: int) -> Scene:
    """Return a book whose sides walk apart and together, with trades, and a quoter before it."""
    chance = np.random.default_rng(seed)
    scene = Scene(frames=FRAMES, plans=[base_plan(**(QUOTER | columns))])
    moves = np.where(chance.random((2, FRAMES)) < 0.15, chance.integers(-1, 2, (2, FRAMES)), 0)
    bid = 10_000 + np.cumsum(moves[0])
    scene.book[p.BOOK_BID] = bid
    scene.book[p.BOOK_ASK] = np.maximum(bid + 1, 10_002 + np.cumsum(moves[1]))
    scene.book[p.BOOK_BID_SIZE : p.BOOK_ASK_SIZE + 1] = chance.integers(1, 30, (2, FRAMES))
    scene.book[p.BOOK_MARK2] = scene.book[p.BOOK_BID] + scene.book[p.BOOK_ASK]
    for frame in np.flatnonzero(chance.random(FRAMES) < 0.2):
        aggressor = int(chance.choice([-1, 1]))
        side = p.BOOK_ASK if aggressor == 1 else p.BOOK_BID
        price = int(scene.book[side, max(0, frame - 1)])
        scene.trade(int(frame), price, int(chance.integers(1, 20)), aggressor)
    return scene


def assert_same_frame_by_frame(scene: Scene) -> None:
    """Hold a run that may pass frames to one that takes each in full."""
    passed, taken = scene.run(), scene.run(every_frame=True)
    assert_array_equal(passed.journal, taken.journal)
    assert_array_equal(passed.state, taken.state)


@pytest.mark.parametrize("model", FILL_MODELS)
@pytest.mark.parametrize("latency_ns", [0, 3 * SECOND])
def test_a_quoter_is_the_same_frame_by_frame(model, latency_ns):
    for seed in range(4):
        scene = walk(seed, FILL_MODEL=model, QUEUE_POWER=2, ORDER_LATENCY_NS=latency_ns)
        assert scene.run()[p.STATE_REPLACES] > 10
        assert_same_frame_by_frame(scene)


def test_tolerance_interval_and_journaled_re_quotes_are_the_same_frame_by_frame():
    columns = {"OPENING_TOLERANCE_TICKS": 1, "OPENING_INTERVAL_NS": 5 * SECOND, "REQUOTE_ROWS": 1}
    assert_same_frame_by_frame(walk(7, **columns))


def test_a_stop_and_a_target_are_the_same_frame_by_frame():
    scene = walk(3, QUOTE_LOTS=0)
    scene.commands = [
        command(1, TYPE=s.ORDER_MARKET, LOTS=1),
        command(2, SIDE=1, PRICE=10_004, REDUCE_ONLY=1),
        command(2, TYPE=s.ORDER_STOP, SIDE=1, PRICE=9_997, REDUCE_ONLY=1),
    ]
    assert scene.run()[p.STATE_POSITION] == 0
    assert_same_frame_by_frame(scene)


def test_stale_and_blocked_frames_funding_and_the_end_are_the_same_frame_by_frame():
    scene = walk(5)
    scene.fundings = [(at(frame) - 1, p.RATE_UNIT // 1_000, 10_000) for frame in range(50, 400, 50)]
    scene.book[p.BOOK_ARRIVAL, 100:110] += 5 * SECOND
    scene.book[p.BOOK_BID, 200:205] = s.MISSING
    scene.book[p.BOOK_BID, 300:303] = scene.book[p.BOOK_ASK, 300:303] + 1
    scene.contract[p.CONTRACT_END] = at(390)
    assert_same_frame_by_frame(scene)


@pytest.mark.parametrize("halt_loss", [3, 10, 30])
def test_a_loss_is_seen_in_the_frame_in_which_the_mark_brings_it(halt_loss):
    scene = walk(11, HALT_LOSS=halt_loss)
    scene.position = 7
    assert scene.run().rows(s.EVENT_HALT)
    assert_same_frame_by_frame(scene)


def test_a_position_near_its_margin_is_the_same_frame_by_frame():
    for seed in range(4):
        scene = walk(seed, BACKSTOP_PPM=0)
        scene.position, scene.cash = 20, -20 * 9_500 + 3
        scene.tiers = ((0, 10), (50_000, 5))
        assert_same_frame_by_frame(scene)
