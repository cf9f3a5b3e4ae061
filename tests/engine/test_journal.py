"""The journal: what the digest covers, and every row as a named event."""

import hashlib

import numpy as np
import pytest

from forven.engine import journal
from forven.engine.session import run_day
from forven.kernels import schema
from tests.engine.conftest import CASH


@pytest.fixture(scope="module")
def rows(coarse_day, many_plans):
    return run_day(coarse_day, many_plans[:1], [CASH])[0].rows


def test_the_digest_is_the_sha256_of_the_rows_without_the_bot(rows):
    expected = hashlib.sha256()
    for row in rows.tolist():
        for value in row[1:]:
            expected.update(value.to_bytes(8, "little", signed=True))
    assert journal.digest(rows) == expected.hexdigest()


def test_the_digest_does_not_know_the_bot_but_every_other_cell(rows):
    moved = rows.copy()
    moved[:, schema.JOURNAL_BOT] = 9
    assert journal.digest(moved) == journal.digest(rows)
    for column in range(1, schema.JOURNAL_WIDTH):
        changed = rows.copy()
        changed[-1, column] += 1
        assert journal.digest(changed) != journal.digest(rows)


def test_the_digest_does_not_depend_on_the_layout_in_memory(rows):
    assert journal.digest(np.asfortranarray(rows)) == journal.digest(rows)


def test_a_session_reads_as_events(rows):
    found = list(journal.events(rows))
    assert [event["sequence"] for event in found] == list(range(len(rows)))
    placed = next(event for event in found if event["event"] == "order_placed")
    assert (placed["kind"], placed["block"], placed["origin"]) == ("limit", "opening", "entry")
    legs = [event for event in found if event["event"] == "order_leg" and event["order"] == 1]
    assert [(leg["ratio"], leg["effect"]) for leg in legs] == [(1, "open"), (-1, "open")]
    filled = next(event for event in found if event["event"] == "order_filled")
    values = [
        event["value"]
        for event in found
        if event["event"] == "leg_filled" and event["order"] == filled["order"]
    ]
    assert sum(values) == filled["net"]
    signal = next(event for event in found if event["event"] == "exit_signal")
    assert signal["reason"] in ("profit_target", "stop_loss", "time")
    assert found[-1]["event"] == "session_ended"
    assert found[-1]["status"] == "completed"


@pytest.mark.parametrize(
    ("prefix", "code", "name"),
    [
        ("EVENT", schema.EVENT_SETTLED, "settled"),
        ("REASON", schema.REASON_DAILY_LOSS, "daily_loss"),
        ("STATUS", schema.STATUS_COMPLETED, "completed"),
        ("STATUS", schema.STATUS_HALTED, "halted"),
        ("ORIGIN", schema.ORIGIN_FLATTEN, "flatten"),
        ("EFFECT", schema.EFFECT_CLOSE, "close"),
        ("BLOCK", schema.BLOCK_CLOSING, "closing"),
        ("REASON", 99, "99"),
    ],
)
def test_codes_have_names(prefix, code, name):
    assert journal.code_name(prefix, code) == name


def test_every_event_of_the_schema_can_be_read():
    kinds = [value for name, value in vars(schema).items() if name.startswith("EVENT_")]
    rows = np.zeros((len(kinds), schema.JOURNAL_WIDTH), dtype=np.int64)
    rows[:, schema.JOURNAL_KIND] = kinds
    found = list(journal.events(rows))
    assert len({event["event"] for event in found}) == len(kinds)
    refused = next(event for event in found if event["event"] == "command_refused")
    assert refused["command"] == "place"
