"""What a trade brings, in the order of operations that docs/BARS.md prints."""

from forven.kernels.jit.bars.scratch import inlined


@inlined
def gross_of(sign, entry, price):
    """Return the price return of a trade."""
    return float(sign * (price - entry)) / float(entry)


@inlined
def drag_of(cost, entry, price, leverage):
    """Return fees and slippage of both legs, as a fraction of the stake."""
    return cost * (1.0 + float(price) / float(entry)) * leverage


@inlined
def funding_of(sign, leverage, former, latter):
    """Return the funding received between two sums of rates, as a fraction of the stake."""
    return float(-sign) * leverage * (latter - former)


@inlined
def return_of(gross, leverage, drag, funding, size):
    """Return what a trade made, as a share of the equity at its entry."""
    return (gross * leverage - drag + funding) * size


@inlined
def mark_of(terms, entry, price, latter):
    """Return what a held position has made at a price, as a share of the equity at its entry.

    terms   (sign, leverage, cost, size, sum of rates at its entry)
    """
    sign, leverage, cost, size, former = terms
    difference = price - entry if sign > 0 else entry - price
    gross = float(difference) / float(entry)
    funding = float(sign) * leverage * (latter - former)
    return (gross * leverage - cost * leverage - funding) * size
