"""Backtests over recorded SPXW chains, every fill checked by hand; the arithmetic is written out.

Prices below are quanta of 0.01 per unit, credit positive. One quantum of one contract is 1.00
of cash. Quotes are read as bid/ask. `mid2` is the signed sum of bid + ask over the legs.
"""

from datetime import date
from pathlib import Path

import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.importing import ImportRequest, import_files
from forven.market.readers.settlements import read_settlements
from forven.research.records import SessionRecord
from forven.research.services import BacktestRequest, prepare

CHAIN_DAY = date(2018, 1, 5)


@pytest.fixture(scope="module")
def catalog(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog with the recorded chain and the two recorded expiry days, official settlements."""
    made = Catalog(tmp_path_factory.mktemp("home"))
    settlements = read_settlements(shared_data / "reference/spx_settlements.csv")
    quotes = shared_data / "lean/spx_option_minute"
    index = shared_data / "lean/spx_index_minute"
    requests = [
        ImportRequest(
            name="chain",
            paths=(shared_data / "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet",),
            settlements=settlements,
        ),
        ImportRequest(
            name="expiries",
            paths=(
                quotes / "spxw_20210104_quotes.parquet",
                quotes / "spxw_20210106_quotes.parquet",
            ),
            underlying=(
                index / "spx_20210104.parquet",
                index / "derived_parity_spot_20210106.parquet",
            ),
            settlements=settlements,
        ),
    ]
    for request in requests:
        import_files(request, made, trading_calendar(), lambda path, share: None)
    return made


def leg(side: str, right: str, strike: int) -> dict[str, object]:
    """One leg at an absolute strike."""
    return {"side": side, "right": right, "strike": {"method": "strike", "value": str(strike)}}


def put_spread(short: int, long: int) -> list[dict[str, object]]:
    return [leg("sell", "put", short), leg("buy", "put", long)]


def condor(
    short_put: int, long_put: int, short_call: int, long_call: int
) -> list[dict[str, object]]:
    calls = [leg("sell", "call", short_call), leg("buy", "call", long_call)]
    return [*put_spread(short_put, long_put), *calls]


def run(
    catalog: Catalog,
    data: str,
    fills: str,
    legs: list[dict[str, object]],
    at: str,
    target: str | None = None,
) -> list[SessionRecord]:
    """Backtest legs entered at a time and held, or closed at a percent of the maximum profit."""
    document: dict[str, object] = {"name": "golden", "legs": legs, "entry": {"times": [at]}}
    if target is not None:
        document["exit"] = {"profit_target_pct": target}
    result = prepare(BacktestRequest(strategy=document, data=data, fills=fills), catalog).run()
    return list(result.records)


def told(record: SessionRecord, kind: str, *names: str) -> list[tuple[object, ...]]:
    """The named fields of every event of a kind, in order."""
    return [
        tuple(event[name] for name in names) for event in record.events if event["event"] == kind
    ]


def minutes(record: SessionRecord, kind: str) -> list[str]:
    """New York wall-clock minutes (UTC - 5 in January) of every event of a kind."""
    clocks = [int(ts) // 60_000_000_000 - 5 * 60 for (ts,) in told(record, kind, "ts")]
    return [f"{clock // 60 % 24:02d}:{clock % 60:02d}" for clock in clocks]


def cash(quanta: float) -> int:
    """Micros of an amount of currency."""
    return round(quanta * 1_000_000)


def test_a_put_spread_is_entered_and_closed_in_the_frames_that_decide(catalog: Catalog) -> None:
    """Sell 2725P, buy 2715P on 2018-01-05 at 10:00, take half of the credit, `backtest` fills.

    10:00  2725P 100/120, 2715P 10/25. mid2 = 220 - 35 = 185, mid = floor(185/10)*5 = 90,
           natural = 100 - 25 = 75, fair = 75 + 15 = 90: limit and fill 90. The improvement 15
           is shared by widths 20 and 15 of 35: floor 8 and 6, one left over for the first leg:
           100 + 9 = 109 and -25 + 6 = -19. Fees 2 x 1.72 = 3.44, slippage 5.00.
    10:56  2725P 50/55, 2715P 5/10. To close: mid2 = -105 + 15 = -90; profit 2*90 - 90 = 90 half
           quanta >= half of the credit (90), for the first time. natural = -55 + 5 = -50,
           mid = floor(-90/10)*5 = -45, fair = -45: fill -45. Improvement 5, widths 5 and 5:
           floor 2 and 2, one left: -55 + 3 = -52 and 5 + 2 = 7. Fees 2 x 0.72 = 1.44, 5.00.
    Net    90 - 45 - 3.44 - 1.44 - 10.00 = 30.12.
    """
    (record,) = run(catalog, "chain", "backtest", put_spread(2725, 2715), "10:00", "50")
    assert told(record, "order_placed", "price", "quantity") == [(90, 1), (-45, 1)]
    assert minutes(record, "order_filled") == ["10:00", "10:56"]
    assert told(record, "order_filled", "net", "natural", "fees", "slippage", "cash") == [
        (90, 75, cash(3.44), cash(5), cash(100_081.56)),
        (-45, -50, cash(1.44), cash(5), cash(100_030.12)),
    ]
    assert told(record, "leg_filled", "change", "value") == [(-1, 109), (1, -19), (1, -52), (-1, 7)]
    assert told(record, "exit_signal", "reason", "profit2") == [("profit_target", 90)]
    assert record.chosen.profit == cash(30.12)


def test_a_live_put_spread_follows_the_mid_and_concedes_to_be_filled(catalog: Catalog) -> None:
    """The same spread with `live` fills: one tick below the mid, next frame, re-priced.

    10:00  limit 90 (the mid); it may fill from the next frame on.
    10:01  85/95, 10/20: mid2 = 150, mid 75, natural 65, executable 70 < 90. The mid left the
           reference 185 by 35 > 10 half quanta: the peg follows, target max(75, 90 - 20) = 75.
    10:02  90/105, 10/20: mid2 = 165, mid 80, natural 70, executable 75 >= 75: filled at 75.
           Improvement 5, widths 15 and 10: floor 3 and 2: 90 + 3 = 93 and -20 + 2 = -18.
    10:58  40/45, 5/10: mid2 = -85 + 15 = -70; profit 150 - 70 = 80 >= 75. fair = mid = -35.
    10:59  35/50, 5/10: mid -35, natural -45, executable -40 < -35. 15 seconds have passed:
           one tick conceded, target max(-40, -45) = -40.
    11:00  40/45, 5/10: natural -40, executable max(-40, -35 - 5) = -40: filled at -40.
    Net    75 - 40 - 3.44 - 1.44 = 30.12; no slippage.
    """
    (record,) = run(catalog, "chain", "live", put_spread(2725, 2715), "10:00", "50")
    replaced = told(record, "order_replaced", "old_price", "price", "concession", "peg", "target")
    assert replaced == [(90, 75, 0, 75, 75), (-35, -40, 1, -35, -40)]
    assert minutes(record, "order_replaced") == ["10:01", "10:59"]
    assert minutes(record, "exit_signal") == ["10:58"]
    assert minutes(record, "order_filled") == ["10:02", "11:00"]
    assert told(record, "order_filled", "net", "natural", "fees", "slippage") == [
        (75, 70, cash(3.44), 0),
        (-40, -40, cash(1.44), 0),
    ]
    assert told(record, "leg_filled", "value") == [(93,), (-18,), (-45,), (5,)]
    assert record.chosen.profit == cash(30.12)


def test_a_condor_gives_its_worthless_wing_away_and_pays_its_fee(catalog: Catalog) -> None:
    """Sell 2725P and 2740C, buy 2715P and 2750C at 10:00, half of the credit, `backtest` fills.

    10:00  100/120, 10/25, 35/45, 5/10. mid2 = 220 - 35 + 80 - 15 = 250, mid 125, natural
           100 - 25 + 35 - 10 = 100: fill 125. Improvement 25, widths 20, 15, 10, 5 of 50:
           floor 10, 7, 5, 2, one left: 111, -18, 40, -8. Fees 4 x 1.72 = 6.88, slippage 5.00.
    10:56  50/55, 5/10, 15/20, 0/5: the 2750C has no bid and counts 0/0. mid2 = -105 + 15 - 35 =
           -125; profit 250 - 125 = 125 >= 125. natural = -55 + 5 - 20 + 0 = -70,
           mid = floor(-125/10)*5 = -65: fill -65. Improvement 5, widths 5, 5, 5, 0: floor 1, 1,
           1, 0, two left, both to the first leg, which has room: -52, 6, -19, 0.
           Fees 4 x 0.72 = 2.88: the leg given away pays too. Slippage 5.00.
    Net    125 - 65 - 6.88 - 2.88 - 10.00 = 40.24.
    """
    legs = condor(2725, 2715, 2740, 2750)
    (record,) = run(catalog, "chain", "backtest", legs, "10:00", "50")
    assert minutes(record, "order_filled") == ["10:00", "10:56"]
    assert told(record, "order_filled", "net", "natural", "fees", "slippage", "cash") == [
        (125, 100, cash(6.88), cash(5), cash(100_113.12)),
        (-65, -70, cash(2.88), cash(5), cash(100_040.24)),
    ]
    values = [value for (value,) in told(record, "leg_filled", "value")]
    assert values == [111, -18, 40, -8, -52, 6, -19, 0]
    assert told(record, "leg_filled", "fee")[-1] == (cash(0.72),)
    assert record.chosen.profit == cash(40.24)


def test_a_live_condor_concedes_while_the_mid_is_flat(catalog: Catalog) -> None:
    """The same condor with `live` fills.

    10:01  mid2 = 235: left the reference 250 by 15 > 10: target max(115, 125 - 20) = 115.
    10:02  mid2 = 230, natural 95: executable 110 < 115. Flat (5 <= 10) for 60 s: one tick,
           110 >= 105: target max(115 - 5, 105) = 110.
    10:03  85/95, 10/15, 40/55, 0/10: mid2 = 240, natural 100, mid 120, executable 115: filled at
           115. Improvement 15, widths 10, 5, 15, 10 of 40: floor 3, 1, 5, 3, three left, all to
           the first leg: 91, -14, 45, -7.
    10:58  mid2 = -115: profit 230 - 115 = 115 >= 115. natural -65, fair = -60.
    10:59  mid -60, natural -75, executable -65 < -60: one tick, target -65.
    11:00  40/45, 5/10, 20/30, 0/5: mid2 = -120, natural -70, executable -65: filled at -65.
           Improvement 5, widths 5, 5, 10, 0 of 20: floor 1, 1, 2, 0, one left: -43, 6, -28, 0.
    Net    115 - 65 - 6.88 - 2.88 = 40.24.
    """
    (record,) = run(catalog, "chain", "live", condor(2725, 2715, 2740, 2750), "10:00", "50")
    replaced = told(record, "order_replaced", "old_price", "price", "concession")
    assert replaced == [(125, 115, 0), (115, 110, 1), (-60, -65, 1)]
    assert minutes(record, "order_filled") == ["10:03", "11:00"]
    assert told(record, "order_filled", "net", "natural") == [(115, 100), (-65, -70)]
    values = [value for (value,) in told(record, "leg_filled", "value")]
    assert values == [91, -14, 45, -7, -43, 6, -28, 0]
    assert record.chosen.profit == cash(40.24)


def test_a_condor_held_to_the_close_settles_at_the_official_value(catalog: Catalog) -> None:
    """Settlement 2743.15: the short 2740C pays 3.15, one fee of 5.00; the rest expires.

    Net 125 - 315 - 6.88 - 5.00 - 5.00 = -206.88.
    """
    (record,) = run(catalog, "chain", "backtest", condor(2725, 2715, 2740, 2750), "10:00")
    settled = told(record, "settled", "quantity", "intrinsic", "cash", "fee")
    assert settled == [
        (-1, 315, cash(-315), cash(5)),
        (1, 0, 0, 0),
        (1, 0, 0, 0),
        (-1, 0, 0, 0),
    ]
    assert record.chosen.profit == cash(-206.88)
    assert record.chosen.status == "completed"


def test_put_spreads_of_two_expiry_days_settle_in_the_money(catalog: Catalog) -> None:
    """Sell 3800P, buy 3700P at 09:31, held.

    2021-01-04  3230/3590, 35/50: mid2 = 6820 - 85 = 6735, mid 3365, natural 3180. Improvement
                185, widths 360 and 15 of 375: floor 177 and 7, one left: 3408 and -43.
                Settlement 3700.65: the 3800P pays 99.35; the 3700P is worthless.
                Net 3365 - 9935 - 3.44 - 5.00 - 5.00 = -6,583.44.
    2021-01-06  8390/8720, 850/890: mid2 = 17110 - 1740 = 15370, mid 7685, natural 7500.
                Improvement 185, widths 330 and 40: floor 165 and 20: 8555 and -870.
                Settlement 3748.14: the 3800P pays 51.86.
                Net 7685 - 5186 - 3.44 - 5.00 - 5.00 = 2,485.56.
    """
    first, second = run(catalog, "expiries", "backtest", put_spread(3800, 3700), "09:31")
    assert told(first, "order_filled", "net", "natural") == [(3365, 3180)]
    assert told(first, "leg_filled", "value") == [(3408,), (-43,)]
    assert first.chosen.profit == cash(-6_583.44)
    assert told(second, "order_filled", "net", "natural") == [(7685, 7500)]
    assert told(second, "leg_filled", "value") == [(8555,), (-870,)]
    assert second.chosen.profit == cash(2_485.56)


def test_a_condor_of_two_strikes_is_a_short_box_and_loses_its_costs(catalog: Catalog) -> None:
    """Sell 3800P and 3700C, buy 3700P and 3800C on 2021-01-04 at 09:31: it must pay 100 points.

    3230/3590, 35/50, 6490/6790, 35/40: mid2 = 6735 + 13280 - 75 = 19940, mid 9970, natural
    3180 + 6490 - 40 = 9630. Improvement 340, widths 360, 15, 300, 5 of 680: floor 180, 7, 150, 2,
    one left: 3411, -43, 6640, -38. Settlement 3700.65: the 3800P pays 99.35, the 3700C 0.65.
    Net 9970 - 10000 - 6.88 - 5.00 - 2 x 5.00 = -51.88, whatever the index did.
    """
    first, _ = run(catalog, "expiries", "backtest", condor(3800, 3700, 3700, 3800), "09:31")
    values = [value for (value,) in told(first, "leg_filled", "value")]
    assert values == [3411, -43, 6640, -38]
    assert first.chosen.profit == cash(-51.88)


def test_natural_fills_stand_beside_every_choice(catalog: Catalog) -> None:
    """Natural entry of the put spread at 10:00 is 75; half of it is taken when mid2 >= -75, at
    10:58 (-70), for natural -45 + 5 = -40. Net 75 - 40 - 3.44 - 1.44 = 30.12, without slippage.
    """
    (record,) = run(catalog, "chain", "backtest", put_spread(2725, 2715), "10:00", "50")
    assert record.natural.profit == cash(30.12)
    assert record.natural.slippage == 0


def test_live_entries_of_the_expiry_days_fill_a_frame_later(catalog: Catalog) -> None:
    """The put spread of 09:31 rests at the mid of its frame; both days the market comes to it.

    2021-01-04  09:32: 3470/3630, 35/45: mid2 = 7100 - 80 = 7020, mid 3510, natural 3425:
                executable 3505 >= 3365, filled at 3505. Improvement 80, widths 160 and 10 of 170:
                floor 75 and 4, one left: 3470 + 76 = 3546 and -45 + 4 = -41.
                Net 3505 - 9935 - 3.44 - 5.00 = -6,438.44; no slippage.
    2021-01-06  09:32: 8910/9180, 1000/1060: mid2 = 18090 - 2060 = 16030, mid 8015, natural 7850:
                executable 8010 >= 7685. Improvement 160, widths 270 and 60 of 330: floor 130 and
                29, one left: 9041 and -1031. Net 8010 - 5186 - 3.44 - 5.00 = 2,815.56.
    """
    first, second = run(catalog, "expiries", "live", put_spread(3800, 3700), "09:31")
    assert minutes(first, "order_filled") == minutes(second, "order_filled") == ["09:32"]
    assert told(first, "order_placed", "price") == [(3365,)]
    assert told(first, "order_filled", "net", "natural", "slippage") == [(3505, 3425, 0)]
    assert told(first, "leg_filled", "value") == [(3546,), (-41,)]
    assert first.chosen.profit == cash(-6_438.44)
    assert told(second, "order_filled", "net", "natural", "slippage") == [(8010, 7850, 0)]
    assert told(second, "leg_filled", "value") == [(9041,), (-1031,)]
    assert second.chosen.profit == cash(2_815.56)


def test_a_live_box_and_a_day_on_which_a_leg_has_no_quote(catalog: Catalog) -> None:
    """The condor of two strikes with `live` fills.

    2021-01-04  09:32: 3470/3630, 35/45, 6430/6600, 35/40: mid2 = 7020 + 13030 - 75 = 19975, mid
                9985, natural 9815: executable 9980 >= 9970. Improvement 165, widths 160, 10, 170,
                5 of 345: floor 76, 4, 81, 2, two left: 3548, -41, 6511, -38.
                Net 9980 - 10000 - 6.88 - 2 x 5.00 = -36.88.
    2021-01-06  at 09:31 the 3800C has never been quoted: the fourth leg finds no strike.
    """
    legs = condor(3800, 3700, 3700, 3800)
    first, second = run(catalog, "expiries", "live", legs, "09:31")
    values = [value for (value,) in told(first, "leg_filled", "value")]
    assert values == [3548, -41, 6511, -38]
    assert first.chosen.profit == cash(-36.88)
    assert told(second, "entry_skipped", "entry", "reason", "leg") == [(1, "no_strike", 3)]
    assert second.chosen.profit == 0
