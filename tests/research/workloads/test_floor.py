import numpy as np
import pytest

from forven.kernels.schema import QUOTE_ASK, QUOTE_BID
from forven.research.workloads.floor import MemoryFloor
from forven.research.workloads.inputs import held_frames, option_day
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.scanning import floor_bytes, floor_sums
from forven.research.workloads.sizes import Size


def numpy_sums(quotes: np.ndarray, legs: np.ndarray, frames: np.ndarray) -> list[int]:
    sums = quotes[QUOTE_BID].astype(np.int64) + quotes[QUOTE_ASK]
    pairs = zip(legs, frames)
    return [int(sums[own[own >= 0], first:last].sum()) for own, (first, last) in pairs]


@pytest.mark.parametrize("stretch", ["whole", "held"])
def test_the_floor_sums_what_numpy_sums_over_the_legs_the_bots_chose(
    day_settings, stretch: str
) -> None:
    ((quotes, legs, frames),) = MemoryFloor(day_settings).work
    if stretch == "held":
        bots = day_bots(day_settings)[0]
        frames = held_frames(bots.day, run_bots(bots, 1))
    assert floor_sums(quotes, legs, frames).tolist() == numpy_sums(quotes, legs, frames)


def test_the_floor_reads_bid_and_ask_of_its_legs_in_each_of_its_frames_and_nothing_else(
    size: Size,
) -> None:
    day = option_day(size.frame_seconds)
    legs, frames = np.array([[3, 60, 120, 199, -1]]), np.array([[0, day.frame_count - 1]])
    before = floor_sums(day.quotes, legs, frames)[0]
    seen = np.zeros(day.quotes.shape, bool)
    seen[[[QUOTE_BID], [QUOTE_ASK]], legs[0, :4], : day.frame_count - 1] = True
    assert floor_bytes(legs, frames) == seen.sum() * 4
    changed = day.quotes + np.where(seen, 1, 1_000).astype(np.int32)
    assert floor_sums(changed, legs, frames)[0] == before + seen.sum()


def test_a_bot_that_never_held_reads_nothing(size: Size) -> None:
    quotes = option_day(size.frame_seconds).quotes
    legs, frames = np.array([[0, 1, 2, 3]]), np.zeros((1, 2), np.int64)
    assert floor_sums(quotes, legs, frames).tolist() == [0]
    assert floor_bytes(legs, frames) == 0


def test_two_rounds_of_the_floor_have_one_digest(day_settings) -> None:
    floor = MemoryFloor(day_settings)
    assert floor.round().digest == floor.round().digest
