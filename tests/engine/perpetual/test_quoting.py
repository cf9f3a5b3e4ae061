"""Blocks of pegged orders and the quoter: defaults, units, and what is refused."""

import pytest

from forven.engine.perpetual.quoting import PegBlock, PerpetualReprice, Quoter
from forven.kernels.schema import INT64_MAX
from forven.primitives.errors import InvalidInput
from tests.market.perpetual.made_ticks import CONTRACT


def test_an_opening_order_follows_the_mid_without_conceding_or_waiting():
    opening = PerpetualReprice().opening
    assert (opening.nudge_ns, opening.interval_ns) == (INT64_MAX, 0)
    assert opening.concession_quanta(CONTRACT) == INT64_MAX


def test_a_closing_order_concedes_until_it_fills():
    closing = PerpetualReprice().closing
    assert (closing.nudge_ns, closing.interval_ns) == (15 * 10**9, 10**9)


def test_a_cap_counts_in_the_contracts_quanta():
    assert PegBlock(max_concession="1.5").concession_quanta(CONTRACT) == 15
    with pytest.raises(InvalidInput, match=r"max_concession must be a multiple of 0.1 \(PERP\), w"):
        PegBlock(max_concession="1.55").concession_quanta(CONTRACT)


def test_documents_read_back():
    reprice = PerpetualReprice(opening=PegBlock(nudge_after_ms=5, max_concession="2"))
    assert PerpetualReprice.from_json(reprice.to_json()) == reprice
    assert PerpetualReprice.from_json({}) == PerpetualReprice()
    quoter = Quoter(size="0.1", position_max="1", offset_ticks=0)
    assert Quoter.from_json(quoter.to_json()) == quoter


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"enabled": 1}, "enabled must be true or false"),
        ({"nudge_after_ms": 0}, "nudge_after_ms must be a whole number from 1"),
        ({"min_interval_ms": -1}, "min_interval_ms must be a whole number from 0"),
        ({"flat_tolerance_ticks": 1_001}, "flat_tolerance_ticks must be a whole number from 0"),
        ({"max_concession": "-1"}, "max_concession must be a decimal string"),
        ({"max_concession": 1}, "max_concession must be a decimal string"),
    ],
)
def test_a_block_that_cannot_be_is_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        PegBlock(**change)
    with pytest.raises(InvalidInput, match=f"reprice.opening.{message}"):
        PerpetualReprice.from_json({"opening": change})


def test_an_exit_has_no_cap():
    with pytest.raises(InvalidInput, match=r"closing\.max_concession must be null, was '1'"):
        PerpetualReprice(closing=PegBlock(max_concession="1"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": "0"}, "size must be a decimal string"),
        ({"position_max": 1}, "position_max must be a decimal string"),
        ({"offset_ticks": 1_001}, "offset_ticks must be a whole number from 0 to 1000"),
        ({"retry_ms": -1}, "retry_ms must be a whole number from 0"),
    ],
)
def test_a_quoter_that_cannot_be_is_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        Quoter(**({"size": "1", "position_max": "1"} | change))


def test_a_quoter_needs_a_size_and_a_limit():
    with pytest.raises(InvalidInput, match=r"quoter\.position_max must be given"):
        Quoter.from_json({"size": "1"})
    with pytest.raises(InvalidInput, match="quoter must be an object"):
        Quoter.from_json("on")
