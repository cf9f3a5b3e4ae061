"""The one interface of feeds, and the options with which they are opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.primitives.errors import InvalidInput

MAX_SPEED = "max"
SPEED_MAX = 100_000


class Feed(Protocol):
    """Delivers trading days in order, each frame by frame; one thread uses it.

    `release` and `close` alone may be called from any thread.
    """

    name: str

    def days(self, from_day: date | None = None) -> Iterator[FeedDay]:
        """Yield the trading days in order, each when it is known; ends when the feed is over.

        from_day  the first not before it, as after a restart

        A day is yielded before its first frame is due. While none is there, it blocks until
        `close` is called.
        """

    def frames(self, day: FeedDay, after_ts: int) -> Iterator[FeedFrame | None]:
        """Yield the day's frames later than `after_ts` (`MISSING`: all) as they fall due.

        None: nothing is due yet; it comes at least every 50 ms. There is always a frame at the
        close; the frames end after the one that says the settlement, or when none will be said.
        """

    def now(self) -> int:
        """Return the feed's clock in ns UTC: the replayed moment, or the wall clock."""

    def release(self) -> None:
        """Let a clock that is held at the open of a day begin to run; no hold: nothing."""

    def pause(self) -> None:
        """Hold a clock of the feed's own until `resume`; without such a clock: nothing."""

    def resume(self) -> None:
        """Let a paused clock run on."""

    def close(self) -> None:
        """End the feed: iterators end soon after, and what it had opened is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """How a feed is opened.

    speed      replayed seconds per second, above 0 to 100,000, or `max`; of replay and synthetic
    first_day  the first trading day; None: the first there is (synthetic: 2024-01-02)
    last_day   the last trading day; None: the last there is (synthetic: the calendar's end)
    hold       the clock stands at the open of each day until `release` is called; of replay and
               synthetic
    frame_seconds  time between frames of synthetic days, a divisor of 1,800
    """

    speed: Decimal | Literal["max"] = Decimal(1)
    first_day: date | None = None
    last_day: date | None = None
    hold: bool = True
    frame_seconds: int = 1

    def __post_init__(self) -> None:
        if self.speed != MAX_SPEED and not (
            isinstance(self.speed, Decimal)
            and self.speed.is_finite()
            and 0 < self.speed <= SPEED_MAX
        ):
            raise InvalidInput(
                f"speed: expected a decimal number above 0 to {SPEED_MAX}, or {MAX_SPEED!r}, "
                f"found {self.speed!r}"
            )
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise InvalidInput(
                f"last_day: expected {self.first_day} or later, found {self.last_day}"
            )
