"""The rules of rows: one sentence each, the same in the code and on the page."""

import numpy as np
import pytest

from forven.market.perpetual import rules
from forven.market.perpetual.readers import hyperliquid
from tests.architecture.sources import ROOT

KINDS = {**rules.BAD_ROWS, **rules.LEFT_OUT, **hyperliquid.LEFT_OUT, **rules.NOTED}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_on_the_page_with_its_sentence(kind):
    page = (ROOT / "docs" / "DATA.md").read_text("utf-8").split("\n## Perpetuals\n")[1]
    assert f"| `{kind}` | {KINDS[kind]} |" in page.splitlines()


def columns(**given):
    good = {"ts": 10**12, "arrival": 10**12, "bid": 5, "ask": 6, "bid_size": 1, "ask_size": 1}
    good |= {"last": 5, "last_size": 1, "aggressor": 0, "mark": 5}
    return {name: np.array([value], np.int64) for name, value in (good | given).items()}


def kind_of(codes):
    return None if codes[0] < 0 else list(rules.BAD_ROWS)[codes[0]]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, None),
        ({"bid": -1, "bid_size": -7}, None),
        ({"bid": -1, "ask": -1}, None),
        ({"bid": 10**9, "ask": 10**9, "ask_size": 2 * 10**8}, None),
        ({"bid": 0}, "bad_price"),
        ({"ask": -2}, "bad_price"),
        ({"ask": 10**9 + 1}, "too_large"),
        ({"bid_size": -1}, "bad_size"),
        ({"ask_size": 2 * 10**8 + 1}, "size_too_large"),
        ({"arrival": -1}, "bad_arrival"),
        ({"arrival": 10**12 - 60 * 10**9}, None),
        ({"bid": 0, "ask_size": -1}, "bad_price"),
    ],
)
def test_quotes(given, kind):
    assert kind_of(rules.quote_codes(columns(**given))) == kind


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, None),
        ({"last_size": 0}, None),
        ({"last": -1}, "bad_price"),
        ({"last": 10**9 + 1}, "too_large"),
        ({"last_size": -1}, "bad_size"),
        ({"last_size": 2 * 10**8 + 1}, "size_too_large"),
        ({"aggressor": -2}, "bad_aggressor"),
        ({"arrival": 0}, "bad_arrival"),
    ],
)
def test_trades(given, kind):
    assert kind_of(rules.trade_codes(columns(**given))) == kind


@pytest.mark.parametrize(
    ("mark", "kind"), [(1, None), (0, "bad_price"), (-1, "bad_price"), (10**9 + 1, "too_large")]
)
def test_marks(mark, kind):
    assert kind_of(rules.mark_codes(columns(mark=mark))) == kind
