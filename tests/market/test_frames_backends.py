"""Frames, deltas, volatilities and sessions of whole days: every backend gives the same bits."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from forven.market import chains, frames, pricing
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.chains import chain_at
from forven.market.frames import build_day
from forven.market.importing import ImportRequest, import_files
from forven.market.pricing import TimeToExpiry, black76, black_scholes, implied_volatilities
from forven.market.synthetic.dataset import synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from tests.reference.sides import has_rust, installed_sides

pytestmark = pytest.mark.skipif(
    not has_rust(), reason="expected the Rust extension of forven's version: `make rust`"
)
CHAIN = "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
LEAN = "lean/spx_option_minute"
INDEX = "lean/spx_index_minute/spx_20210104.parquet"
PARITY = "lean/spx_index_minute/derived_parity_spot_20210106.parquet"


@pytest.fixture
def on(monkeypatch):
    """Return a function that makes the market's modules use one backend."""

    def use(name):
        monkeypatch.setattr(frames, "_kernels", installed_sides("frames")[name])
        for module in (pricing, chains):
            monkeypatch.setattr(module, "_kernels", installed_sides("pricing")[name])

    return use


def assert_same_day(one, other):
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(mine, theirs), field.name


def assert_same_days(catalog, on):
    dataset = catalog.open("mine")
    for day in dataset.days():
        record, ticks = dataset.record(day), dataset.load_ticks(day)
        built = []
        for name in ("numba", "rust"):
            on(name)
            built.append(build_day(ticks, record.bounds))
        assert_same_day(*built)
        for frame in range(0, built[0].frame_count, max(1, built[0].frame_count // 20)):
            chain = []
            for name in ("numba", "rust"):
                on(name)
                chain.append(chain_at(built[0], frame))
            assert chain[0].forward2 == chain[1].forward2
            assert chain[0].move2 == chain[1].move2
            assert (
                chain[0]
                .strikes.drop_columns("volatility")
                .equals(chain[1].strikes.drop_columns("volatility"))
            )
            sigmas = [one.strikes["volatility"].to_pandas().to_numpy() for one in chain]
            np.testing.assert_allclose(*sigmas, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("seconds", [1, 60])
def test_synthetic_days_are_the_same(on, tmp_path, seconds):
    catalog = Catalog(tmp_path)
    spec = SyntheticSpec(seed=5, frame_seconds=seconds)
    sessions = synthetic_sessions(trading_calendar(), date(2024, 7, 2), 1 if seconds == 1 else 3)
    synthesize(catalog, "mine", spec, sessions, lambda _: None)
    assert_same_days(catalog, on)


@pytest.mark.data
@pytest.mark.parametrize(
    ("paths", "underlying"), [((CHAIN,), ()), ((LEAN,), (INDEX, PARITY))], ids=["cboe", "lean"]
)
def test_recorded_days_are_the_same(on, tmp_path, shared_data, paths, underlying):
    catalog = Catalog(tmp_path)
    request = ImportRequest(
        name="mine",
        paths=tuple(shared_data / path for path in paths),
        underlying=tuple(shared_data / path for path in underlying),
    )
    import_files(request, catalog, trading_calendar(), lambda *_: None)
    assert_same_days(catalog, on)


def grid():
    """Return forwards, strikes, years, sigmas and rights from a second to a day before expiry."""
    years = np.array([1, 60, 3_600, 86_400]) / (365 * 86_400)
    strikes = np.linspace(5_700, 6_300, 61)
    sigmas = np.array([0.01, 0.1, 0.3, 1.0, 3.0])
    return years, *(one.ravel() for one in np.meshgrid(strikes, sigmas, [0, 1]))


@pytest.mark.parametrize("name", ["black76", "black_scholes"])
def test_prices_and_greeks_are_the_same_to_the_last_bits(on, name):
    years, strikes, sigmas, rights = grid()
    for left in years:
        found = []
        for side in ("numba", "rust"):
            on(side)
            priced = {"black76": black76, "black_scholes": black_scholes}[name]
            found.append(priced(6_000.0, strikes, TimeToExpiry(left), sigmas, rights.astype(int)))
        for field in fields(found[0]):
            if field.name != "clock":
                mine, theirs = (getattr(one, field.name) for one in found)
                np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-300)


def test_volatilities_are_the_same_to_the_last_bits(on):
    years, strikes, sigmas, rights = grid()
    for left in years:
        time = TimeToExpiry(left)
        on("numba")
        prices = black76(6_000.0, strikes, time, sigmas, rights.astype(int)).price
        solved = []
        for side in ("numba", "rust"):
            on(side)
            solved.append(implied_volatilities(prices, 6_000.0, strikes, time, rights.astype(int)))
        assert np.array_equal(solved[0].statuses, solved[1].statuses)
        np.testing.assert_allclose(solved[0].sigmas, solved[1].sigmas, rtol=1e-12)
