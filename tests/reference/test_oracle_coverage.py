"""The random worlds are worth comparing: in a sample everything the page names really happens."""

from collections import Counter

import numpy as np
import pytest

from forven.engine.journal import NAMES
from forven.kernels import schema
from tests.reference.comparison import Outcome, oracle_outcomes
from tests.reference.journal import reasons_of
from tests.reference.scenarios import world_of

SAMPLE = range(2_000)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [outcome for seed in SAMPLE for outcome in oracle_outcomes(world_of(seed))]


def counted(outcomes: list[Outcome]) -> Counter[str]:
    """Count events, reasons with their event and stage, and how sessions stand at the end."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts[f"status {outcome.facts['STATUS']}"] += 1
        for row in outcome.journal:
            event = NAMES["EVENT"][row[schema.JOURNAL_KIND]]
            counts[event] += 1
            for reason in reasons_of(row):
                stage = f" {row[schema.JOURNAL_B]}" if event == "order_rejected" else ""
                spoken = NAMES["REASON"][reason]
                counts[f"{event} {spoken}{stage}"] += 1
                counts[spoken] += 1
    return counts


def test_every_event_and_every_reason_occurs(outcomes):
    counts = counted(outcomes)
    for name in sorted(counts):
        print(f"{counts[name]:8d} {name}")
    absent = {*NAMES["EVENT"].values(), *NAMES["REASON"].values()} - set(counts)
    assert not absent
    for rare in (
        "order_rejected buying_power 1",
        "order_rejected not_held 1",
        "order_rejected opposite_held 1",
        "order_rejected max_positions 1",
        "command_refused buying_power",
        "command_refused not_a_limit",
    ):
        assert counts[rare], rare


def test_every_way_to_end_occurs(outcomes):
    counts = counted(outcomes)
    for status in range(schema.STATUS_COMPLETED, schema.STATUS_FAILED + 1):
        assert counts[f"status {status}"], status
    assert counts[f"status {schema.STATUS_RUNNING}"], "a settlement value that never comes"


def test_the_quotes_hold_every_kind_of_quote():
    planes = np.concatenate([world_of(seed).quotes.reshape(3, -1) for seed in range(200)], axis=1)
    bid, ask, mark2 = planes
    assert np.any(ask == schema.MISSING)
    assert np.any(bid == 0)
    assert np.any((bid > ask) & (ask > 0))
    assert np.any((bid == ask) & (ask > 0))
    assert np.any(mark2 < schema.MISSING)


def test_a_seed_is_the_whole_address_of_a_world():
    for seed in (3, 99, 12_345):
        one, other = world_of(seed), world_of(seed)
        for name in ("quotes", "clock", "instruments", "session", "plans", "commands"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
