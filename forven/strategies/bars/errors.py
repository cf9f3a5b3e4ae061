"""What can be wrong with a strategy over bars, and how names are proposed."""

from collections.abc import Iterable
from difflib import get_close_matches

from forven.primitives.errors import ForvenError, InvalidInput


class InvalidBarStrategy(InvalidInput):
    """A strategy over bars is not well formed: its declaration, its rules or its signals."""


class InvalidParameter(InvalidInput):
    """A parameter of a strategy is unknown, of the wrong type, out of bounds or out of order."""


class InvalidIndicator(InvalidInput):
    """An indicator is unknown, or one of its parameters is out of bounds."""


class UnknownStrategy(ForvenError):
    """No built-in strategy has that name."""


class MissingColumns(ForvenError):
    """The bars lack a column that a strategy reads."""


class TooManyColumns(ForvenError):
    """The runs of a compilation need more memory than they may have."""


def proposal(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: the nearest one, or all there are."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    return f"there are: {shown}" if names else "there are none"
