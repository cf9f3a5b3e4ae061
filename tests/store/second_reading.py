"""A journal read a second time, slowly and plainly: every order looks through all the events."""

import uuid
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal

from forven.engine.journal import events

DAY_START = datetime(1970, 1, 1, tzinfo=UTC)


def decimal(value: Decimal) -> str:
    """Two decimals at least, no more zeros than that."""
    text = f"{value:f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def moment(ns: int) -> str:
    seconds, rest = divmod(ns, 10**9)
    text = datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "")
    return text + (f".{rest:09d}".rstrip("0") if rest else "") + "Z"


def named(session_id: str, what: str, number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(session_id), f"{what}:{number}"))


def effect(amount: int) -> str:
    return "credit" if amount >= 0 else "debit"


def action(event: dict) -> str:
    side = "buy" if event["ratio"] < 0 else "sell"
    return side + (" to close" if event["effect"] == "close" else " to open")


def listed(symbols, instrument: int):
    return symbols[instrument] if instrument in range(len(symbols)) else None


def orders(session_id: str, rows, symbols) -> list[dict]:
    told = list(events(rows))
    placed = [event for event in told if event["event"] == "order_placed"]
    return [order(session_id, event, told, symbols) for event in placed]


def order(session_id: str, placed: dict, told: list[dict], symbols) -> dict:
    own = [event for event in told if event["order"] == placed["order"]]
    own = [event for event in own if event["event"] not in {"command_refused", "exit_signal"}]
    of = {kind: [event for event in own if event["event"] == kind] for kind in KINDS}
    fills, replaced = of["order_filled"], of["order_replaced"]
    values = {event["leg"]: event["value"] for event in of["leg_filled"]}
    price = replaced[-1]["price"] if replaced else placed["price"]
    by_user = [event["price"] for event in replaced if event["reason"] == "user"]
    intended = by_user[-1] if by_user else placed["price"]
    has_price, has_limit = placed["kind"] != "market", placed["kind"] == "limit"
    ends = [kind for kind in ENDS if of[kind]]
    assert len(ends) <= 1
    stopped = of["order_rejected"] + of["order_canceled"]
    legs = []
    for leg in of["order_leg"]:
        filled = None
        if leg["leg"] in values:
            each = abs(Decimal(values[leg["leg"]])) / abs(leg["ratio"]) / 100
            filled = decimal(each.quantize(Decimal("0.000001"), ROUND_DOWN))
        legs.append(
            {
                "instrument": listed(symbols, leg["instrument"]),
                "quantity": str(abs(leg["ratio"]) * placed["quantity"]),
                "action": action(leg),
                "fill_price": filled,
            }
        )
    return {
        "id": named(session_id, "order", placed["order"]),
        "number": placed["order"],
        "type": placed["kind"],
        "price": decimal(Decimal(abs(price)) / 100) if has_price else None,
        "price_effect": effect(price) if has_price else None,
        "status": ENDS[ends[0]] if ends else "pending",
        "quantity": str(placed["quantity"]),
        "legs": legs,
        "fill_price": decimal(Decimal(abs(fills[0]["net"])) / 100) if fills else None,
        "fill_effect": effect(fills[0]["net"]) if fills else None,
        "fill_datetime": moment(fills[0]["ts"]) if fills else None,
        "placed_at": moment(placed["ts"]),
        "updated_at": moment(own[-1]["ts"]),
        "fees": decimal(Decimal(fills[0]["fees"] if fills else 0) / 10**6),
        "slippage": decimal(Decimal(fills[0]["slippage"] if fills else 0) / 10**6),
        "origin": placed["origin"],
        "block": placed["block"],
        "reason": stopped[0]["reason"] if stopped else None,
        "intended_price": decimal(Decimal(abs(intended)) / 100) if has_limit else None,
        "intended_effect": effect(intended) if has_limit else None,
        "concession": replaced[-1]["concession"] if replaced else 0,
        "replacements": len(replaced),
    }


ENDS = {
    "order_rejected": "rejected",
    "order_filled": "filled",
    "order_canceled": "canceled",
    "order_expired": "expired",
}
KINDS = (*ENDS, "order_leg", "leg_filled", "order_replaced")


def transactions(session_id: str, rows, symbols, multiplier: int) -> list[dict]:
    told = list(events(rows))
    found: list[dict] = []
    for event in told:
        if event["event"] == "leg_filled":
            found.append(trade(session_id, event, told, symbols, multiplier))
        if event["event"] == "settled":
            found.append(settlement(event, symbols, multiplier))
    for number, document in enumerate(found, start=1):
        document["id"] = named(session_id, "transaction", number)
    return found


def trade(session_id: str, event: dict, told: list[dict], symbols, multiplier: int) -> dict:
    own = [other for other in told if other["order"] == event["order"]]
    [placed] = [other for other in own if other["event"] == "order_placed"]
    legs = [other for other in own if other["event"] == "order_leg"]
    leg = legs[event["leg"]]
    assert leg["instrument"] == event["instrument"]
    assert event["change"] == -leg["ratio"] * placed["quantity"]
    cash = event["value"] * multiplier * placed["quantity"]
    each = Decimal(abs(event["value"]) * multiplier) / abs(leg["ratio"])
    return {
        "order_id": named(session_id, "order", event["order"]),
        "instrument": listed(symbols, event["instrument"]),
        "type": action(leg),
        "quantity": str(abs(event["change"])),
        "price": decimal(each.quantize(Decimal(1), ROUND_DOWN) / 10**6),
        "value": decimal(Decimal(abs(cash)) / 10**6),
        "effect": effect(cash),
        "fees": decimal(Decimal(event["fee"]) / 10**6),
        "datetime": moment(event["ts"]),
    }


def settlement(event: dict, symbols, multiplier: int) -> dict:
    kind = "expiration"
    if event["intrinsic"] > 0:
        kind = "exercise" if event["quantity"] > 0 else "assignment"
    assert event["cash"] == event["quantity"] * event["intrinsic"] * multiplier
    return {
        "order_id": None,
        "instrument": listed(symbols, event["instrument"]),
        "type": kind,
        "quantity": str(abs(event["quantity"])),
        "price": decimal(Decimal(event["intrinsic"] * multiplier) / 10**6),
        "value": decimal(Decimal(abs(event["cash"])) / 10**6),
        "effect": effect(event["cash"]),
        "fees": decimal(Decimal(event["fee"]) / 10**6),
        "datetime": moment(event["ts"]),
    }
