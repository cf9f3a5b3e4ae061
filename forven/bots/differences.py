"""Where two journals of one session differ, in words."""

import numpy as np
from numpy.typing import NDArray

from forven.engine.journal import events

Rows = NDArray[np.int64]


def first_difference(stored: Rows, produced: Rows) -> str | None:
    """Return the first row that differs, None if the journals are equal; the bot is no part."""
    both = min(len(stored), len(produced))
    differs = np.any(stored[:both, 1:] != produced[:both, 1:], axis=1)
    if differs.any():
        place = int(np.argmax(differs))
        return (
            f"row {place}: expected {_words(stored[place])}, as stored; "
            f"found {_words(produced[place])}"
        )
    if len(stored) > both:
        return f"row {both}: expected {_words(stored[both])}, as stored; found no further row"
    if len(produced) > both:
        return f"row {both}: expected no further row, as stored; found {_words(produced[both])}"
    return None


def continues(stored: Rows, produced: Rows) -> str | None:
    """Return the first difference of a stored journal from what should be it and more after it."""
    return first_difference(stored, produced[: len(stored)])


def _words(row: Rows) -> str:
    """Return a row as an event with its fields, or as numbers where it is no known kind."""
    try:
        (event,) = events(row[None])
    except KeyError:
        return f"the integers {row[1:].tolist()}"
    return ", ".join(f"{name} {value}" for name, value in event.items())
