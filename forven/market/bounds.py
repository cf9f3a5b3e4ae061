"""The bounds of one trading session, kept by value so that no calendar is needed to run it."""

from dataclasses import dataclass
from datetime import date

from forven.primitives.errors import InvalidInput
from forven.primitives.time import exchange_datetime, parse_date, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBounds:
    """When the expiring series of a day trade: from `open_ns` to `close_ns`, both included.

    open_ns, close_ns  nanoseconds UTC     early_close  the close is earlier than usual
    """

    day: date
    open_ns: int
    close_ns: int
    early_close: bool

    def __post_init__(self) -> None:
        if not 0 <= self.open_ns < self.close_ns:
            raise InvalidInput(
                f"session of {self.day}: expected 0 <= open < close, "
                f"found open {self.open_ns} and close {self.close_ns}"
            )
        opening, closing = exchange_datetime(self.open_ns), exchange_datetime(self.close_ns)
        if opening.date() != self.day or closing.date() != self.day:
            raise InvalidInput(
                f"session of {self.day}: expected open and close on that day in New York, "
                f"found {rfc3339(self.open_ns)} and {rfc3339(self.close_ns)}"
            )

    @property
    def duration_ns(self) -> int:
        """Nanoseconds from the open to the close."""
        return self.close_ns - self.open_ns

    def contains(self, ts: int) -> bool:
        """Return whether a moment lies in the session, open and close included."""
        return self.open_ns <= ts <= self.close_ns

    def as_dict(self) -> dict[str, object]:
        """Return the bounds as plain values; `from_dict` reads them back."""
        return {
            "day": self.day.isoformat(),
            "open_ns": self.open_ns,
            "close_ns": self.close_ns,
            "early_close": self.early_close,
        }

    @classmethod
    def from_dict(cls, document: object) -> "SessionBounds":
        """Return the bounds that `as_dict` wrote; InvalidInput if a field is not as expected."""
        fields = {"day": str, "open_ns": int, "close_ns": int, "early_close": bool}
        if not isinstance(document, dict) or set(document) != set(fields):
            raise InvalidInput(f"bounds: expected the fields {sorted(fields)}, found {document!r}")
        for name, kind in fields.items():
            if type(document[name]) is not kind:
                raise InvalidInput(
                    f"bounds.{name}: expected {kind.__name__}, found {document[name]!r}"
                )
        return cls(
            day=parse_date(document["day"]),
            open_ns=document["open_ns"],
            close_ns=document["close_ns"],
            early_close=document["early_close"],
        )
