import statistics

import pytest

from benchmarks.bench_option_day import FILLS, OptionDay
from benchmarks.rows import ROW_FIELDS
from benchmarks.sizes import BenchmarkFailed, Size


def taken(size: Size, fills: str) -> OptionDay:
    workload = OptionDay(size, fills)
    for _ in range(size.rounds):
        workload.scan_floors()
        workload.run()
    return workload


@pytest.mark.parametrize("fills", FILLS)
def test_two_runs_of_the_day_have_one_digest_and_a_whole_row(size: Size, fills: str) -> None:
    first, second = taken(size, fills), taken(size, fills)
    assert first.digest == second.digest
    row = first.row().as_dict()
    assert set(row) == ROW_FIELDS
    assert row["rounds"] == len(first.floor_samples) == len(first.held_samples) == size.rounds
    assert row["value"] == pytest.approx(len(first.plans) / row["seconds_median"])
    pairs = zip(first.samples, first.floor_samples, strict=True)
    assert row["ratio"] == pytest.approx(statistics.median(mine / floor for mine, floor in pairs))


def test_backtest_and_live_fills_are_different_work(size: Size) -> None:
    digests = {OptionDay(size, fills).digest for fills in FILLS}
    assert len(digests) == len(FILLS)


def test_a_round_with_another_journal_is_refused(size: Size) -> None:
    workload = OptionDay(size, "backtest")
    workload.cash = workload.cash + 1
    with pytest.raises(BenchmarkFailed, match="expected digest"):
        workload.run()


def test_the_phases_cut_the_day_without_leaving_out_a_journal_row(size: Size) -> None:
    workload = OptionDay(size, "backtest")
    phases = workload.phases()
    assert phases["journal_rows"] == sum(len(result.rows) for result in workload.results)
    assert 0 < phases["bot_frames_with_events"] < phases["bot_frames"]
    assert all(phases[f"seconds_{name}"] > 0 for name in ("waiting", "entry", "after_entry"))
