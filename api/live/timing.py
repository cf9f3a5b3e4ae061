"""How often and how long: the times and bounds of the live socket."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds and counts, which tests make shorter.

    tick          between two rounds of values (prices, profits, chains) to a client
    round_gap     between two rounds of events; what comes in between goes out together
    send          a message may wait for a client, twice in a row at most
    auth          for the first message of a client that must say who it is
    events_max    ring events or values in one message
    frames_max    messages that a client may send in `frames_seconds`
    """

    tick: float = 1.0
    round_gap: float = 0.02
    ping: float = 3.0
    send: float = 2.5
    timeouts_max: int = 2
    auth: float = 5.0
    events_max: int = 500
    frames_max: int = 60
    frames_seconds: float = 10.0
    clients_max: int = 5_000
    subscriptions_max: int = 200
