import numpy as np
import pytest

from forven.research.workloads.fleet import Fleet
from forven.research.workloads.option_day import OptionDay
from forven.research.workloads.sizes import BenchmarkFailed, Size


def fleet(size: Size, day_settings, **changes) -> Fleet:
    settings = {
        **day_settings,
        "fills": "live",
        "share": 1,
        "block_frames": size.block_frames,
        "stretch_frames": size.stretch_frames,
    }
    return Fleet({**settings, **changes})


@pytest.mark.parametrize(("share", "frames"), [(1, 391), (2, 196)])
@pytest.mark.parametrize("threads", [1, 2])
def test_frame_after_frame_has_the_digest_of_bot_after_bot(
    size: Size, day_settings, share: int, frames: int, threads: int
) -> None:
    workload = fleet(size, day_settings, share=share, threads=threads)
    taken = workload.round()
    day = OptionDay({**day_settings, "fills": "live"})
    day.round()
    assert taken.digest == workload.digest
    assert [one.digest for one in day.results[0]] == [one.digest for one in workload.whole]
    assert taken.details["frames_stepped"] == frames
    bots = len(workload.plans)
    assert taken.units == bots * frames
    assert taken.details["state_bytes_per_bot"] * bots == taken.details["state_bytes"]
    shown = [taken.details[f"frame_ns_{name}"] for name in ("p50", "p99", "max")]
    assert shown == sorted(shown)
    assert taken.details["waiting_ns_per_bot_frame"] > 0


def test_a_frame_major_run_with_another_journal_is_refused(size: Size, day_settings) -> None:
    workload = fleet(size, day_settings)
    workload.cash = workload.cash + 1
    with pytest.raises(BenchmarkFailed, match="bot-major digest"):
        workload.round()


def test_the_bots_of_the_holding_stretch_hold_in_each_of_its_frames(
    size: Size, day_settings
) -> None:
    workload = fleet(size, day_settings)
    holding = workload.holding()
    first = int(np.quantile(workload.held[:, 0], 0.9)) + 1
    inside = (workload.held[:, 0] < first) & (workload.signals >= first + size.stretch_frames)
    assert holding["holding_distinct_bots"] == inside.sum() > 0
    assert holding["holding_ns_per_bot_frame"] > 0


def test_a_stretch_that_nobody_holds_through_is_left_out(size: Size, day_settings) -> None:
    assert fleet(size, day_settings, stretch_frames=1_000).holding() == {}
