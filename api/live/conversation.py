"""What a client says on the live socket: who it is, what it wants to hear; all else is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.guard.keys import Key
from api.live.client import Client
from api.live.interest import (
    PUBLIC_CHANNELS,
    ChannelForbidden,
    Interest,
    UnknownChannel,
    read_channel,
)
from api.live.timing import Timing
from forven.primitives.errors import ForvenError, InvalidInput

NOT_TEXT, NOT_JSON, POLICY = 1003, 1007, 1008
_ANSWERS_MAX = 64
_CURSOR_MAX = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Closing:
    """Why the server ends a conversation: a close code and a word."""

    code: int
    reason: str


class Conversation:
    """Takes one client's messages, in order; each may be answered, or be the last.

    access  None until the client said who it is; `token` hears everything, `public` little
    """

    def __init__(self, client: Client, key: Key, access: str | None, timing: Timing) -> None:
        self._client = client
        self._key = key
        self._timing = timing
        self._budget = float(timing.frames_max)
        self._counted_at = 0.0
        self.access = access

    def hear(self, message: Mapping[str, Any], now: float) -> Closing | None:
        """Take a message of the socket; return why the conversation ends, if it does."""
        rate = self._timing.frames_max / self._timing.frames_seconds
        self._budget += (now - self._counted_at) * rate if self._counted_at else 0.0
        self._budget = min(self._budget, self._timing.frames_max) - 1.0
        self._counted_at = now
        if self._budget < 0.0 or self._client.answers_waiting >= _ANSWERS_MAX:
            return Closing(POLICY, "too many messages")
        text = message.get("text")
        if text is None:
            return Closing(NOT_TEXT, "expected text, found binary")
        try:
            said = orjson.loads(text)
        except orjson.JSONDecodeError:
            return Closing(NOT_JSON, "expected JSON")
        if not isinstance(said, dict):
            return Closing(POLICY, "expected a JSON object")
        return self._answer(said)

    def _answer(self, said: dict[str, Any]) -> Closing | None:
        """Answer an object: authentication, a subscription or nothing we know."""
        if "token" in said or "auth" in said:
            return self._authenticate(said)
        if self.access is None:
            return Closing(POLICY, "expected auth or token first")
        action = said.get("action")
        if action in ("subscribe", "unsubscribe"):
            try:
                self._subscribe(said, action == "subscribe")
            except ForvenError as error:
                self._refuse(error)
        elif isinstance(self._client.wants, Interest):
            self._refuse(InvalidInput("expected action subscribe or unsubscribe"))
        return None

    def _authenticate(self, said: dict[str, Any]) -> Closing | None:
        """Take who the client is; from here on it hears channels only."""
        if "token" in said:
            token = said["token"]
            if not isinstance(token, str):
                return Closing(POLICY, "expected token as text")
            offered = [token.encode("utf-8")]
            if self._key.configured and not self._key.opens(offered):
                return Closing(POLICY, "unauthorized")
            self.access = "token"
        elif said["auth"] == "public":
            self.access = "public"
        else:
            return Closing(POLICY, 'expected "auth":"public" or "token":"..."')
        self._client.want(Interest())
        self._client.answer({"channel": "auth", "type": "ack", "access": self.access})
        return None

    def _subscribe(self, said: dict[str, Any], begins: bool) -> None:
        """Begin or end to hear channels: all of those named, or none where one is not accepted."""
        listed = said.get("channels", [said["channel"]] if "channel" in said else [])
        if not isinstance(listed, list) or not listed:
            raise UnknownChannel("expected channels, a list of at least one")
        before = self._client.wants
        wants = before if isinstance(before, Interest) else Interest()
        for channel, name in [read_channel(item) for item in listed]:
            if begins and self.access == "public" and channel not in PUBLIC_CHANNELS:
                raise ChannelForbidden(f"{channel}: expected a token, found the public")
            wants = (
                wants.with_channel(channel, name)
                if begins
                else wants.without_channel(channel, name)
            )
        if len(wants) > self._timing.subscriptions_max:
            raise InvalidInput(
                f"expected at most {self._timing.subscriptions_max} subscriptions, found more"
            )
        self._client.want(wants, _read_cursor(said))
        self._client.answer(
            {
                "channel": "ack",
                "type": "ack",
                "action": said["action"],
                "channels": sorted(wants.plain)
                + [{"channel": channel, "id": name} for channel, name in sorted(wants.named)],
            }
        )

    def _refuse(self, error: ForvenError) -> None:
        """Say what was wrong with a message; the conversation goes on."""
        codes: dict[type[ForvenError], str] = {
            UnknownChannel: "unknown_channel",
            ChannelForbidden: "channel_forbidden",
        }
        code = codes.get(type(error), "invalid_input")
        self._client.answer(
            {"channel": "error", "type": "error", "error": code, "detail": str(error)}
        )


def _read_cursor(said: Mapping[str, Any]) -> int | None:
    """Return the cursor a subscription resumes from; None where it names none."""
    cursor = said.get("cursor")
    if cursor is None:
        return None
    if isinstance(cursor, bool) or not isinstance(cursor, int) or not 0 <= cursor <= _CURSOR_MAX:
        raise InvalidInput("cursor: expected a whole number, 0 or more")
    return cursor
