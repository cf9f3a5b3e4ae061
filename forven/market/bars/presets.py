"""Known shapes of files of bars: what their columns, stamps and calendars are."""

from dataclasses import dataclass, field

from forven.market.bars.calendars import ALWAYS, MEASURED, XNYS
from forven.market.bars.stamps import END, START
from forven.primitives.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a known shape fixes; what is asked for goes before it."""

    meaning: str
    calendar: str
    timeframe: str | None = None
    stamp: str | None = None
    symbol: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    close_only: bool = False
    funding_hours: int | None = None
    note: str = ""


PRESETS = {
    "nautilus": Preset(
        meaning="perpetual minutes as ts, open, high, low, close, volume",
        calendar=ALWAYS,
        timeframe="1m",
        stamp=END,
        symbol="BTC-PERP",
        funding_hours=8,
        note="the source does not say whether ts is a bar's start or end; taken as its end",
    ),
    "lean": Preset(
        meaning="LEAN bars of crypto: ts (end) or ts_start, venue, symbol, prices, volume",
        calendar=ALWAYS,
        funding_hours=8,
    ),
    "lean-futures": Preset(
        meaning="LEAN minutes of futures: ts (end), root, contract, prices, volume",
        calendar=MEASURED,
        stamp=END,
        note="minutes without a trade are not there; sessions are not known to forven",
    ),
    "freqtrade": Preset(
        meaning="candles as date or ts_start (start), prices, volume",
        calendar=ALWAYS,
        stamp=START,
        funding_hours=8,
    ),
    "arch": Preset(
        meaning="daily index bars as date, prices, adj_close, volume",
        calendar=XNYS,
        timeframe="1d",
        symbol="SPX",
    ),
    "curvol": Preset(
        meaning="minute closes of the front ES contract as ts (end), date, session, close",
        calendar=MEASURED,
        timeframe="1m",
        stamp=END,
        symbol="ES",
        columns={"ts": "ts"},
        close_only=True,
        note="halts and holidays are filled with the last close, rolls are not adjusted; closes "
        "off the tick of 0.25 were interpolated by the source, and so know what came after",
    ),
}


def preset_of(name: str | None) -> Preset | None:
    """Return a known shape; None without a name, InvalidInput lists what there is."""
    if name is None:
        return None
    if name not in PRESETS:
        raise InvalidInput(f"format: expected one of {', '.join(PRESETS)}, found {name!r}")
    return PRESETS[name]
