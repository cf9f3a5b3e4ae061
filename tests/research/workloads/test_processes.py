import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.research.workloads.processes import run_forven, synthetic_dataset
from forven.research.workloads.sizes import SEED, BenchmarkFailed


def test_a_command_that_fails_is_refused_with_what_it_said(bench_home) -> None:
    with pytest.raises(BenchmarkFailed, match=r"expected exit code 0, found 1: .*no dataset"):
        run_forven("data", "inspect", "bench-nothing", home=bench_home)


def test_the_peak_memory_is_that_of_the_command_and_not_of_who_asked(bench_home) -> None:
    ballast = bytearray(300_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    assert run_forven("--help", home=bench_home).rss_bytes < 200_000_000


def test_a_dataset_that_is_there_is_used_again(bench_home) -> None:
    name = synthetic_dataset(1, 900, bench_home)
    day_file = next(Catalog(bench_home).open(name).folder.rglob("day.json"))
    made = day_file.stat().st_mtime_ns
    assert synthetic_dataset(1, 900, bench_home) == name
    assert day_file.stat().st_mtime_ns == made


def test_a_dataset_of_another_market_under_the_same_name_is_made_anew(bench_home) -> None:
    name = synthetic_dataset(1, 900, bench_home)
    catalog = Catalog(bench_home)
    wanted = catalog.open(name).content_hash_of(catalog.open(name).days())
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
    other = SyntheticSpec(seed=SEED + 1, frame_seconds=900)
    synthesize(catalog, name, other, sessions, lambda _: None, replace=True)
    assert catalog.open(name).content_hash_of(catalog.open(name).days()) != wanted
    assert synthetic_dataset(1, 900, bench_home) == name
    assert catalog.open(name).content_hash_of(catalog.open(name).days()) == wanted
