"""What is said of a backtest that never entered."""

import pytest

from forven.research.entries import no_entry_text
from tests.research.conftest import DAYS, run


def long_call(**fields: object) -> dict[str, object]:
    return {
        "legs": [{"side": "buy", "right": "call", "strike": {"method": "atm"}}],
        "entry": {"times": ["10:00"]},
    } | fields


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (long_call(quantity=1000), f"{DAYS} refused for want of buying power."),
        (
            long_call(
                legs=[{"side": "buy", "right": "put", "strike": {"method": "strike", "value": "9"}}]
            ),
            f"{DAYS} found no valid strike in the chain.",
        ),
    ],
)
def test_tries_that_ended_without_a_fill_are_counted_by_reason(catalog, strategy, said):
    result = run(catalog, strategy=strategy)
    assert no_entry_text(result.records).endswith(said)
    assert result.warnings[0] == no_entry_text(result.records)


def test_a_strategy_that_never_tried_is_told_so(catalog):
    result = run(catalog, strategy=long_call())
    quiet = [record for record in result.records if record.day.weekday() != 0][:1]
    days = ["mon", "tue", "wed", "thu", "fri"]
    others = [name for index, name in enumerate(days) if index != quiet[0].day.weekday()]
    entry = {"times": ["10:00"], "weekdays": others}
    day = quiet[0].day.isoformat()
    idle = run(catalog, strategy=long_call(entry=entry), first_day=day, last_day=day)
    assert "it tried none" in idle.warnings[0]
    assert not any("No entry" in text for text in result.warnings)
