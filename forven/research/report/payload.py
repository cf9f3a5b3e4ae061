"""What the report page shows, as one JSON document: numbers and plain texts, no markup."""

from dataclasses import asdict

import numpy as np

from forven.engine.executions import Fill
from forven.primitives.money import CENT_QUANTA_PER_POINT, MICROS_PER_UNIT
from forven.primitives.time import exchange_datetime
from forven.research.figures import BacktestFigures
from forven.research.limits import NOT_MODELLED
from forven.research.records import MISSING_MID2, NetPath, SessionRecord
from forven.research.report.wording import (
    clock_text,
    event_lines,
    instrument_text,
    money_words,
    price_words,
)
from forven.research.trades import flattening_fills

_PATH_POINTS_MAX = 400_000
"""Most path points in one page: beyond it paths are thinned, so that a browser can open it."""
_HALF_QUANTA_PER_POINT = 2 * CENT_QUANTA_PER_POINT
_COUNTS = ("entries", "exits", "settled", "skipped")


def page_payload(result: BacktestFigures) -> dict[str, object]:
    """Return the document that the page's scripts draw; times are New York wall clock."""
    points = sum(path.ts.size for record in result.records for path in record.paths)
    step = max(1, -(-points // _PATH_POINTS_MAX))
    strategy = result.plan.strategy
    provenance = asdict(result.provenance)
    return {
        "title": strategy.name,
        "description": strategy.description,
        "fills": result.plan.policy.fills.name,
        "capital": result.capital,
        "metrics": asdict(result.metrics),
        "natural_metrics": asdict(result.natural_metrics),
        "totals": {
            "fees": result.total("fees") / MICROS_PER_UNIT,
            "natural_fees": result.natural_total("fees") / MICROS_PER_UNIT,
            "slippage": result.total("slippage") / MICROS_PER_UNIT,
            **{name: result.total(name) for name in _COUNTS},
        },
        "warnings": list(result.warnings),
        "equity": result.equity.round(2).tolist(),
        "natural_equity": result.natural_equity.round(2).tolist(),
        "benchmark": result.benchmark.round(2).tolist(),
        "sessions": [_session(record, step) for record in result.records],
        "not_modelled": list(NOT_MODELLED),
        "provenance": provenance,
    }


def _session(record: SessionRecord, step: int) -> dict[str, object]:
    """Return one session: its row in the table and its drill-in."""
    chosen = record.chosen
    kept = _kept_points(record, step)
    return {
        "day": record.day.isoformat(),
        "pnl": chosen.profit / MICROS_PER_UNIT,
        "natural": record.natural.profit / MICROS_PER_UNIT,
        "fees": chosen.fees / MICROS_PER_UNIT,
        "slippage": chosen.slippage / MICROS_PER_UNIT,
        "drawdown": chosen.max_drawdown / MICROS_PER_UNIT,
        "status": chosen.status,
        **{name: getattr(chosen, name) for name in _COUNTS},
        "settlement": record.settlement / CENT_QUANTA_PER_POINT,
        "estimated": record.settlement_estimated,
        "events": event_lines(record),
        "times": [seconds_of_day(ns) for ns in record.paths[0].ts[kept].tolist()]
        if record.paths
        else [],
        "trades": [_trade(record, path, kept) for path in record.paths],
    }


def seconds_of_day(ns: int) -> float | int:
    """Return seconds since New York's midnight; whole numbers where they are whole."""
    moment = exchange_datetime(ns)
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return seconds + moment.microsecond / 1e6 if moment.microsecond else seconds


def _kept_points(record: SessionRecord, step: int) -> np.ndarray:
    """Return which points of a session's paths are drawn: every `step`-th, fills and the last."""
    if not record.paths:
        return np.zeros(0, dtype=np.bool_)
    ts = record.paths[0].ts
    keep = np.arange(ts.size) % step == 0
    keep[-1] = True
    trades = [path.trade for path in record.paths]
    fills = [trade.entry for trade in trades] + [trade.exit for trade in trades if trade.exit]
    return keep | np.isin(ts, [fill.ts for fill in (*fills, *flattening_fills(record.rows))])


def _trade(record: SessionRecord, path: NetPath, kept: np.ndarray) -> dict[str, object]:
    """Return a trade's net-price path and its markers in points, credit positive."""
    trade = path.trade
    mid2 = path.mid2[kept].tolist()
    marks = [_mark("entry", trade.entry, trade.entry.net, record)]
    if trade.exit is not None:
        marks.append(_mark("exit", trade.exit, -trade.exit.net, record, str(trade.exit_reason)))
    elif trade.settled_net is not None:
        marks.append(_settlement(record, path, trade.settled_net))
    else:
        marks += _flattened(record, path)
    return {
        "number": trade.number,
        "legs": [
            f"{'sell' if ratio > 0 else 'buy'} {abs(ratio)} "
            f"{instrument_text(record.symbols[instrument])}"
            for instrument, ratio in trade.ratios
        ],
        "mid": [
            None if value == MISSING_MID2 else value / _HALF_QUANTA_PER_POINT for value in mid2
        ],
        "marks": marks,
    }


def _mark(
    role: str, fill: Fill, shown_net: int, record: SessionRecord, reason: str = ""
) -> dict[str, object]:
    """Return a fill's marker; an exit's debit is shown as the price paid back."""
    cause = f" ({reason.replace('_', ' ')})" if reason else ""
    lines = [f"{role}{cause} {clock_text(fill.ts)}, order {fill.order}"]
    lines.append(
        f"{fill.quantity} x at {price_words(fill.net)}, natural {price_words(fill.natural)}"
    )
    for leg in fill.legs:
        done = "bought" if leg.change > 0 else "sold"
        option = instrument_text(record.symbols[leg.instrument])
        price = abs(leg.value) / CENT_QUANTA_PER_POINT
        lines.append(f"{done} {abs(leg.change)} {option} for {price:.2f}")
    lines.append(f"fees {money_words(fill.fees)}, slippage {money_words(fill.slippage)}")
    return {
        "role": role,
        "time": seconds_of_day(fill.ts),
        "price": shown_net / CENT_QUANTA_PER_POINT,
        "lines": lines,
    }


def _settlement(record: SessionRecord, path: NetPath, settled_net: int) -> dict[str, object]:
    """Return the marker of a settlement at the close."""
    closed = int(path.ts[-1])
    index = record.settlement / CENT_QUANTA_PER_POINT
    return {
        "role": "settlement",
        "time": seconds_of_day(closed),
        "price": settled_net / CENT_QUANTA_PER_POINT,
        "lines": [
            f"settlement {clock_text(closed)}",
            f"index {index:,.2f}{' (estimated)' if record.settlement_estimated else ''}",
            f"legs worth {price_words(-settled_net)}",
        ],
    }


def _flattened(record: SessionRecord, path: NetPath) -> list[dict[str, object]]:
    """Return the markers of risk's market orders in a trade's legs, on its path."""
    own = {instrument for instrument, _ in path.trade.ratios}
    marks = []
    for fill in flattening_fills(record.rows):
        if not own.intersection(leg.instrument for leg in fill.legs):
            continue
        mid2 = int(path.mid2[np.searchsorted(path.ts, fill.ts)])
        marks.append(_mark("flatten", fill, 0, record))
        shown = None if mid2 == MISSING_MID2 else mid2 / _HALF_QUANTA_PER_POINT
        marks[-1]["price"] = shown
    return marks
