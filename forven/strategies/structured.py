"""The structured strategy: a document that says what to trade, checked once, known by its hash."""

from dataclasses import dataclass
from pathlib import Path

from forven.engine.documents import read_document
from forven.primitives.errors import InvalidStrategy
from forven.primitives.identifiers import canonical_json, content_hash
from forven.strategies.legs import Leg, read_legs
from forven.strategies.rules import check_exit, check_legs
from forven.strategies.sections import Section
from forven.strategies.timing import EntryRule, ExitRule, read_entry, read_exit

KIND = "structured"
NAME_LENGTH_MAX = 80
DESCRIPTION_LENGTH_MAX = 2_000
QUANTITY_MAX = 1_000
_FIELDS = ("name", "description", "legs", "entry", "exit", "quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredStrategy:
    """A strategy without code, made by `parse_strategy`.

    legs      in the order in which they find their strikes, ratios in lowest terms
    quantity  order units per entry
    """

    name: str
    description: str
    legs: tuple[Leg, ...]
    entry: EntryRule
    exit: ExitRule
    quantity: int

    @property
    def kind(self) -> str:
        """The kind of program: `structured`."""
        return KIND

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON without name and description: what it trades."""
        return content_hash(self.program())

    def program(self) -> dict[str, object]:
        """Return what the strategy does, in its one spelling, without name and description."""
        return {
            "legs": [leg.to_json() for leg in self.legs],
            "entry": self.entry.to_json(),
            "exit": self.exit.to_json(),
            "quantity": self.quantity,
        }

    def program_text(self) -> str:
        """Return the canonical JSON that `read_program` reads back as the same program."""
        return canonical_json(self.program())

    def to_json(self) -> dict[str, object]:
        """Return the canonical document; `parse_strategy` reads it back as the same strategy."""
        return {"name": self.name, "description": self.description, **self.program()}


def parse_strategy(document: object) -> StructuredStrategy:
    """Return the strategy of a document, in either of its two shapes (docs/STRATEGIES.md).

    document  JSON text (str, bytes), the Path of a JSON file, or values already parsed
    errors    InvalidStrategy with the field's path (and the file's), what was expected, what was
              found, how to mend
    """
    if not isinstance(document, Path):
        return _parsed(document)
    try:
        return _parsed(document)
    except InvalidStrategy as cause:
        text = str(cause)
        is_named = text.startswith(f"{document}: ")
        raise InvalidStrategy(text if is_named else f"{document}: {text}") from None


def _parsed(document: object) -> StructuredStrategy:
    """Return the strategy of a document."""
    root = Section(read_document(document, InvalidStrategy), "", _FIELDS)
    legs, divisor = read_legs(root)
    check_legs(legs)
    entry = read_entry(root)
    leave = read_exit(root, entry)
    check_exit(legs, leave)
    return StructuredStrategy(
        name=root.text("name", NAME_LENGTH_MAX),
        description=root.text("description", DESCRIPTION_LENGTH_MAX, lines=True),
        legs=legs,
        entry=entry,
        exit=leave,
        quantity=root.whole("quantity", 1, QUANTITY_MAX, default=1) * divisor,
    )
