"""Numbers that users write, as exact integers of small units."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext

from forven.engine.documents import shown
from forven.primitives.errors import InvalidInput
from forven.primitives.money import decimal_text

PERCENT = 10_000
"""Parts per million in a percent."""

_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Bounds:
    """Units in one of a number, and the least and most of them, both included."""

    scale: int
    least: int
    most: int

    def text(self, units: int) -> str:
        """Return units as a decimal string."""
        return decimal_text(units, self.scale, 0)


def exact_units(name: str, value: object, bounds: Bounds) -> int:
    """Return a number in units; one between two of them, or beyond the bounds, is refused.

    value   whole, a Decimal, a decimal string, or a float, which counts as its shortest spelling
    """
    wanted = (
        f"a number from {bounds.text(bounds.least)} to {bounds.text(bounds.most)} "
        f"in steps of {bounds.text(1)}"
    )
    found = value if isinstance(value, str | Decimal) else shown_number(value)
    refused = InvalidInput(f"{name} must be {wanted}, was {found}")
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise refused
    text = repr(float(value)) if isinstance(value, float) else str(value)
    if len(text) > _LENGTH_MAX:
        raise refused
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise refused from None
    if not number.is_finite() or abs(number.adjusted()) > _LENGTH_MAX:
        raise refused
    with localcontext(prec=4 * _LENGTH_MAX):
        units = number * bounds.scale
    if units != int(units) or not bounds.least <= units <= bounds.most:
        raise refused
    return int(units)


def shown_number(value: object) -> str:
    """Return a short spelling of a value for an error message."""
    return repr(float(value)) if isinstance(value, float) else shown(value)
