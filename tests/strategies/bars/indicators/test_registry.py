import numpy as np
import pytest
from numpy.testing import assert_array_equal

import forven.strategies.bars.writing  # noqa: F401 - enters every indicator
from forven.strategies.bars.errors import InvalidIndicator
from forven.strategies.bars.indicators.registry import (
    REGISTRY,
    Stream,
    defined_stretches,
    entry_named,
)
from forven.strategies.bars.market import Market
from tests.strategies.bars.indicators.series import inputs_of, settings_of

CLOSE = Market().close
SETS = 3


@pytest.fixture(params=REGISTRY.values(), ids=lambda entry: entry.name)
def entry(request):
    return request.param


def settings_sets(entry):
    random = np.random.default_rng(3)
    return [settings_of(entry, random) for _ in range(SETS if entry.settings else 1)]


def streamed(entry, settings, inputs):
    stream = Stream(entry, settings)
    rows = zip(*(series.tolist() for series in inputs), strict=True)
    return np.array([stream.step(*row) for row in rows]).T


def test_it_says_what_it_is(entry):
    assert entry.summary.endswith(".") and entry.units and entry.source
    assert all(setting.low < setting.high for setting in entry.settings)


def test_its_lookback_is_the_first_bar_that_is_defined(entry):
    for settings in settings_sets(entry):
        for output in entry.compute(inputs_of(entry), settings):
            first = np.flatnonzero(~np.isnan(output))[0]
            before = entry.lookback(*settings)
            assert first >= before if entry.waits else first == before


def test_a_series_and_bar_by_bar_agree(entry):
    for settings in settings_sets(entry):
        inputs = inputs_of(entry)
        outputs = np.array(entry.compute(inputs, settings))
        found = streamed(entry, settings, inputs)
        if entry.tolerance == 0.0:
            assert_array_equal(found, outputs)
            continue
        assert_array_equal(np.isnan(found), np.isnan(outputs))
        scale = max(np.nanmax(np.abs(array)) for array in [*inputs, *outputs])
        assert np.nanmax(np.abs(found - outputs)) <= entry.tolerance * scale


def test_nothing_depends_on_later_bars(entry):
    random = np.random.default_rng(4)
    inputs = inputs_of(entry)
    settings = settings_of(entry, random)
    outputs = entry.compute(inputs, settings)
    for cut in random.integers(1, inputs[0].size, 20):
        shown = entry.compute([np.ascontiguousarray(one[:cut]) for one in inputs], settings)
        for output, part in zip(outputs, shown, strict=True):
            assert_array_equal(output[:cut], part)


def test_after_a_missing_number_it_starts_anew(entry):
    settings = settings_of(entry, np.random.default_rng(5))
    inputs = inputs_of(entry)
    hole = 700
    with_hole = [series.copy() for series in inputs]
    with_hole[-1][hole] = np.nan
    outputs = entry.compute(with_hole, settings)
    before = entry.compute([one[:hole] for one in inputs], settings)
    after = entry.compute([np.ascontiguousarray(one[hole + 1 :]) for one in inputs], settings)
    for output, first, second in zip(outputs, before, after, strict=True):
        assert np.isnan(output[hole])
        assert_array_equal(output, np.concatenate((first, [np.nan], second)))
    assert_array_equal(np.isnan(streamed(entry, settings, with_hole)), np.isnan(outputs))


def test_fewer_bars_than_the_lookback_give_nothing(entry):
    settings = settings_of(entry, np.random.default_rng(6))
    for count in {1, max(1, entry.lookback(*settings))}:
        short = [np.ascontiguousarray(series[:count]) for series in inputs_of(entry)]
        for output in entry.compute(short, settings):
            assert output.size == count
            if entry.lookback(*settings) >= count:
                assert np.isnan(output).all()


def test_the_least_and_greatest_settings_are_taken_and_those_beyond_refused(entry):
    if not entry.settings:
        return
    columns = tuple(CLOSE for _ in entry.inputs)
    for bound in ("low", "high"):
        numbers = [getattr(setting, bound) for setting in entry.settings]
        entry.of(columns, *numbers)
        wrong = [numbers[0] + (1 if bound == "high" else -1), *numbers[1:]]
        with pytest.raises(InvalidIndicator, match=entry.settings[0].name):
            entry.of(columns, *wrong)


def test_the_least_settings_can_be_computed(entry):
    settings = [
        setting.low if not setting.is_whole else int(setting.low) for setting in entry.settings
    ]
    outputs = entry.compute(inputs_of(entry), settings)
    assert all(entry.waits or not np.isnan(output).all() for output in outputs)


@pytest.mark.parametrize("wrong", [2.5, True, "3", None, float("nan")])
def test_a_period_is_a_whole_number(wrong):
    with pytest.raises(InvalidIndicator, match=r"sma: period: expected a whole number from 2"):
        entry_named("sma").of((CLOSE,), wrong)


def test_settings_are_counted_and_inputs_are_columns():
    with pytest.raises(InvalidIndicator, match="sma: expected 1 settings, found 2"):
        entry_named("sma").of((CLOSE,), 3, 4)
    with pytest.raises(InvalidIndicator, match="sma: expected a column, found 3"):
        entry_named("sma").of((3,), 3)


def test_an_unknown_indicator_is_refused_with_the_nearest_name():
    with pytest.raises(InvalidIndicator, match="did you mean 'dema'"):
        entry_named("demaa")


def test_stretches_lie_between_missing_numbers():
    nan = np.nan
    one, other = np.array([nan, 1, 2, nan, 4, 5]), np.array([0, 1, 2, 3, 4, nan])
    assert defined_stretches([one, other]) == [(1, 3), (4, 5)]
    assert defined_stretches([np.full(3, nan)]) == []
    assert defined_stretches([np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])]) == [(0, 2)]
