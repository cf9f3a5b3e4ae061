"""What the report page shows, as one JSON document: numbers only, no markup."""

from dataclasses import asdict

import numpy as np

from forven.primitives.money import MICROS_PER_UNIT, price_text
from forven.primitives.time import exchange_datetime
from forven.research.limits import NOT_MODELLED
from forven.research.metrics import Metrics, equity_curve
from forven.research.records import MISSING_MID2, NetPath, SessionRecord
from forven.research.result import BacktestResult

_PATH_POINTS_MAX = 400_000
"""Most path points in one page: beyond it paths are thinned, so that a browser can open it."""


def page_payload(result: BacktestResult) -> dict[str, object]:
    """Return the document that the page's script draws; times are New York wall clock."""
    points = sum(path.ts.size for record in result.records for path in record.paths)
    step = max(1, -(-points // _PATH_POINTS_MAX))
    return {
        "title": result.plan.strategy.name,
        "description": result.plan.strategy.description,
        "fills": result.plan.policy.fills.name,
        "capital": result.capital,
        "days": [record.day.isoformat() for record in result.records],
        "metrics": _shown(result.metrics),
        "natural_metrics": _shown(result.natural_metrics),
        "totals": {
            "fees": result.total("fees") / MICROS_PER_UNIT,
            "slippage": result.total("slippage") / MICROS_PER_UNIT,
            "entries": result.total("entries"),
            "exits": result.total("exits"),
        },
        "equity": result.equity.round(2).tolist(),
        "natural_equity": equity_curve(result.capital, result.natural_profits).round(2).tolist(),
        "benchmark": result.benchmark.round(2).tolist(),
        "sessions": [_session(record, step) for record in result.records],
        "not_modelled": list(NOT_MODELLED),
        "provenance": asdict(result.provenance),
    }


def _shown(metrics: Metrics) -> dict[str, float | None]:
    """Return metrics as plain numbers."""
    return asdict(metrics)


def _session(record: SessionRecord, step: int) -> dict[str, object]:
    """Return one session: its row in the table and its drill-in."""
    chosen = record.chosen
    return {
        "day": record.day.isoformat(),
        "pnl": chosen.profit / MICROS_PER_UNIT,
        "natural": record.natural.profit / MICROS_PER_UNIT,
        "fees": chosen.fees / MICROS_PER_UNIT,
        "slippage": chosen.slippage / MICROS_PER_UNIT,
        "drawdown": chosen.max_drawdown / MICROS_PER_UNIT,
        "status": chosen.status,
        "entries": chosen.entries,
        "exits": chosen.exits,
        "settlement": record.settlement / 100,
        "estimated": record.settlement_estimated,
        "events": [_event(record, event) for event in record.events],
        "paths": [_path(record, path, step) for path in record.paths],
    }


def _event(record: SessionRecord, event: dict[str, int | str]) -> list[str]:
    """Return one journal event as (time, order, what happened)."""
    order = str(event["order"]) if int(event["order"]) > 0 else ""
    return [clock_text(int(event["ts"])), order, event_text(event, record.symbols)]


def clock_text(ns: int) -> str:
    """Return New York wall-clock time as HH:MM:SS."""
    return exchange_datetime(ns).strftime("%H:%M:%S")


def event_text(event: dict[str, int | str], symbols: dict[int, str]) -> str:
    """Return an event in words: prices in points, money in currency, symbols spelled out."""
    name = str(event["event"]).replace("_", " ")
    parts = [
        f"{key.replace('_', ' ')} {_value_text(key, value, symbols)}"
        for key, value in event.items()
        if key not in ("sequence", "ts", "event", "order")
    ]
    return f"{name}: {', '.join(parts)}" if parts else name


_PRICES = frozenset({"price", "old_price", "net", "natural", "value", "peg", "target", "intrinsic"})
_MONEY = frozenset(
    {"fees", "fee", "slippage", "cash", "loss", "net_liquidation_value", "max_drawdown"}
)


def _value_text(key: str, value: int | str, symbols: dict[int, str]) -> str:
    """Return one field of an event in words."""
    if isinstance(value, str):
        return value.replace("_", " ")
    if key == "instrument":
        return symbols.get(value, f"#{value}")
    if key in _PRICES:
        return price_text(value)
    if key in _MONEY:
        return f"{value / MICROS_PER_UNIT:,.2f}"
    if key == "profit2":
        return f"{value / 200:.3f} a unit"
    return str(value)


def _path(record: SessionRecord, path: NetPath, step: int) -> dict[str, object]:
    """Return a net-price path and its fills, both in points, credit positive."""
    keep = np.arange(path.ts.size) % step == 0
    keep[-1] = True
    marks = _fill_marks(record, path)
    keep |= np.isin(path.ts, [int(event["ts"]) for event in marks])
    mid2 = path.mid2[keep].tolist()
    return {
        "order": path.entry_order,
        "time": [clock_text(ns) for ns in path.ts[keep].tolist()],
        "mid": [None if value == MISSING_MID2 else value / 200 for value in mid2],
        "fills": [
            _mark(
                int(event["ts"]),
                _entry_side(path, event),
                "entry" if event["order"] == path.entry_order else "exit",
            )
            for event in marks
        ]
        + _settlement_mark(path, marks),
    }


def _mark(ns: int, quanta: int, role: str) -> dict[str, object]:
    """Return one marker on a path."""
    return {"time": clock_text(ns), "price": quanta / 100, "role": role}


def _settlement_mark(
    path: NetPath, marks: list[dict[str, int | str]]
) -> list[dict[str, object]]:
    """Return the marker of a settlement, none if the entry was closed before."""
    if path.settled_net is None or len(marks) > 1:
        return []
    return [_mark(int(path.ts[-1]), path.settled_net, "settlement")]


def _entry_side(path: NetPath, event: dict[str, int | str]) -> int:
    """Return a fill's net as the entry's legs see it: an exit's debit is the price paid back."""
    net = int(event["net"])
    return net if event["order"] == path.entry_order else -net


def _fill_marks(record: SessionRecord, path: NetPath) -> list[dict[str, int | str]]:
    """Return the fill events of an entry order and of the exit orders signalled for it."""
    entry_number = 0
    number = 0
    for event in record.events:
        if event["event"] == "entry_skipped":
            number += 1
        if event["event"] == "order_placed" and event["origin"] == "entry":
            number += 1
            if event["order"] == path.entry_order:
                entry_number = number
    exits = {
        event["order"]
        for event in record.events
        if event["event"] == "exit_signal" and event["entry"] == entry_number
    }
    wanted = exits | {path.entry_order}
    return [
        event
        for event in record.events
        if event["event"] == "order_filled" and event["order"] in wanted
    ]
