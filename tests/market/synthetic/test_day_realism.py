"""The synthetic market against recorded figures; docs/SYNTHETIC.md lists what was measured."""

import math
from statistics import NormalDist

import numpy as np
import pyarrow.parquet as parquet
import pytest

from forven.kernels.schema import CALL
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec

DAYS = 250
ENTRY_MINUTE = 31


class Chain:
    """A day's regular quotes at chosen frames: calls and puts by strike, prices in quanta."""

    def __init__(self, day, frames):
        self.count = len(day.symbols) // 2
        self.strikes = day.strikes[: self.count].astype(float)
        self.bid = day.quotes[0][:, frames].astype(float)
        self.ask = day.quotes[1][:, frames].astype(float)
        self.spot = day.clock[2, frames].astype(float)
        self.quoted = (self.bid >= 0) & (self.ask >= self.bid)
        self.mid = (self.bid + self.ask) / 2
        right = day.rights[:, None]
        distance = day.strikes[:, None] - self.spot
        self.out_of_money = np.where(right == CALL, distance, -distance)

    def relative_spreads(self, delta):
        """Return ask - bid over mid of out-of-the-money options within 0.02 of a delta."""
        found = []
        for t in range(self.spot.size):
            call, put = self.mid[: self.count, t], self.mid[self.count :, t]
            k = int(np.argmin(np.abs(call - put)))
            forward = self.strikes[k] + call[k] - put[k]
            deviation = (call[k] + put[k]) / 0.8 / forward
            for n in np.flatnonzero((self.out_of_money[:, t] > 0) & (self.bid[:, t] > 0)):
                away = abs(math.log(self.strikes[n % self.count] / forward)) / deviation
                if self.quoted[n, t] and abs(NormalDist().cdf(-away) - delta) < 0.02:
                    found.append((self.ask[n, t] - self.bid[n, t]) / self.mid[n, t])
        return np.array(found)


@pytest.fixture(scope="module")
def coarse_days(regular):
    spec = SyntheticSpec(seed=2, frame_seconds=60)
    return [
        build_day(synthetic_day(spec, i, regular), regular, content_hash="-") for i in range(DAYS)
    ]


@pytest.mark.parametrize(
    ("delta", "mean", "median"),
    [(0.15, 0.0428, 0.0364), (0.20, 0.0375, 0.0317), (0.25, 0.0333, 0.0282), (0.30, 0.0296, 0.026)],
)
def test_relative_spreads_are_those_measured_on_zero_dte_spx_quotes(
    coarse_days, delta, mean, median
):
    frames = np.arange(15, 375, 15)
    found = np.concatenate(
        [Chain(day, frames).relative_spreads(delta) for day in coarse_days[::25]]
    )
    assert found.mean() == pytest.approx(mean, rel=0.3)
    assert np.median(found) == pytest.approx(median, rel=0.35)


@pytest.mark.data
def test_a_quiet_wide_market_looks_like_the_chain_of_5_january_2018(shared_data, regular):
    table = parquet.read_table(
        shared_data / "cboe_vixr" / "spxw_1min_2018-01-05_exp2018-01-05.parquet",
        columns=["ts", "strike", "right", "bid", "ask", "active_underlying_price"],
    ).to_pandas()
    table = table[table["ts"] < "2018-01-05 21:00Z"]
    width = (table["ask"] - table["bid"]).to_numpy()
    distance = (table["strike"] - table["active_underlying_price"]).to_numpy()
    out = np.where(table["right"] == "C", distance, -distance)
    spec = SyntheticSpec(
        seed=7, index_quanta=273_000, volatility=0.05, spread_scale=2.0, frame_seconds=60
    )
    day = build_day(synthetic_day(spec, 0, regular), regular)
    chain = Chain(day, np.arange(1, 390))
    ours = np.where(chain.quoted, chain.ask - chain.bid, np.nan) / 100.0
    near = np.abs(chain.out_of_money) <= 3_000
    zero_bids = np.mean(chain.bid[chain.quoted] == 0)
    assert zero_bids == pytest.approx(np.mean(table["bid"] == 0), abs=0.05)
    assert np.nanmedian(ours[near]) == pytest.approx(np.median(width[np.abs(out) <= 30]), abs=0.1)
    for low, high, tolerance in ((-200, -40, 0.3), (-10, -5, 0.5), (-5, 0, 0.6), (10, 200, 0.01)):
        band = (chain.out_of_money > low * 100) & (chain.out_of_money <= high * 100)
        theirs = np.median(width[(out > low) & (out <= high)])
        assert np.nanmedian(ours[band]) == pytest.approx(theirs, rel=tolerance), (low, high)


def test_widths_grow_deep_in_the_money_at_the_open_and_before_the_close(fine_day):
    chain = Chain(fine_day, np.array([30, 7_200, 23_340]))
    width = np.where(chain.quoted, chain.ask - chain.bid, np.nan)
    inside = (chain.out_of_money > -6_000) & (chain.out_of_money < -2_000)
    opening, midday, closing = (np.nanmedian(width[inside[:, t], t]) for t in range(3))
    assert opening > 1.5 * midday
    assert closing > 1.5 * midday
    deep = chain.out_of_money[:, 1] < -10_000
    assert np.nanmedian(width[deep, 1]) > 300
    cheap = (chain.out_of_money[:, 1] > 0) & (chain.mid[:, 1] < 100) & (chain.bid[:, 1] > 0)
    assert np.median(width[cheap, 1] / chain.mid[cheap, 1]) > 0.08


def test_a_good_part_of_the_chain_has_no_bid_and_more_as_the_day_goes(fine_day):
    chain = Chain(fine_day, np.array([1_800, 12_000, 23_000]))
    early, midday, late = (np.mean(chain.bid[chain.quoted[:, t], t] == 0) for t in range(3))
    assert 0.1 < early < midday < late < 0.52


def test_put_call_parity_and_vertical_order_hold_within_the_quotes(fine_day):
    frames = np.arange(30, 23_300, 61)
    chain = Chain(fine_day, frames)
    calls, puts = slice(0, chain.count), slice(chain.count, None)
    regular = chain.quoted[calls] & chain.quoted[puts] & (chain.ask != chain.bid)[calls]
    strikes = chain.strikes[:, None]
    lowest = np.where(regular, strikes + chain.bid[calls] - chain.ask[puts], -np.inf)
    highest = np.where(regular, strikes + chain.ask[calls] - chain.bid[puts], np.inf)
    # Every strike's quotes allow one forward, the same one.
    assert np.mean(lowest.max(axis=0) <= highest.min(axis=0)) > 0.97
    assert np.abs(lowest.max(axis=0) - chain.spot).max() < 200
    call_bid = np.where(chain.quoted[calls], chain.bid[calls], 0)
    call_ask = np.where(chain.quoted[calls], chain.ask[calls], np.inf)
    # A call never bids more than one struck lower asks, nor a lower one more than it plus the gap.
    assert np.mean(call_bid[1:] <= call_ask[:-1]) > 0.9999
    gap = np.diff(chain.strikes)[:, None]
    assert np.mean(call_bid[:-1] - call_ask[1:] <= gap) > 0.9999


def test_straddles_cost_what_a_day_of_the_index_is_worth(coarse_days):
    straddles = []
    for day in coarse_days:
        chain = Chain(day, np.array([ENTRY_MINUTE]))
        k = int(np.argmin(np.abs(chain.strikes - chain.spot)))
        straddles.append((chain.mid[k, 0] + chain.mid[k + chain.count, 0]) / chain.spot[0])
    implied = np.array(straddles) / 0.8 * math.sqrt(252)
    assert 0.10 < np.median(implied) < 0.17
    assert np.quantile(implied, 0.01) > 0.04
    assert np.quantile(implied, 0.99) < 0.45


def test_selling_straddles_or_condors_for_a_year_is_no_money_machine(coarse_days):
    straddle_mid, straddle_natural, condor_natural, cost = [], [], [], []
    for day in coarse_days:
        chain = Chain(day, np.array([ENTRY_MINUTE]))
        spot, settled = chain.spot[0], day.settlement
        k = int(np.argmin(np.abs(chain.strikes - spot)))
        pair = [k, k + chain.count]
        price = chain.mid[pair, 0].sum()
        payoff = abs(settled - chain.strikes[k])
        cost.append(price)
        straddle_mid.append(price - payoff)
        straddle_natural.append(chain.bid[pair, 0].sum() - payoff)
        away = price / 0.8
        net = 0.0
        for offset, side, right in ((-1, 1, 1), (-1, -1, 1), (1, 1, 0), (1, -1, 0)):
            wing = 0 if side > 0 else 2_500 * offset
            strike = int(np.argmin(np.abs(chain.strikes - (spot + offset * away + wing))))
            quote = strike + right * chain.count
            paid = chain.bid[quote, 0] if side > 0 else chain.ask[quote, 0]
            worth = max(0.0, offset * (settled - chain.strikes[strike]))
            net += side * (paid - worth)
        condor_natural.append(net)
    straddle_mid, straddle_natural = np.array(straddle_mid), np.array(straddle_natural)
    mean = np.mean(cost)
    assert -0.10 < straddle_mid.mean() / mean < 0.15
    assert 0.003 < (straddle_mid - straddle_natural).mean() / mean < 0.03
    assert np.std(straddle_natural) > 5 * abs(straddle_natural.mean())
    # 2,500 quanta of risk: less than six in a hundred a day, and losing days among them.
    assert -0.04 < np.mean(condor_natural) / 2_500 < 0.06
    assert np.mean(np.array(condor_natural) < 0) > 0.12
