"""A bare loop over two averages that cross: what a sweep costs at least.

Apart from `floor.py`, which is run as a script: a compiled kernel is kept for a module by name.
"""

from numba import types

from forven.kernels.jit.compile import kernel

_PRICES = types.Array(types.int64, 1, "C", readonly=True)
_COLUMNS = types.Array(types.float64, 2, "C", readonly=True)
_ROWS = types.Array(types.int64, 2, "C", readonly=True)


@kernel(
    types.void(
        types.UniTuple(_PRICES, 2),
        _COLUMNS,
        _ROWS,
        types.UniTuple(types.int64, 3),
        types.UniTuple(types.float64, 2),
        types.Tuple((types.int64[::1], types.float64[::1])),
    )
)
def cross_all(prices, columns, pairs, bounds, money, out):
    """Hold while the fast average is above the slow one, of some combinations; fees, compounded.

    prices  open, close, quanta          columns  (C, n)        pairs  (K, 2) fast, slow
    bounds  the bar from which signals act, the first combination, the one after the last
    money   capital, fee of one side as a fraction    out   (K,) trades, (K,) equity
    errors  none: the caller checks                     source          this file
    """
    opens, closes = prices
    trades, equity = out
    begin, first, last = bounds
    capital, cost = money
    end = opens.size
    for run in range(first, last):
        fast, slow = columns[pairs[run, 0]], columns[pairs[run, 1]]
        account = capital
        count, entry = 0, 0
        was_above = fast[begin - 1] > slow[begin - 1]
        for bar in range(begin, end - 1):
            is_above = fast[bar] > slow[bar]
            if is_above == was_above:
                continue
            was_above = is_above
            price = opens[bar + 1]
            if is_above:
                entry = price
            elif entry > 0:
                gross = (price - entry) / entry
                account += account * (gross - cost * (1.0 + price / entry))
                count += 1
                entry = 0
        if entry > 0:
            gross = (closes[end - 1] - entry) / entry
            account += account * (gross - cost * (1.0 + closes[end - 1] / entry))
            count += 1
        trades[run], equity[run] = count, account
