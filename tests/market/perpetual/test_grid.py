"""The price grid against an independent implementation in Decimals, and its errors."""

from decimal import Decimal
from random import Random

import pytest

from forven.kernels.perpetual_schema import PRICE_MAX
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.market.perpetual.grid import PriceGrid
from forven.primitives.errors import InvalidOrder

TIERS = (MarginTier(from_micros=0, leverage=10),)


def hyperliquid(size_decimals: int) -> PerpetualContract:
    return PerpetualContract.hyperliquid("COIN", size_decimals, TIERS)


def is_valid_by_the_venue(price: Decimal, size_decimals: int) -> bool:
    """The venue's sentence: five significant figures, 6 - szDecimals decimals, integers always."""
    digits = price.normalize().as_tuple()
    if digits.exponent >= 0:
        return True
    return len(digits.digits) <= 5 and -digits.exponent <= 6 - size_decimals


DOCUMENTED = [
    ("123456", 3, True),
    ("12345.6", 3, False),
    ("1234.5", 2, True),
    ("1234.56", 2, False),
    ("0.001234", 0, True),
    ("0.0012345", 0, False),
    ("0.01234", 1, True),
    ("0.012345", 1, False),
    ("123456", 5, True),
    ("99999.5", 5, False),
    ("9999.5", 5, True),
    ("100001", 5, True),
]


@pytest.mark.parametrize(("price", "size_decimals", "valid"), DOCUMENTED)
def test_the_venues_own_examples(price, size_decimals, valid):
    assert is_valid_by_the_venue(Decimal(price), size_decimals) == valid
    contract = hyperliquid(size_decimals)
    if valid:
        assert contract.price_decimal(contract.price_quanta(price)) == Decimal(price)
    else:
        with pytest.raises(InvalidOrder):
            contract.price_quanta(price)


@pytest.mark.parametrize("size_decimals", range(7))
def test_random_prices_are_valid_exactly_where_the_venue_says(size_decimals):
    random = Random(size_decimals)
    contract = hyperliquid(size_decimals)
    seen = {True: 0, False: 0}
    for _ in range(400):
        decimals = random.randint(0, 7)
        price = Decimal(random.randint(1, 10 ** random.randint(1, 8))).scaleb(-decimals)
        if price * contract.quanta_per_unit > PRICE_MAX:
            continue
        expected = is_valid_by_the_venue(price, size_decimals)
        seen[expected] += 1
        try:
            quanta = contract.price_quanta(price)
        except InvalidOrder:
            assert not expected, price
        else:
            assert expected, price
            assert contract.price_decimal(quanta) == price
    assert seen[True] >= 30
    assert size_decimals == 6 or seen[False] >= 30


@pytest.mark.parametrize("size_decimals", range(7))
def test_the_nearest_valid_prices_are_valid_and_nothing_valid_lies_between(size_decimals):
    random = Random(100 + size_decimals)
    contract = hyperliquid(size_decimals)
    grid = contract.grid
    for _ in range(200):
        quanta = random.randint(1, 10 ** random.randint(1, 9))
        below, above = grid.snap_down(quanta), grid.snap_up(quanta)
        assert below <= quanta <= above
        assert below == 0 or grid.is_valid(below)
        assert above > PRICE_MAX or grid.is_valid(above)
        assert (below == above) == grid.is_valid(quanta)
        between = range(below + 1, min(above, below + 2_000))
        assert below == above or not any(grid.is_valid(each) for each in between)


def test_snapping_a_signed_price_mirrors():
    grid = hyperliquid(0).grid
    for quanta in (1, 99_999, 100_001, 123_456, 1_234_567):
        assert grid.snap_down(-quanta) == -grid.snap_up(quanta)
        assert grid.snap_up(-quanta) == -grid.snap_down(quanta)


def test_ticks_by_magnitude():
    grid = hyperliquid(5).grid  # quantum 0.1, ten of them in 1.00
    assert [grid.tick_at(each) for each in (0, 1, 99_999, 100_000, 999_999, 10**9)] == [
        1, 1, 1, 10, 10, 10,
    ]  # fmt: skip
    assert PriceGrid(figures=0, whole_quanta=10, tick_quanta=5).tick_at(10**9) == 5


@pytest.mark.parametrize(
    ("price", "message"),
    [
        ("12345.6", r"at most 5 significant figures, .* or a whole number, found 12345\.6; near"),
        ("12345.6", r"nearest valid prices 12345\.0 and 12346\.0"),
        ("99999.5", "nearest valid prices 99999.0 and 100000.0"),
        ("1234.56", "nearest valid prices 1234.5 and 1234.6"),
        ("0.05", "price: expected 0.1 to 100000000.0, found 0.05"),
        ("0", "price: expected 0.1 to 100000000.0, found 0"),
        ("-5", "price: expected 0.1 to 100000000.0, found -5"),
        ("100000001", "price: expected 0.1 to 100000000.0, found 100000001"),
    ],
)  # fmt: skip
def test_an_error_says_what_was_expected_and_found_and_the_nearest(price, message):
    with pytest.raises(InvalidOrder, match=message):
        hyperliquid(5).price_quanta(price)


def test_a_fixed_tick_has_its_own_words():
    contract = PerpetualContract.fixed_tick("XBT", "0.5", "0.001", TIERS)
    assert contract.quanta_per_unit == 10
    assert contract.price_quanta("60000.5") == 600_005
    with pytest.raises(
        InvalidOrder,
        match=r"limit: expected a multiple of 0\.5, found 60000\.7; "
        r"nearest valid prices 60000.5 and 60001.0",
    ):
        contract.price_quanta("60000.7", "limit")
