"""The rate limit: steady refill, separate clients, bounded memory, closed where it cannot count."""

import httpx
import pytest

from api.guard.guard import Guard
from api.guard.rates import CLIENTS_MAX, LimitUnavailable, RateLimit, client_name
from tests.api.guard.visitors import Echo
from tests.api.serving import open_settings, served


class Clock:
    """A clock that a test sets, or breaks."""

    def __init__(self) -> None:
        self.now: float | None = 1_000.0

    def __call__(self) -> float:
        if self.now is None:
            raise OSError("the clock is gone")
        return self.now


def test_a_client_may_spend_all_at_once_and_gets_it_back_steadily() -> None:
    clock = Clock()
    rate = RateLimit(60, 60.0, clock)
    assert [rate.seconds_to_wait("a") for _ in range(61)] == [0] * 60 + [1]
    assert rate.seconds_to_wait("b") == 0
    clock.now = 1_000.5
    assert rate.seconds_to_wait("a") == 1
    clock.now = 1_001.0
    assert [rate.seconds_to_wait("a"), rate.seconds_to_wait("a")] == [0, 1]
    clock.now = 2_000.0
    assert [rate.seconds_to_wait("a") for _ in range(61)] == [0] * 60 + [1]


def test_a_slow_rate_says_how_long_to_wait() -> None:
    clock = Clock()
    rate = RateLimit(1, 3_600.0, clock)
    assert rate.seconds_to_wait("a") == 0
    assert rate.seconds_to_wait("a") == 3_600
    clock.now = 1_000.0 + 3_599.5
    assert rate.seconds_to_wait("a") == 1


def test_clients_beyond_the_memory_cannot_be_counted_until_others_are_forgotten() -> None:
    clock = Clock()
    rate = RateLimit(2, 10.0, clock, clients_max=3)
    assert [rate.seconds_to_wait(name) for name in "abc"] == [0, 0, 0]
    with pytest.raises(LimitUnavailable):
        rate.seconds_to_wait("d")
    assert rate.seconds_to_wait("a") == 0  # who is known is counted on
    assert rate.seconds_to_wait("a") > 0
    clock.now = 1_010.0
    assert rate.seconds_to_wait("d") == 0
    assert rate.seconds_to_wait("a") == 0


def test_who_has_a_key_is_counted_by_it_however_crowded_the_addresses_are() -> None:
    clock = Clock()
    rate = RateLimit(2, 10.0, clock, clients_max=3)
    for name in "abc":
        rate.seconds_to_wait(name)
    assert [rate.holder_seconds_to_wait("API key") for _ in range(3)] == [0, 0, 5]
    assert rate.holder_seconds_to_wait("operator key") == 0
    with pytest.raises(LimitUnavailable):
        rate.seconds_to_wait("d")
    clock.now = 1_005.0
    assert rate.holder_seconds_to_wait("API key") == 0
    clock.now = None
    with pytest.raises(LimitUnavailable):
        rate.holder_seconds_to_wait("API key")


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_counted_by_address_or_network(peer: str, name: str) -> None:
    assert client_name(peer) == name


def test_over_http_the_refusal_says_when_to_come_back_and_health_goes_on() -> None:
    echo, clock = Echo(), Clock()
    settings = open_settings(rate_limit_enabled=True, rate_limit_default="3/minute", api_key="k")
    key = {"x-api-key": "k"}
    with (
        served(Guard(echo, settings, clock=clock), settings) as running,
        httpx.Client(base_url=running.url, trust_env=False, verify=False) as client,
    ):
        assert [client.get("/bots", headers=key).status_code for _ in range(3)] == [200] * 3
        answer = client.get("/bots", headers=key)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "20"
        assert answer.json()["error"] == "rate_limit_exceeded"
        assert answer.json()["retry_after_seconds"] == 20
        assert [client.get("/health").status_code for _ in range(9)] == [200] * 9
        # without its key the client is another one, which also gets three tries at guessing
        guesses = [client.get("/bots", headers={"x-api-key": "x"}) for _ in range(4)]
        assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
        clock.now = 1_020.0
        assert client.get("/bots", headers=key).status_code == 200


def test_a_crowd_of_addresses_keeps_no_key_from_changing_something() -> None:
    settings = open_settings(rate_limit_enabled=True, api_key="k", operator_key="o")
    guard = Guard(Echo(), settings, clock=Clock())
    with (
        served(guard, settings) as running,
        httpx.Client(base_url=running.url, trust_env=False, verify=False) as client,
    ):
        for number in range(CLIENTS_MAX):
            guard._rate.seconds_to_wait(str(number))  # type: ignore[union-attr]
        answer = client.post("/bots")
        assert (answer.status_code, answer.json()["error"]) == (503, "rate_limit_unavailable")
        assert client.post("/bots", headers={"x-api-key": "k"}).status_code == 200
        assert client.post("/api/shutdown", headers={"x-operator-key": "o"}).status_code == 200


def test_where_counting_fails_reads_pass_and_writes_do_not() -> None:
    echo, clock = Echo(), Clock()
    settings = open_settings(rate_limit_enabled=True)
    with (
        served(Guard(echo, settings, clock=clock), settings) as running,
        httpx.Client(base_url=running.url, trust_env=False, verify=False) as client,
    ):
        clock.now = None
        assert client.get("/bots").status_code == 200
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.request(method, "/bots")
            assert answer.status_code == 503
            assert answer.json()["error"] == "rate_limit_unavailable"
        clock.now = 1.0
        assert client.post("/bots").status_code == 200
    assert [call["method"] for call in echo.calls] == ["GET", "POST"]
