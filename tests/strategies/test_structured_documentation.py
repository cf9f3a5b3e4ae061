"""The documentation's JSON is run: what it shows is accepted, and means what it says."""

import json
import re
from pathlib import Path

from forven.engine.fees import FeeSchedule
from forven.strategies.structured import parse_strategy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "STRATEGIES.md"


def test_every_document_shown_is_accepted():
    first, second, schedule = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert parse_strategy(first).name == "Put credit spread"
    assert len(parse_strategy(second).legs) == 2
    assert FeeSchedule.from_json(json.loads(schedule)).open_from == 1_150_000
