"""What peers over bars share: the file they read, the signals of a combination, and the check that
their trades are those expected. Knows nothing of forven.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

RUN, ENTRY, EXIT, OPEN_AT_END = range(4)
RETURN_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BarInputs:
    """Bars, averages and combinations.

    opens, highs, lows, closes  (n,)     columns  (C, n) averages     ends_ns  (n,)
    pairs     (K, 2) fast and slow       begin    the first bar whose signal acts
    cost      fee of one side            trades   (T, 4) run, entry bar, exit bar, open at the end
    """

    opens: np.ndarray
    highs: np.ndarray
    lows: np.ndarray
    closes: np.ndarray
    ends_ns: np.ndarray
    columns: np.ndarray
    pairs: np.ndarray
    begin: int
    cost: float
    trades: np.ndarray

    @property
    def count(self):
        """The number of bars."""
        return self.opens.size

    def signals(self, first, last):
        """Return (n, k) entries and exits of some combinations, in C order.

        The last bar has none: there is no next open to act at.
        """
        width = last - first
        entries = np.zeros((self.count, width), np.bool_)
        exits = np.zeros((self.count, width), np.bool_)
        begin = self.begin
        for at in range(width):
            fast, slow = self.columns[self.pairs[first + at]]
            above = fast[begin - 1 :] > slow[begin - 1 :]
            entries[begin:-1, at] = (above[1:] & ~above[:-1])[:-1]
            exits[begin:-1, at] = (~above[1:] & above[:-1])[:-1]
        return entries, exits

    def growth(self):
        """Return (K,) what one unit becomes: each side's fee taken from the notional of that side.

        Buying for all the cash costs `1 / (1 + cost)`, selling all leaves `1 - cost`; what is open
        at the end is worth its last close, without a fee.
        """
        _, entry, leaving, is_open = self.trades.T
        out = np.where(is_open, self.closes[leaving], self.opens[leaving] * (1.0 - self.cost))
        factors = out / self.opens[entry] / (1.0 + self.cost)
        grown = np.ones(len(self.pairs))
        np.multiply.at(grown, self.trades[:, RUN], factors)
        return grown


def read(path):
    """Return the inputs of a file."""
    found = np.load(path)
    return BarInputs(
        opens=found["open"],
        highs=found["high"],
        lows=found["low"],
        closes=found["close"],
        ends_ns=found["ends_ns"],
        columns=found["columns"],
        pairs=found["pairs"],
        begin=int(found["begin"]),
        cost=float(found["cost"]),
        trades=found["trades"],
    )


def check_trades(inputs, found):
    """Refuse (T, 3) trades, run, entry bar, exit bar, in any order, that are not those expected.

    What is open at the end leaves at the last bar.
    """
    expected = inputs.trades[:, :OPEN_AT_END]
    mine, theirs = _sorted(found), _sorted(expected)
    if mine.shape != theirs.shape or (mine != theirs).any():
        raise RuntimeError(f"expected {len(theirs)} trades as given, found {len(mine)} or others")


def check_growth(inputs, found, tolerance=RETURN_TOLERANCE):
    """Return the greatest relative deviation of (K,) ending values; refuse one beyond tolerance."""
    worst = float(np.abs(np.asarray(found) / inputs.growth() - 1.0).max())
    if not worst <= tolerance:
        raise RuntimeError(f"expected returns within {tolerance}, found one {worst} away")
    return worst


def told(inputs, seconds, counts, settings, details):
    """Return a round as the parent reads it; counts (K,) are the numbers of trades."""
    digest = hashlib.sha256(np.asarray(counts).astype("<i8").tobytes()).hexdigest()
    return {
        "seconds": seconds,
        "units": inputs.count * len(inputs.pairs),
        "digest": digest,
        "agreements": {settings["trades"]: digest},
        "details": {"combinations": len(inputs.pairs), "trades": int(np.sum(counts)), **details},
    }


def _sorted(trades):
    """Return trades in the order of run and entry."""
    return trades[np.lexsort((trades[:, ENTRY], trades[:, RUN]))]
