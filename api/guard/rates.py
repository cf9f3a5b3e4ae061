"""The rate limit: a bucket of tokens per client, refilled steadily, in bounded memory.

Clients are counted by their address, of which there are countless; holders of a configured key by
the key, of which there are two. Addresses share a bounded memory, keys always have their place.
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable

from forven.primitives.errors import ForvenError

CLIENTS_MAX = 10_000
Bucket = tuple[float, float]
"""Tokens, and when there were that many."""


class LimitUnavailable(ForvenError):
    """The limiter cannot count this client: its memory is full or its bookkeeping failed."""


class RateLimit:
    """`requests` in `seconds` for each client, all at once or spread."""

    def __init__(
        self,
        requests: int,
        seconds: float,
        clock: Callable[[], float],
        clients_max: int = CLIENTS_MAX,
    ) -> None:
        self._capacity = float(requests)
        self._seconds = seconds
        self._refill = requests / seconds
        self._clock = clock
        self._clients_max = clients_max
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._holders: dict[str, Bucket] = {}

    def seconds_to_wait(self, client: str) -> int:
        """Take one token of a client: 0 where there was one, else whole seconds until there is.

        errors  LimitUnavailable where this client cannot be counted
        """
        now = self._now()
        bucket = self._buckets.pop(client, None)
        if len(self._buckets) >= self._clients_max:
            self._forget(now)
        self._buckets[client], wait_seconds = self._taken(bucket, now)
        return wait_seconds

    def holder_seconds_to_wait(self, key: str) -> int:
        """Take one token of a configured key's holder, who is never forgotten or without room.

        errors  LimitUnavailable where nothing can be counted
        """
        self._holders[key], wait_seconds = self._taken(self._holders.get(key), self._now())
        return wait_seconds

    def _now(self) -> float:
        """Return the time; a broken clock must close the guard and not open it."""
        try:
            return self._clock()
        except Exception as error:  # whatever failed, the guard must fail closed
            raise LimitUnavailable(f"expected to count requests, found {error}") from error

    def _taken(self, bucket: Bucket | None, now: float) -> tuple[Bucket, int]:
        """Return a bucket less one token, if it had one, and the seconds until it has."""
        tokens, since = bucket or (self._capacity, now)
        tokens = min(self._capacity, tokens + (now - since) * self._refill)
        if tokens >= 1.0:
            return (tokens - 1.0, now), 0
        return (tokens, now), max(1, math.ceil((1.0 - tokens) / self._refill))

    def _forget(self, now: float) -> None:
        """Let go the clients that have not come for so long that forgetting changes nothing."""
        while self._buckets:
            oldest = next(iter(self._buckets))
            if now - self._buckets[oldest][1] < self._seconds:
                break
            del self._buckets[oldest]
        if len(self._buckets) >= self._clients_max:
            raise LimitUnavailable(f"expected at most {self._clients_max} clients, found more")


def client_name(peer: str) -> str:
    """Return what a peer is counted by: its address, of IPv6 the network of 64 bits."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if address.version == 4 or address.ipv4_mapped is not None:
        return str(getattr(address, "ipv4_mapped", None) or address)
    return str(ipaddress.ip_network((peer.partition("%")[0], 64), strict=False))
