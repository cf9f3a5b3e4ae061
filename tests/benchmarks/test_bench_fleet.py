import numpy as np
import pytest

from benchmarks.bench_fleet import Fleet
from benchmarks.bench_option_day import OptionDay
from benchmarks.rows import ROW_FIELDS
from benchmarks.sizes import BenchmarkFailed, Size


@pytest.mark.parametrize(("share", "frames"), [(1, 391), (2, 196)])
def test_frame_after_frame_has_the_digest_of_bot_after_bot(
    size: Size, share: int, frames: int
) -> None:
    workload = Fleet(size, size.variants, share)
    workload.step_through()
    whole, waiting, holding = [row.as_dict() for row in workload.rows()]
    assert whole["digest"] == OptionDay(size, "live").digest
    assert set(whole) == set(waiting) == set(holding) == ROW_FIELDS
    assert workload.frames_ns[0].shape == (frames,)
    assert whole["details"]["state_bytes_per_bot"] * len(workload.plans) == workload.state_bytes
    frames = [whole["details"][f"frame_ns_{name}"] for name in ("p50", "p99", "max")]
    assert frames == sorted(frames)
    assert frames[-1] == np.max(workload.frames_ns[0])


def test_a_frame_major_run_with_another_journal_is_refused(size: Size) -> None:
    workload = Fleet(size, size.variants)
    workload.cash = workload.cash + 1
    with pytest.raises(BenchmarkFailed, match="bot-major digest"):
        workload.step_through()


def test_the_bots_of_the_holding_stretch_hold_in_each_of_its_frames(size: Size) -> None:
    workload = Fleet(size, size.variants)
    taken, holders = workload.holding()
    assert taken.shape == (size.stretch_frames,)
    assert 0 < holders <= len(workload.plans)
    first = int(np.quantile(workload.held[:, 0], 0.9)) + 1
    inside = (workload.held[:, 0] < first) & (workload.signals >= first + size.stretch_frames)
    assert holders == inside.sum()
