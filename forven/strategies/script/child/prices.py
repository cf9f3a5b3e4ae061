"""Prices and money as a script sees them: exact decimals over the kernel's integers."""

from decimal import ROUND_FLOOR, Context, Decimal, DecimalException

from forven.primitives.errors import InvalidOrder

_EXACT = Context(prec=60)
_KEPT_MAX = 100_000
_CENT = Decimal("0.01")
_POINTS_MAX = 10**10
_FINE_STEP = 5
_COARSE_STEP = 10
_FINE_LIMIT = 300
_seen: dict[int, Decimal] = {}


def price(quanta: int) -> Decimal:
    """Return a price in points: 125 is 1.25."""
    found = _seen.get(quanta)
    if found is None:
        if len(_seen) >= _KEPT_MAX:
            _seen.clear()
        found = _seen[quanta] = Decimal(quanta).scaleb(-2, _EXACT)
    return found


def money(micros: int) -> Decimal:
    """Return an amount: 1_720_000 is 1.72; whole cents have two decimals."""
    cents, rest = divmod(micros, 10_000)
    return Decimal(micros).scaleb(-6, _EXACT) if rest else Decimal(cents).scaleb(-2, _EXACT)


def points(quanta: int) -> Decimal:
    """Return a strike in points; a whole one has no decimals."""
    whole, rest = divmod(quanta, 100)
    return price(quanta) if rest else Decimal(whole)


def step(quanta: int, leg_count: int) -> int:
    """Return the distance of order prices around a net price, in quanta."""
    is_coarse = leg_count == 1 and abs(quanta) > _FINE_LIMIT
    return _COARSE_STEP if is_coarse else _FINE_STEP


def quanta_of(value: object, name: str) -> int:
    """Return an exact price as quanta; InvalidOrder for floats and for parts of a cent."""
    exact = _decimal_of(value, name)
    quanta = _floored(exact)
    if price(quanta) != exact:
        raise InvalidOrder(f"{name}: expected whole cents, found {value}; use ctx.snap")
    return quanta


def snapped(value: object, leg_count: int) -> Decimal:
    """Return the largest order price that is not above a value; errors as of `quanta_of`."""
    cents = _floored(_decimal_of(value, "price"))
    width = step(cents, leg_count)
    return price(cents // width * width)


def quotient(number: Decimal | int, divisor: int) -> Decimal:
    """Return a quotient that has a few decimals, exact whatever context a script has set."""
    return _EXACT.divide(Decimal(number), Decimal(divisor))


def millionths_of(value: object, name: str) -> int:
    """Return a number in 0.000001, the rest cut off; InvalidOrder for floats."""
    return int(_decimal_of(value, name).scaleb(6, _EXACT))


def _decimal_of(value: object, name: str) -> Decimal:
    """Return an exact number that is not far beyond all prices; InvalidOrder for any other."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise InvalidOrder(
            f"{name}: expected a Decimal, a whole number or a text such as '1.25', "
            f"found {type(value).__name__}; floats are not exact"
        )
    try:
        exact = Decimal(value)
    except (DecimalException, ValueError):
        raise InvalidOrder(f"{name}: expected a decimal number, found {value!r}") from None
    if not exact.is_finite() or exact.copy_abs() >= _POINTS_MAX:
        raise InvalidOrder(f"{name}: expected a number far below {_POINTS_MAX}, found {value}")
    return exact


def _floored(exact: Decimal) -> int:
    """Return the quanta at or below a price: rounded once, from all its digits."""
    return int(exact.quantize(_CENT, ROUND_FLOOR, _EXACT).scaleb(2, _EXACT))


def order_quanta(value: object, leg_count: int) -> int:
    """Return an order's price as quanta; InvalidOrder names the nearest prices if off the grid."""
    quanta = quanta_of(value, "price")
    width = step(quanta, leg_count)
    if quanta % width:
        below = quanta // width * width
        raise InvalidOrder(
            f"price: expected one on the order grid, found {price(quanta)}; "
            f"the nearest are {price(below)} and {price(below + width)}, or use ctx.snap"
        )
    return quanta
