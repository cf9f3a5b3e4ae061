"""Schemas of sessions and of what hangs below them."""

from api.schemas.forms import (
    ANYTHING,
    COUNT,
    DAY,
    DECIMAL,
    HASH,
    IDENTIFIER,
    MOMENT,
    OBJECT,
    TEXT,
    WHOLE_TEXT,
    Schema,
    choice,
    described,
    listing,
    named,
    nullable,
    record,
)
from forven.bots.services.document_cards import SESSIONS_LISTED_MAX

STATES = (
    "scheduled",
    "registering",
    "waiting_for_data",
    "running",
    "settling",
    "completed",
    "halted",
    "killing",
    "killed",
    "failed",
)
_EFFECT = choice("credit", "debit")
_INSTRUMENT = {
    "type": "string",
    "description": "21-character OSI symbol.",
    "examples": ["SPXW  260320P05900000"],
}
_ACTION = choice("buy to open", "sell to open", "buy to close", "sell to close")
_RESULT = "Null until the session is finalised."
_SESSION: dict[str, Schema] = {
    "id": IDENTIFIER,
    "bot_id": IDENTIFIER,
    "date": DAY,
    "state": choice(*STATES),
    "engine": TEXT,
    "feed": TEXT,
    "start_time": nullable(MOMENT),
    "end_time": nullable(MOMENT),
    "opened_at": nullable(MOMENT),
    "ended_at": nullable(MOMENT),
    "opening_cash": DECIMAL,
    "strategy_hash": HASH,
    "policy": described(OBJECT, "Fills, fees, margin, risk and re-pricing, frozen at the start."),
    "available_buying_power": nullable(DECIMAL),
    "net_liquidation_value": nullable(DECIMAL),
    "profit_loss": nullable(DECIMAL),
    "final_nlv": described(nullable(DECIMAL), _RESULT),
    "realized_pl": described(nullable(DECIMAL), _RESULT),
    "total_pl": described(nullable(DECIMAL), _RESULT),
    "max_intraday_dd": described(nullable(DECIMAL), _RESULT),
    "fees": described(nullable(DECIMAL), _RESULT),
    "slippage": described(nullable(DECIMAL), _RESULT),
    "orders_filled": described(nullable(COUNT), _RESULT),
    "digest": described(nullable(HASH), "SHA-256 of the journal; null until finalised."),
    "reason": described(nullable(TEXT), "Why it halted, was killed or failed."),
}
_LEG: dict[str, Schema] = {
    "instrument": described(nullable(_INSTRUMENT), "Null: one that is not listed, refused."),
    "quantity": WHOLE_TEXT,
    "action": _ACTION,
    "fill_price": nullable(DECIMAL),
}
SCHEMAS: dict[str, Schema] = {
    "Session": record(_SESSION),
    "Sessions": {**listing(named("Session")), "maxItems": SESSIONS_LISTED_MAX},
    "SessionOpened": record({"session_id": IDENTIFIER}),
    "OrderLeg": record(_LEG),
    "Order": record(
        {
            "id": IDENTIFIER,
            "number": {"type": "integer", "minimum": 1},
            "type": choice("market", "limit", "stop"),
            "price": described(nullable(DECIMAL), "Absolute; null for market orders."),
            "price_effect": nullable(_EFFECT),
            "status": choice("pending", "filled", "canceled", "expired", "rejected"),
            "quantity": WHOLE_TEXT,
            "legs": listing(named("OrderLeg")),
            "fill_price": nullable(DECIMAL),
            "fill_effect": nullable(_EFFECT),
            "fill_datetime": nullable(MOMENT),
            "placed_at": MOMENT,
            "updated_at": MOMENT,
            "fees": DECIMAL,
            "slippage": DECIMAL,
            "origin": TEXT,
            "block": described(TEXT, "Which re-price block works it."),
            "reason": nullable(TEXT),
            "intended_price": described(nullable(DECIMAL), "Absolute; of limit orders."),
            "intended_effect": nullable(_EFFECT),
            "concession": described(COUNT, "Ticks given up so far."),
            "replacements": COUNT,
        }
    ),
    "Orders": listing(named("Order")),
    "Position": record(
        {
            "id": IDENTIFIER,
            "instrument": _INSTRUMENT,
            "direction": choice("long", "short", "zero"),
            "quantity": described(WHOLE_TEXT, "`0` once closed."),
            "cost_basis": described(DECIMAL, "Worth x 100, without fees."),
            "price": described(DECIMAL, "Mark of one contract, x 100."),
            "delta": described(nullable(DECIMAL), "Signed by direction; null where none."),
            "unrealized_profit_loss": DECIMAL,
            "realized_profit_loss": DECIMAL,
            "total_profit_loss": described(DECIMAL, "Unrealized + realized - fees."),
        }
    ),
    "Positions": listing(named("Position")),
    "Transaction": record(
        {
            "id": IDENTIFIER,
            "order_id": described(nullable(IDENTIFIER), "Null: of the settlement."),
            "instrument": nullable(_INSTRUMENT),
            "type": choice(
                "buy to open",
                "sell to open",
                "buy to close",
                "sell to close",
                "expiration",
                "exercise",
                "assignment",
            ),
            "quantity": WHOLE_TEXT,
            "price": described(DECIMAL, "Of one contract, x 100."),
            "value": DECIMAL,
            "effect": _EFFECT,
            "fees": DECIMAL,
            "datetime": MOMENT,
        }
    ),
    "Transactions": listing(named("Transaction")),
    "FinancialsPoint": record(
        {
            "datetime": MOMENT,
            "cash": DECIMAL,
            "net_liquidation_value": DECIMAL,
            "profit_loss": DECIMAL,
            "drawdown": DECIMAL,
            "open_orders": COUNT,
        }
    ),
    "Financials": record(
        {
            **_SESSION,
            "history": listing(named("FinancialsPoint")),
            "next_after": described(nullable(TEXT), "The cursor of the next part; null: the end."),
        }
    ),
    "DecisionEntry": record(
        {
            "sequence": {"type": "integer", "minimum": 1},
            "datetime": MOMENT,
            "kind": choice("log", "signal", "error"),
            "level": nullable(TEXT),
            "message": TEXT,
            "data": ANYTHING,
        }
    ),
    "DecisionLog": listing(named("DecisionEntry")),
}
