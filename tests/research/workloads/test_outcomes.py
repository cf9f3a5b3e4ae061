import numpy as np

from forven.kernels import schema
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.outcomes import (
    ENTRY_FRAME,
    ENTRY_NET,
    EXIT_FRAME,
    EXIT_NET,
    NOT_ENTERED,
    SETTLED,
    outcomes_digest,
    outcomes_of,
)


def test_an_outcome_is_the_first_fill_of_a_bot_and_the_next(day_settings) -> None:
    bots = day_bots(day_settings)[0]
    results = run_bots(bots, 1)
    found = outcomes_of(bots.day, results)
    for row, result in zip(found, results):
        filled = [one for one in result.rows if one[schema.JOURNAL_KIND] == 4]
        assert row[ENTRY_NET] == filled[0][schema.JOURNAL_A] > 0
        assert row[EXIT_NET] == filled[1][schema.JOURNAL_A] < 0
        assert row[ENTRY_FRAME] < row[EXIT_FRAME]


def test_who_never_entered_and_who_never_left_are_told_apart(day_settings) -> None:
    bots = day_bots(day_settings)[0]
    one, other = run_bots(bots, 1)[:2]
    kinds = one.rows[:, schema.JOURNAL_KIND]
    last = np.flatnonzero(kinds == schema.EVENT_ORDER_FILLED)[1]
    kept = type(one)(rows=one.rows[:last], state=one.state, financials=one.financials)
    none = type(one)(rows=other.rows[:0], state=other.state, financials=other.financials)
    found = outcomes_of(bots.day, [kept, none])
    assert found[0, EXIT_FRAME] == SETTLED
    assert found[1].tolist() == [NOT_ENTERED, 0, 0, 0]
    assert outcomes_digest([(bots.day, [kept])]) != outcomes_digest([(bots.day, [one])])
