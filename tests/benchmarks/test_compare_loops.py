import numpy as np

from benchmarks.compare_loops import prepare
from benchmarks.comparing import compare_quotes, scan_quotes
from benchmarks.thresholds import thresholds_of
from forven.kernels.schema import QUOTE_ASK, QUOTE_BID
from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.inputs import held_frames
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.sizes import Size


def test_the_compare_loop_counts_the_frames_at_a_threshold_as_numpy_does(size: Size) -> None:
    settings = {"frame_seconds": 60, "counts": size.variants[0], "fills": "backtest", "threads": 1}
    bots = day_bots(settings)[0]
    results = run_bots(bots, 1)
    legs, bounds = thresholds_of(bots.plans, results)
    counts = []
    for own, (low, high), (first, last) in zip(legs, bounds, held_frames(bots.day, results)):
        both = bots.day.quotes[QUOTE_BID, own, first:last].astype(np.int64)
        both += bots.day.quotes[QUOTE_ASK, own, first:last]
        mid2 = both[1] + both[3] - both[0] - both[2]
        counts.append(int(((mid2 <= low) | (mid2 >= high)).sum()))
    expected = bytes_hash([np.array(counts, "<i8").tobytes()])
    assert prepare({**settings, "loop": "held"})()["digest"] == expected


def test_thresholds_are_stop_and_target_of_the_credit_in_half_quanta(size: Size) -> None:
    settings = {"frame_seconds": 60, "counts": size.variants[0], "fills": "backtest", "threads": 1}
    bots = day_bots(settings)[0]
    _, bounds = thresholds_of(bots.plans, run_bots(bots, 1))
    assert (bounds[:, 0] < bounds[:, 1]).all()
    assert (bounds[:, 1] < 0).all()


def test_the_loops_over_the_stream_read_all_of_it_and_follow_its_middle() -> None:
    quotes = quote_stream(5_000, 7)
    assert scan_quotes(quotes.bid, quotes.ask) == int((quotes.bid + quotes.ask).sum())
    out = np.zeros(2, np.int64)
    compare_quotes(quotes.bid, quotes.ask, out)
    moves = np.count_nonzero(np.diff(quotes.bid + quotes.ask))
    assert out[1] == moves + 1
    assert 0 < out[0] < out[1]


def test_every_loop_over_the_stream_gives_one_digest_twice() -> None:
    for loop in ("quote_memory", "quote_compare"):
        take = prepare({"loop": loop, "updates": 2_000})
        assert take()["digest"] == take()["digest"]
