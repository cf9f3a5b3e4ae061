"""The load generator counts what was answered, how fast and how well."""

import asyncio
from dataclasses import replace

import pytest

from benchmarks.api.load import Load, finished, measured, started, summary
from tests.api.guard.visitors import Echo
from tests.api.serving import served


def test_every_request_reaches_the_server_and_is_counted_once() -> None:
    echo = Echo()
    with served(echo) as running:
        load = Load(url=running.url, paths=("/a", "/b"), connections=3, seconds=0.5)
        result = finished(started(load))
    assert result["requests"] == len(echo.calls) > 3
    assert {call["path"] for call in echo.calls} == {"/a", "/b"}
    assert 0 < result["p50_ms"] <= result["p99_ms"] <= result["most_ms"]
    assert result["not_200"] == 0


def test_a_steady_pace_is_kept_and_late_answers_count_from_their_plan() -> None:
    with served(Echo()) as running:
        load = Load(url=running.url, paths=("/a",), connections=4, seconds=1.0, per_second=50.0)
        result = asyncio.run(measured(load))
        assert 0 < result["requests"] <= 54  # a slow machine makes fewer, none makes more
        # A million a second cannot be kept: what waits its turn is late, and that is shown.
        late = asyncio.run(measured(replace(load, connections=1, per_second=1e6)))
    assert late["most_ms"] > 200


def test_a_summary_says_what_went_wrong() -> None:
    result = summary([0.001] * 98 + [0.5, 0.7], [503, 503], 2.0)
    assert (result["per_second"], result["p50_ms"], result["p99_ms"]) == (50.0, 1.0, 700.0)
    assert (result["not_200"], result["statuses"]) == (2, [503])


def test_a_server_that_hangs_up_ends_the_load() -> None:
    with served(Echo()) as running:
        url = running.url
    with pytest.raises(OSError, match="onnect"):
        asyncio.run(measured(Load(url=url, paths=("/a",), connections=1, seconds=0.1)))
