"""What a client wants to hear: the filter of the plain feed, the channels of the other protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from forven.bots.hub import Published
from forven.primitives.errors import InvalidInput

AGGREGATES = "live_aggregate_data"
CHAIN = "live_option_chain"
SESSION = "simulation_events"
BACKTEST = "backtest_events"
END = "end_of_data"
MARKET_CHANNELS = frozenset({AGGREGATES, CHAIN})
CHANNELS = MARKET_CHANNELS | {SESSION, BACKTEST, END}
PUBLIC_CHANNELS = frozenset({AGGREGATES, END})
WITH_ID = {SESSION: "a session's id", BACKTEST: "a strategy's source hash"}
_ID_LENGTH_MAX = 128
_NAMES_MAX = 100


class UnknownChannel(InvalidInput):
    """A subscription names no channel, lacks its id, or has one it does not take."""


class ChannelForbidden(InvalidInput):
    """A channel needs a token, and the client came as the public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The plain feed of a client: everything, or some types, bots and sessions only.

    What concerns no bot (prices, the feed, alerts of the whole host) passes each choice of bots.
    """

    types: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()

    @property
    def passes_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.types or self.bots or self.sessions)

    def passes(self, event: Published) -> bool:
        """Return whether the client wants an event."""
        said = event.event
        if self.types and said.type not in self.types:
            return False
        if self.bots and said.bot_id is not None and said.bot_id not in self.bots:
            return False
        return not (
            self.sessions and said.session_id is not None and said.session_id not in self.sessions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """The channels a client has subscribed to, those with an id as (channel, id)."""

    plain: frozenset[str] = frozenset()
    named: frozenset[tuple[str, str]] = frozenset()

    def with_channel(self, channel: str, name: str | None) -> "Interest":
        """Return the interest with a channel more."""
        if name is None:
            return replace(self, plain=self.plain | {channel})
        return replace(self, named=self.named | {(channel, name)})

    def without_channel(self, channel: str, name: str | None) -> "Interest":
        """Return the interest without a channel; without a name all of its ids go."""
        named = {pair for pair in self.named if pair[0] != channel or name not in (None, pair[1])}
        return replace(self, plain=self.plain - {channel}, named=frozenset(named))

    def __len__(self) -> int:
        """Return how many subscriptions there are."""
        return len(self.plain) + len(self.named)


def channel_of(event: Published, interest: Interest) -> str | None:
    """Return the channel by which an event reaches a client; None where it does not."""
    said = event.event
    if said.type == END:
        wanted = END in interest.plain or bool(MARKET_CHANNELS & interest.plain)
        return END if wanted else None
    if said.source_hash is not None and (BACKTEST, said.source_hash) in interest.named:
        return BACKTEST
    if said.session_id is not None and (SESSION, said.session_id) in interest.named:
        return SESSION
    return None


def read_channel(value: object) -> tuple[str, str | None]:
    """Return channel and id of a subscription: a plain text, or an object with `channel` and `id`.

    errors  UnknownChannel
    """
    name: object = None
    if isinstance(value, Mapping):
        unknown = sorted(str(field) for field in value.keys() - {"channel", "id"})
        if unknown:
            raise UnknownChannel(f"expected channel and id, found {unknown[0][:40]!r}")
        name = value.get("id")
        value = value.get("channel")
    if not isinstance(value, str) or value not in CHANNELS:
        raise UnknownChannel(
            f"expected one of {', '.join(sorted(CHANNELS))}, found {str(value)[:40]!r}"
        )
    if value in WITH_ID:
        if not isinstance(name, str) or not 0 < len(name) <= _ID_LENGTH_MAX:
            raise UnknownChannel(
                f'{value}: expected {{"channel":"{value}","id":...}} with {WITH_ID[value]}'
            )
        return value, name
    if name is not None:
        raise UnknownChannel(f"{value}: expected no id, it is one for all")
    return value, None


def read_filter(query: bytes) -> Filter:
    """Return the filter of a socket's address: `types`, `bots`, `sessions`, listed by commas."""
    names: dict[str, frozenset[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1")):
        if name in ("types", "bots", "sessions"):
            listed = frozenset(part for part in value.split(",") if part)
            if len(listed) > _NAMES_MAX:
                raise InvalidInput(f"{name}: expected at most {_NAMES_MAX}, found {len(listed)}")
            names[name] = listed
    return Filter(**names)


def read_query(query: bytes, name: str) -> str | None:
    """Return a value of a socket's address; None where it is not there."""
    return dict(parse_qsl(query.decode("latin-1"))).get(name)
