"""After which bars the future is changed: random ones, and those at which decisions are made."""

import numpy as np
import numpy.typing as npt

from forven.primitives.seeds import generator

Bits = npt.NDArray[np.bool_]
_RANDOM, _DECIDED = 0, 3


def places_of(decided: Bits, first: int, cuts: int, edges: int, seed: int) -> list[int]:
    """Return bars from `first` to the last but one, in order, each once.

    decided  (4, n) the signals
    cuts     how many random bars
    edges    at most how many bars of each signal at which it begins or ends, spread over the
             series; the bar before each is taken, too
    """
    last = decided.shape[1] - 2
    first = min(first, last)
    chosen = set(generator(seed, _RANDOM).integers(first, last + 1, cuts).tolist())
    for row, signal in enumerate(decided):
        random = generator(seed, _DECIDED, row)
        for place in _spread(edges_of(signal), edges, random):
            chosen |= {place - 1, place}
    return sorted(place for place in chosen if first <= place <= last)


def edges_of(signal: Bits) -> npt.NDArray[np.int64]:
    """Return the first and the last bar of every run in which a signal is what it rarely is.

    So a signal of few bars gives each of them, and one that is rarely absent the bars where it is.
    """
    rare = signal if 2 * np.count_nonzero(signal) <= signal.size else ~signal
    padded = np.concatenate(([False], rare, [False]))
    inner = padded[:-2] & padded[2:]
    return np.flatnonzero(rare & ~inner)


def _spread(
    candidates: npt.NDArray[np.int64], count: int, random: np.random.Generator
) -> list[int]:
    """Return all, or one at random out of each of `count` equal parts."""
    if candidates.size <= count:
        return [int(one) for one in candidates]
    return [int(random.choice(part)) for part in np.array_split(candidates, count)] if count else []
