"""The columns that may stand beside prices: what each means, how it is joined and resampled."""

import re
from dataclasses import dataclass

from forven.market.bars.timeframes import HOUR_NS
from forven.primitives.errors import InvalidInput

MEAN, LAST, SUM = "mean", "last", "sum"

PRICE_NAMES = ("open", "high", "low", "close")
_RESERVED = {*PRICE_NAMES, "volume", "ends_ns", "ts", "ts_start", "end"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Enrichment:
    """One known column.

    resampled  mean, last or sum of a coarser bar's values
    age_hours  for so long after its stamp a value stands for the present; then it is missing
    """

    name: str
    meaning: str
    age_hours: int
    resampled: str = LAST


_HOURLY, _EIGHT_HOURS, _DAILY = 4, 8, 120

ENRICHMENT = {
    column.name: column
    for column in (
        Enrichment("funding_rate", "funding, fraction of the notional an hour", _EIGHT_HOURS, MEAN),
        Enrichment("open_interest", "contracts or coins that are open", 8),
        Enrichment("ls_ratio", "accounts that are long / that are short", _HOURLY),
        Enrichment("long_pct", "share of accounts that are long", _HOURLY),
        Enrichment("short_pct", "share of accounts that are short", _HOURLY),
        Enrichment("taker_buy_sell_ratio", "volume of takers that buy / that sell", _HOURLY),
        Enrichment("long_liq_usd", "longs liquidated in the bar, USD", 1, SUM),
        Enrichment("short_liq_usd", "shorts liquidated in the bar, USD", 1, SUM),
        Enrichment("liq_imbalance", "(long - short) / (long + short) liquidations", _HOURLY),
        Enrichment("basis", "perpetual over spot, fraction", _HOURLY),
        Enrichment("iv_btc", "implied volatility of BTC, points a year", _HOURLY),
        Enrichment("iv_eth", "implied volatility of ETH, points a year", _HOURLY),
        Enrichment("fear_greed", "index of fear and greed, 0 to 100", _DAILY),
        Enrichment("vix_close", "VIX, points", _DAILY),
        Enrichment("dxy_close", "dollar index, points", _DAILY),
        Enrichment("spy_close", "SPY, USD", _DAILY),
        Enrichment("treasury_10y", "yield of 10 years, percent a year", _DAILY),
        Enrichment("btc_dominance", "BTC's share of all coins' value, percent", _DAILY),
    )
}


def age_ns(name: str) -> int:
    """Return for how long a value of a column stands, in nanoseconds; 5 days if it is not known."""
    known = ENRICHMENT.get(name)
    return (known.age_hours if known else _DAILY) * HOUR_NS


def resampling_of(name: str) -> str:
    """Return how a column is made coarser; one that is not known takes its last value."""
    known = ENRICHMENT.get(name)
    return known.resampled if known else LAST


def checked_column(name: str) -> str:
    """Return a column's name if it may be one; InvalidInput otherwise."""
    if _NAME.fullmatch(name) is None or name in _RESERVED:
        raise InvalidInput(
            "column: expected 1 to 40 of a-z, 0-9 and '_', a letter first, and none of "
            f"{', '.join(sorted(_RESERVED))}; found {name!r}"
        )
    return name
