"""Instruments: OSI option symbols both ways, and the cards that say what a contract is worth."""

import re
from dataclasses import dataclass
from datetime import date

from forven.kernels.schema import CALL, PUT
from forven.primitives.errors import InvalidInput
from forven.primitives.money import price_text

RIGHT_LETTERS = "CP"
"""The letter of each right, indexed by its code: `CALL` is C, `PUT` is P."""

_ROOT = re.compile(r"[A-Z][A-Z0-9]{0,5}")
_OSI = re.compile(r"([A-Z][A-Z0-9]{0,5}) *([0-9]{6})([CP])([0-9]{8})")
_OSI_LENGTH = 21
_MILLI_PER_QUANTUM = 10
"""An OSI symbol writes the strike x 1000; a quantum is 0.01."""
STRIKE_QUANTA_MAX = 99_999_999 // _MILLI_PER_QUANTUM


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSymbol:
    """One listed option: `SPXW  261121C06000000` is a call on SPXW struck at 6000.00.

    right         `CALL` (0) or `PUT` (1)     strike_quanta  the strike in units of 0.01
    """

    root: str
    expiry: date
    right: int
    strike_quanta: int

    def __post_init__(self) -> None:
        if not _ROOT.fullmatch(self.root):
            raise InvalidInput(
                f"root: expected 1 to 6 of A-Z and 0-9, a letter first, found {self.root!r}"
            )
        if not 2000 <= self.expiry.year <= 2099:
            raise InvalidInput(f"expiry: expected a year of 2000 to 2099, found {self.expiry}")
        if self.right not in (CALL, PUT):
            raise InvalidInput(f"right: expected {CALL} (call) or {PUT} (put), found {self.right}")
        if not 0 < self.strike_quanta <= STRIKE_QUANTA_MAX:
            raise InvalidInput(
                f"strike: expected 0.01 to {price_text(STRIKE_QUANTA_MAX)}, "
                f"found {price_text(self.strike_quanta)}"
            )

    @property
    def letter(self) -> str:
        """`C` or `P`."""
        return RIGHT_LETTERS[self.right]

    @property
    def osi(self) -> str:
        """The 21 characters of the OCC's symbol: root padded to 6, YYMMDD, C or P, strike."""
        strike = self.strike_quanta * _MILLI_PER_QUANTUM
        return f"{self.root:<6}{self.expiry:%y%m%d}{self.letter}{strike:08d}"


def parse_osi(text: str) -> OptionSymbol:
    """Return the option that a 21-character OSI symbol names; InvalidInput says what is wrong."""
    found = _OSI.fullmatch(text)
    if len(text) != _OSI_LENGTH or found is None:
        raise InvalidInput(
            "option symbol: expected 21 characters (root padded to 6, YYMMDD, C or P, strike x "
            f"1000 in 8 digits) as in 'SPXW  261121C06000000', found {text!r}"
        )
    root, expiry, letter, strike = found.groups()
    quanta, rest = divmod(int(strike), _MILLI_PER_QUANTUM)
    if rest:
        raise InvalidInput(f"option symbol {text!r}: expected a strike that is a multiple of 0.01")
    try:
        day = date(2000 + int(expiry[:2]), int(expiry[2:4]), int(expiry[4:]))
    except ValueError:
        raise InvalidInput(f"option symbol {text!r}: {expiry} is not a date (YYMMDD)") from None
    right = RIGHT_LETTERS.index(letter)
    return OptionSymbol(root=root, expiry=day, right=right, strike_quanta=quanta)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentCard:
    """What every contract of an option root has in common: cash-settled, European.

    quanta_per_point   price quanta in one index point
    multiplier_micros  account-currency micros that one quantum of one contract is worth
    """

    root: str
    underlying: str
    description: str
    quanta_per_point: int
    multiplier_micros: int


CARDS = {
    card.root: card
    for card in (
        InstrumentCard(
            root="SPXW",
            underlying="SPX",
            description="S&P 500 index options, PM-settled (weeklies, month ends, third Fridays)",
            quanta_per_point=100,
            multiplier_micros=1_000_000,
        ),
        InstrumentCard(
            root="XSP",
            underlying="XSP",
            description="Mini-SPX index options (a tenth of SPX), PM-settled",
            quanta_per_point=100,
            multiplier_micros=1_000_000,
        ),
    )
}
"""The option roots that forven can run, by root (source: Cboe contract specifications)."""


def place_in(symbols: tuple[str, ...], symbol: str, chain: str) -> int:
    """Return a symbol's place, its instrument number; InvalidInput if a chain does not list it."""
    try:
        return symbols.index(symbol)
    except ValueError:
        raise InvalidInput(
            f"{symbol!r} is not in the {chain} ({len(symbols)} instruments)"
        ) from None


def card_of(root: str) -> InstrumentCard:
    """Return the card of an option root; InvalidInput names those that are known."""
    card = CARDS.get(root)
    if card is None:
        raise InvalidInput(
            f"option root {root!r} is not known: expected one of {', '.join(sorted(CARDS))}; "
            "0DTE index options trade under SPXW (SPX is the morning-settled series)"
        )
    return card
