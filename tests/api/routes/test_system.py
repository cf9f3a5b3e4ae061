"""Status, heartbeat, halt and end over real HTTP."""

import time

from tests.api.routes.conftest import Desk


def test_the_host_is_halted_and_resumed(desk: Desk) -> None:
    assert desk.ask("GET", "/api/system/status", 200, "Status")["status"] == "ok"
    desk.ask("POST", "/api/system/stop", 200, "Accepted")
    status = desk.ask("GET", "/api/system/status", 200, "Status")
    assert (status["status"], status["host"]["paused"]) == ("paused", "stopped by an operator")
    desk.ask("POST", "/api/system/start", 200, "Accepted")
    assert desk.ask("GET", "/api/system/status", 200, "Status")["status"] == "ok"


def test_storage_trouble_is_said(desk: Desk) -> None:
    host = desk.realm.services.host
    host.state.storage_trouble = "disk full"  # type: ignore[attr-defined]
    host.changes += 1  # type: ignore[attr-defined, misc]
    status = desk.ask("GET", "/api/system/status", 200, "Status")
    heartbeat = desk.ask("GET", "/api/system/heartbeat", 200, "Heartbeat")
    host.state.storage_trouble = None  # type: ignore[attr-defined]
    host.changes += 1  # type: ignore[attr-defined, misc]
    assert (status["status"], status["host"]["storage_trouble"]) == ("degraded", "disk full")
    assert heartbeat["risk"]["storage_trouble"] == "disk full"


def test_a_heartbeat_that_is_old_is_stale(desk: Desk) -> None:
    host = desk.realm.services.host
    for age_seconds, status in ((10, "ok"), (181, "stale"), (None, "none")):
        beat = None if age_seconds is None else time.time_ns() - age_seconds * 10**9
        host.state.heartbeat_ns = beat  # type: ignore[attr-defined]
        host.changes += 1  # type: ignore[attr-defined, misc]
        heartbeat = desk.ask("GET", "/api/system/heartbeat", 200, "Heartbeat")
        assert heartbeat["status"] == status


def test_equity_is_the_sum_of_all_bots(desk: Desk) -> None:
    heartbeat = desk.ask("GET", "/api/system/heartbeat", 200, "Heartbeat")
    assert heartbeat["equity"] == {"cash_balance": "100000.00", "current_value": "100000.00"}


def test_a_shutdown_is_answered_and_turns_the_switch(desk: Desk) -> None:
    assert not desk.switch.turned
    desk.ask("POST", "/api/shutdown", 202, "Accepted")
    assert desk.switch.turned
