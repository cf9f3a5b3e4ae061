"""A session's journal in a trader's words: one line an order event, legs and money spelled out."""

from collections.abc import Sequence

from forven.market.instruments import parse_osi
from forven.primitives.money import MICROS_PER_UNIT, price_text
from forven.primitives.time import exchange_datetime
from forven.research.records import SessionRecord

Event = dict[str, int | str]

_PRICES = frozenset({"price", "old_price", "net", "natural", "value", "peg", "target", "intrinsic"})
_MONEY = frozenset(
    {"fees", "fee", "slippage", "cash", "loss", "net_liquidation_value", "max_drawdown"}
)
_MERGED = frozenset({"order_leg", "leg_filled"})
_UNSAID = frozenset({"sequence", "ts", "event", "order", "legs", "effect", "block"})
_NAMES = {"profit2": "profit", "net_liquidation_value": "value", "fills": "orders filled"}
_HALF_QUANTA_PER_POINT = 200


def clock_text(ns: int) -> str:
    """Return New York wall-clock time as HH:MM:SS."""
    return exchange_datetime(ns).strftime("%H:%M:%S")


def instrument_text(symbol: str) -> str:
    """Return an option as a trader says it: `4725 put`."""
    option = parse_osi(symbol)
    strike = price_text(option.strike_quanta).removesuffix(".00")
    return f"{strike} {'call' if option.letter == 'C' else 'put'}"


def money_words(micros: int) -> str:
    """Return money with a sign and a currency mark: `-$2.50`."""
    sign = "-" if micros < 0 else ""
    return f"{sign}${abs(micros) / MICROS_PER_UNIT:,.2f}"


def price_words(quanta: int) -> str:
    """Return a net price with its direction: `2.35 credit`."""
    if quanta == 0:
        return "0.00"
    return f"{price_text(abs(quanta))} {'credit' if quanta > 0 else 'debit'}"


def event_lines(record: SessionRecord) -> list[list[str]]:
    """Return the session's events as (New York time, order, what happened)."""
    lines = []
    found = record.events
    for at, event in enumerate(found):
        if event["event"] in _MERGED:
            continue
        legs = [
            _leg_text(follower, record.symbols)
            for follower in _followers(found, at + 1)
            if follower["order"] == event["order"]
        ]
        order = str(event["order"]) if int(event["order"]) > 0 else ""
        text = _event_text(event, record.symbols)
        whole = f"{text}: {', '.join(legs)}" if legs else text
        lines.append([clock_text(int(event["ts"])), order, whole])
    return lines


def _followers(found: Sequence[Event], start: int) -> list[Event]:
    """Return the leg events that stand right behind an event."""
    legs = []
    for event in found[start:]:
        if event["event"] not in _MERGED:
            break
        legs.append(event)
    return legs


def _leg_text(event: Event, symbols: dict[int, str]) -> str:
    """Return one leg of an order or of a fill."""
    option = instrument_text(symbols[int(event["instrument"])])
    if event["event"] == "order_leg":
        ratio = int(event["ratio"])
        return f"{'sell' if ratio > 0 else 'buy'} {abs(ratio)} {option} to {event['effect']}"
    change = int(event["change"])
    fee = money_words(int(event["fee"]))
    price = price_text(abs(int(event["value"])))
    return f"{'bought' if change > 0 else 'sold'} {abs(change)} {option} for {price}, fee {fee}"


def _event_text(event: Event, symbols: dict[int, str]) -> str:
    """Return an event without its legs."""
    name = str(event["event"])
    if name == "order_placed":
        price = "" if event["kind"] == "market" else f" at {price_words(int(event['price']))}"
        return f"{event['origin']} {event['kind']} order placed, {event['quantity']} x{price}"
    if name == "order_filled":
        paid = f"fees {money_words(int(event['fees']))}"
        if event["slippage"]:
            paid += f", slippage {money_words(int(event['slippage']))}"
        return f"filled {event['quantity']} x at {price_words(int(event['net']))}, {paid}"
    if name == "order_replaced":
        before, after = price_words(int(event["old_price"])), price_words(int(event["price"]))
        return f"limit moved from {before} to {after}, ticks conceded: {event['concession']}"
    parts = [
        f"{_NAMES.get(key, key.replace('_', ' '))} {_value_text(key, value, symbols)}"
        for key, value in event.items()
        if key not in _UNSAID
    ]
    title = name.replace("_", " ")
    return f"{title}: {', '.join(parts)}" if parts else title


def _value_text(key: str, value: int | str, symbols: dict[int, str]) -> str:
    """Return one field of an event in words."""
    if isinstance(value, str):
        return value.replace("_", " ")
    if key == "instrument":
        return instrument_text(symbols[value])
    if key in _PRICES:
        return price_text(value)
    if key in _MONEY:
        return money_words(value)
    if key == "profit2":
        return f"{value / _HALF_QUANTA_PER_POINT:.3f} points a unit"
    return str(value)
