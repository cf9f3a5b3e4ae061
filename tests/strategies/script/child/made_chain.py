"""A chain of ten strikes on either side for the tests of what a script sees."""

from array import array

from forven.strategies.script.child.market import Chain, Quotes

STRIKES = [5_300 + 10 * number for number in range(10)]


def made_chain(bids=None, asks=None, deltas=None) -> Chain:
    quotes = Quotes()
    count = 2 * len(STRIKES)
    quotes.bids = array("i", bids or [100] * count)
    quotes.asks = array("i", asks or [bid + 10 for bid in quotes.bids])
    quotes.deltas = None if deltas is None else array("i", deltas)
    facts = {
        "symbols": [f"{right}{strike}" for right in "CP" for strike in STRIKES],
        "strikes": [100 * strike for _ in "CP" for strike in STRIKES],
        "rights": [0] * len(STRIKES) + [1] * len(STRIKES),
    }
    return Chain(quotes, facts)
