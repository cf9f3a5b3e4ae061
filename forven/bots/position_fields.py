"""What every document of a position says, told live or asked for."""

from typing import Any

from forven.primitives.money import money_text


def position_fields(instrument: str, quantity: int, price: int, unrealized: int) -> dict[str, Any]:
    """Return the fields of a position.

    quantity  contracts, + long, - short     price  worth of one contract, micros
    """
    return {
        "instrument": instrument,
        "direction": "long" if quantity > 0 else "short" if quantity < 0 else "zero",
        "quantity": str(abs(quantity)),
        "price": money_text(price),
        "unrealized_profit_loss": money_text(unrealized),
    }
