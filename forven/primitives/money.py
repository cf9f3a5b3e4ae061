"""Money as integer micros and prices as integer quanta, and their decimal-string spellings."""

import re
from decimal import Decimal, localcontext

from forven.primitives.errors import InvalidInput

MICROS_PER_UNIT = 1_000_000
CENT_QUANTA_PER_POINT = 100
"""Quanta in one index point where the quantum is 0.01 (SPX options and index)."""

_DECIMAL = re.compile(r"[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})")
_DIGITS_MAX = 80
"""Digits that are multiplied exactly: more than such a text and a scale can have together."""

_SHOWN_MAX = 40
"""Characters of a refused text that an error repeats."""


def scaled_integer(text: str | int | Decimal, scale: int, name: str = "value") -> int:
    """Return `text` x `scale` as an exact integer; a value finer than 1/scale is refused.

    text  a plain decimal of at most 30 digits on either side of the point, no exponent
    """
    spelling = f"{text:f}" if isinstance(text, Decimal) else str(text)
    if isinstance(text, bool | float) or _DECIMAL.fullmatch(spelling) is None:
        found = spelling if len(spelling) <= _SHOWN_MAX else f"{spelling[:_SHOWN_MAX]}..."
        raise InvalidInput(f"{name}: expected a decimal number, found {found!r}")
    with localcontext(prec=_DIGITS_MAX):
        scaled = Decimal(spelling) * scale
    whole = int(scaled)
    if scaled != whole:
        finest = Decimal(1) / scale
        raise InvalidInput(f"{name}: expected a multiple of {finest}, found {text}")
    return whole


def micros_of(text: str | int | Decimal, name: str = "amount") -> int:
    """Return an amount of account currency as integer micros (1e-6)."""
    return scaled_integer(text, MICROS_PER_UNIT, name)


def decimal_text(value: int, scale: int, places: int) -> str:
    """Return `value`/`scale` (a power of ten) as a decimal string of at least `places` decimals."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), scale)
    digits = str(scale + rest)[1:] if scale > 1 else ""
    kept = digits.rstrip("0").ljust(places, "0")
    return f"{sign}{whole}.{kept}" if kept else f"{sign}{whole}"


def money_text(micros: int) -> str:
    """Return micros as a decimal string with cents at least: 1_720_000 is `1.72`."""
    return decimal_text(micros, MICROS_PER_UNIT, 2)


def price_text(quanta: int) -> str:
    """Return cent quanta as a decimal string: -430 is `-4.30`."""
    return decimal_text(quanta, CENT_QUANTA_PER_POINT, 2)
