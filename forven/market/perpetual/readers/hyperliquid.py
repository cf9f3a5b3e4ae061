"""Reads recorded HyperLiquid websocket messages: `bbo`, `l2Book` and `trades`, one JSON a line.

A line is a message, or an object with the message as `frame` and maybe `arrival`, nanoseconds at
which it came. The venue replays old trades after each subscription: trades are known by
(time, coin, tid), and what was traded before the first quote is left out.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.readers.recordings import by_time, quote_table, trade_table
from forven.market.perpetual.ticks import PerpetualTicks
from forven.market.perpetual.units import text_lots, text_quanta
from forven.market.schema import MISSING
from forven.primitives.errors import UntrustedData

LEFT_OUT = {
    "other_channel": "a message that is no quote and no trade: an answer, a pong, a user's event",
    "other_coin": "a message of another coin",
    "duplicate_trade": "a trade seen before: the venue replays some after each subscription",
    "replayed_trade": "a trade older than the first quote",
}
_NANOSECONDS_PER_MILLISECOND = 1_000_000
_QUOTE_NAMES = ("ts", "bid", "bid_size", "ask", "ask_size", "arrival")
_TRADE_NAMES = ("ts", "last", "last_size", "aggressor", "arrival")
_AGGRESSORS = {"B": 1, "A": -1}

Message = tuple[str, dict[str, Any], int | None]


def read_hyperliquid(path: Path, contract: PerpetualContract) -> PerpetualTicks:
    """Return the ticks of the contract's coin in a file of recorded messages."""
    with path.open(encoding="utf-8") as lines:
        return hyperliquid_ticks(lines, contract, str(path))


def hyperliquid_ticks(
    lines: Iterable[str], contract: PerpetualContract, place: str = "messages"
) -> PerpetualTicks:
    """Return the ticks of the contract's coin; UntrustedData names the line and the reason.

    place  what the lines are called in an error
    """
    counts = dict.fromkeys(LEFT_OUT, 0)
    quotes: list[tuple[int, ...]] = []
    trades: list[tuple[int, ...]] = []
    seen: set[tuple[int, int]] = set()
    for where, message, arrival in _messages(lines, place):
        channel, data = message.get("channel"), message.get("data", {})
        try:
            if channel in ("bbo", "l2Book") and data["coin"] == contract.symbol:
                quotes.append(_quote(data, contract, arrival, counts))
            elif channel in ("bbo", "l2Book"):
                counts["other_coin"] += 1
            elif channel == "trades":
                trades += _new_trades(data, contract, arrival, (seen, counts))
            else:
                counts["other_channel"] += 1
        except UntrustedData as cause:
            raise UntrustedData(f"{where}, {channel}: {cause}") from None
        except (KeyError, TypeError, ValueError, IndexError, InvalidOperation) as cause:
            raise UntrustedData(
                f"{where}: expected a {channel} message of HyperLiquid, found another form "
                f"({type(cause).__name__}: {cause})"
            ) from None
    if not quotes:
        raise UntrustedData(f"{place}: expected quotes of {contract.symbol}, found none")
    return _sorted_ticks(quotes, trades, counts)


def _messages(lines: Iterable[str], place: str) -> Iterator[Message]:
    """Yield where a message stands, the message, and when it came, if that was recorded."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{place}, line {number}"
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as cause:
            raise UntrustedData(f"{where}: expected JSON, found {cause}") from None
        if not isinstance(record, dict):
            raise UntrustedData(f"{where}: expected an object, found {type(record).__name__}")
        message, arrival = record.get("frame", record), record.get("arrival")
        if arrival is not None and type(arrival) is not int:
            raise UntrustedData(f"{where}: expected arrival in nanoseconds, found {arrival!r}")
        if isinstance(message, dict):
            yield where, message, arrival


def _quote(
    data: dict[str, Any],
    contract: PerpetualContract,
    arrival: int | None,
    counts: dict[str, int],
) -> tuple[int, ...]:
    """Return a row of `_QUOTE_NAMES`: the best of either side of a bbo or an l2Book."""
    levels = (
        data["bbo"] if "bbo" in data else [side[0] if side else None for side in data["levels"]]
    )
    ts = _stamp(data["time"])
    row = [ts]
    for level in levels[:2]:
        if level is None:
            row += [MISSING, 0]
        else:
            row.append(text_quanta("price", _number(level["px"]), contract))
            row.append(text_lots(_number(level["sz"]), contract, counts))
    return (*row, ts if arrival is None else arrival)


def _new_trades(
    data: list[dict[str, Any]],
    contract: PerpetualContract,
    arrival: int | None,
    known: tuple[set[tuple[int, int]], dict[str, int]],
) -> Iterator[tuple[int, ...]]:
    """Yield rows of `_TRADE_NAMES` for the trades not seen before.

    known  the (time, tid) seen so far, and the counts
    """
    seen, counts = known
    for trade in data:
        if trade["coin"] != contract.symbol:
            counts["other_coin"] += 1
            continue
        key = (int(trade["time"]), int(trade["tid"]))
        if key in seen:
            counts["duplicate_trade"] += 1
            continue
        seen.add(key)
        ts = _stamp(trade["time"])
        price = text_quanta("price", _number(trade["px"]), contract)
        lots = text_lots(_number(trade["sz"]), contract, counts)
        yield ts, price, lots, _AGGRESSORS[trade["side"]], ts if arrival is None else arrival


def _sorted_ticks(
    quotes: list[tuple[int, ...]], trades: list[tuple[int, ...]], counts: dict[str, int]
) -> PerpetualTicks:
    """Return rows as tables by time, without the trades from before the first quote."""
    quoted = by_time(_columns(_QUOTE_NAMES, quotes), counts)
    traded = by_time(_columns(_TRADE_NAMES, trades), counts)
    old = traded["ts"] < quoted["ts"][0]
    counts["replayed_trade"] = int(np.count_nonzero(old))
    traded = {name: column[~old] for name, column in traded.items()}
    tables: tuple[pa.Table, pa.Table] = quote_table(quoted), trade_table(traded)
    return PerpetualTicks(quotes=tables[0], trades=tables[1], counts=counts)


def _columns(names: tuple[str, ...], rows: list[tuple[int, ...]]) -> dict[str, Any]:
    """Return rows as named int64 columns."""
    table = np.array(rows, np.int64).reshape(-1, len(names))
    return {name: np.ascontiguousarray(table[:, at]) for at, name in enumerate(names)}


def _stamp(milliseconds: object) -> int:
    """Return the venue's milliseconds in nanoseconds."""
    if type(milliseconds) is not int or not 0 <= milliseconds < 10**13:
        raise UntrustedData(f"time: expected milliseconds since 1970, found {milliseconds!r}")
    return milliseconds * _NANOSECONDS_PER_MILLISECOND


def _number(text: object) -> str:
    """Return a price or size text if it is a plain finite number."""
    if not isinstance(text, str) or not Decimal(text).is_finite() or len(text) > 24:
        raise UntrustedData(f"price or size: expected a decimal as text, found {text!r}")
    return text
