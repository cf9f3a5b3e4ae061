"""Decisions: the journal's events and the log's entries as one list."""

from forven.bots.services.decisions import journal_decisions, log_decisions
from tests.bots.conftest import BOT_ID, SESSION_ID


def test_events_become_decisions_with_an_action_and_a_sentence(condor_sessions):
    actions = {}
    for result in condor_sessions:
        for ts, sequence, document in journal_decisions(result.rows, SESSION_ID, BOT_ID):
            actions.setdefault(document["event_trigger"], document)
            assert document["id"] == f"{SESSION_ID}:journal:{sequence}"
            assert document["bot_id"] == BOT_ID
            assert result.rows[0, 2] <= ts
    assert actions["order_filled"]["action_type"] == "trade"
    assert actions["halt"]["action_type"] == "blocked"
    assert actions["halt"]["action_data"]["reason"] == "daily_loss"
    assert "." in actions["halt"]["action_data"]["loss"]
    assert actions["exit_signal"]["reasoning"].startswith("exit signal: entry ")
    assert "leg_filled" not in actions


def test_a_logs_entries_are_observations_and_errors():
    entries = [
        {
            "sequence": 1,
            "datetime": "2024-01-02T14:34:30Z",
            "kind": kind,
            "level": "info",
            "message": "text",
            "data": None,
        }
        for kind in ("log", "signal", "error")
    ]
    found = log_decisions(entries, [1, 2, 3], SESSION_ID, BOT_ID)
    assert [document["action_type"] for _, _, document in found] == [
        "observation",
        "observation",
        "error",
    ]
    assert [ts for ts, _, _ in found] == [1, 2, 3]
