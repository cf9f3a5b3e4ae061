import numpy as np

from forven.strategies.bars.places import edges_of, places_of

COUNT = 1_000


def signals(*bars, row=0):
    made = np.zeros((4, COUNT), bool)
    made[row, list(bars)] = True
    return made


def test_the_edges_of_a_rare_signal_are_its_bars_and_of_a_frequent_one_the_bars_without():
    rare = signals(3, 10, 11, 12, COUNT - 1)[0]
    assert edges_of(rare).tolist() == [3, 10, 12, COUNT - 1]
    assert edges_of(~rare).tolist() == [3, 10, 12, COUNT - 1]
    assert edges_of(np.zeros(5, bool)).size == 0


def test_every_bar_of_a_sparse_signal_is_taken_and_the_one_before_it():
    for row in range(4):
        places = places_of(signals(100, 400, 401, 900, row=row), 50, 0, 10, 1)
        assert places == [99, 100, 399, 400, 401, 899, 900]


def test_bars_of_the_warmup_and_the_last_one_are_not():
    assert places_of(signals(3, 50, COUNT - 1), 50, 0, 10, 1) == [50, COUNT - 2]


def test_many_signals_give_a_bounded_number_spread_over_the_series_by_the_seed():
    decided = signals(*range(0, COUNT, 4))
    places = places_of(decided, 0, 0, 20, 1)
    assert 35 <= len(places) <= 40
    assert np.diff(places).max() < 120
    assert places == places_of(decided, 0, 0, 20, 1)
    assert places != places_of(decided, 0, 0, 20, 2)


def test_random_bars_are_taken_where_nothing_is_signalled():
    places = places_of(signals(), 990, 50, 10, 1)
    assert set(places) <= set(range(990, COUNT - 1)) and len(places) >= 8


def test_none_of_the_decisions_is_taken_where_none_is_asked_for():
    assert len(places_of(signals(*range(0, COUNT, 4)), 0, 1, 0, 1)) == 1
