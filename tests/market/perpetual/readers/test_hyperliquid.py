"""HyperLiquid's recorded messages: quotes, new trades once, everything else counted."""

import json

import pytest

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.readers.hyperliquid import hyperliquid_ticks, read_hyperliquid
from forven.primitives.errors import UntrustedData
from tests.market.perpetual.made_ticks import TIERS

BTC = PerpetualContract.hyperliquid("BTC", 5, TIERS)


def level(price, size):
    return {"px": price, "sz": size, "n": 1}


def bbo(ms, bid, ask, coin="BTC"):
    return {"channel": "bbo", "data": {"coin": coin, "time": ms, "bbo": [bid, ask]}}


def trade(ms, tid, side="B", price="60000.0", size="0.00016", coin="BTC"):
    return {"coin": coin, "side": side, "px": price, "sz": size, "time": ms, "tid": tid}


def trades(*each):
    return {"channel": "trades", "data": list(each)}


def read(*messages):
    return hyperliquid_ticks([json.dumps(each) for each in messages], BTC)


BID, ASK = level("60000.0", "0.5"), level("60001.0", "0.25")


@pytest.mark.data
def test_the_recorded_testnet_messages_read(shared_data):
    path = shared_data / "hyperliquid" / "testnet_frames_2026-07-28.jsonl"
    ticks = read_hyperliquid(path, BTC)
    assert ticks.quotes.drop_columns(["ts", "arrival"]).to_pydict() == {
        "bid": [634_600, 634_570, 634_570],
        "ask": [634_880, 634_880, 634_880],
        "bid_size": [2_666, 28, 28],
        "ask_size": [1_246, 1_246, 1_246],
    }
    assert [each.value for each in ticks.quotes["ts"]] == [
        1785251521889000000,
        1785251522090000000,
        1785251522402000000,
    ]
    assert ticks.trades.num_rows == 0
    assert ticks.counts["replayed_trade"] == 2
    assert ticks.counts["other_channel"] == 9


def test_a_trade_is_taken_once_and_old_ones_are_not_taken():
    ticks = read(
        trades(trade(900, 1), trade(1_100, 2)),
        bbo(1_000, BID, ASK),
        trades(trade(1_100, 2), trade(1_200, 2, "A"), trade(1_100, 3), trade(1_300, 9, coin="ETH")),
    )
    assert ticks.trades["aggressor"].to_pylist() == [1, 1, -1]
    assert [each.value // 10**6 for each in ticks.trades["ts"]] == [1_100, 1_100, 1_200]
    assert ticks.counts == {
        "duplicate_trade": 1,
        "replayed_trade": 1,
        "other_channel": 0,
        "other_coin": 1,
        "sorted": 1,
    }


def test_an_empty_side_is_missing_and_a_book_gives_its_best():
    book = {"coin": "BTC", "time": 1_005, "levels": [[BID, level("59999.0", "9")], []]}
    ticks = read(
        bbo(1_000, None, ASK), {"channel": "l2Book", "data": book}, bbo(1_010, None, None, "ETH")
    )
    assert ticks.quotes["bid"].to_pylist() == [-1, 600_000]
    assert ticks.quotes["ask"].to_pylist() == [600_010, -1]
    assert ticks.quotes["bid_size"].to_pylist() == [0, 50_000]
    assert ticks.counts["other_coin"] == 1


def test_an_arrival_that_was_recorded_is_kept_and_quotes_are_put_in_order():
    first = {"frame": bbo(1_010, BID, ASK), "arrival": 1_200_000_000}
    second = {"frame": bbo(1_000, BID, None), "arrival": 1_250_000_000}
    ticks = read(first, second)
    assert [each.value for each in ticks.quotes["ts"]] == [1_000_000_000, 1_010_000_000]
    assert [each.value for each in ticks.quotes["arrival"]] == [1_250_000_000, 1_200_000_000]
    assert ticks.counts["sorted"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: expected JSON"),
        ("[]", "line 2: expected an object, found list"),
        (json.dumps(bbo(1, BID, level("60000.05", "1"))), "line 2, bbo: price: expected a mult"),
        (json.dumps(bbo(1, BID, level("NaN", "1"))), "line 2, bbo: price or size: expected a dec"),
        (json.dumps(bbo(1, BID, level("x", "1"))), "line 2: expected a bbo message"),
        (json.dumps(bbo(1, BID, {"px": "1"})), "line 2: expected a bbo message of HyperLiquid"),
        (json.dumps(bbo("now", BID, ASK)), "line 2, bbo: time: expected milliseconds"),
        (json.dumps(bbo(-1, BID, ASK)), "line 2, bbo: time: expected milliseconds"),
        (json.dumps(trades(trade(1, 1, "X"))), "line 2: expected a trades message"),
        (json.dumps({"channel": "bbo"}), "line 2: expected a bbo message"),
        (json.dumps({"channel": "bbo", "data": 5}), "line 2: expected a bbo message"),
        (json.dumps({"frame": bbo(1, BID, ASK), "arrival": 1.5}), "expected arrival in nanosecon"),
    ],
)
def test_a_message_of_another_form_is_refused_with_its_line(line, message):
    with pytest.raises(UntrustedData, match=message):
        hyperliquid_ticks([json.dumps(bbo(1_000, BID, ASK)), line], BTC)


def test_messages_without_quotes_of_the_coin_are_refused():
    with pytest.raises(UntrustedData, match="messages: expected quotes of BTC, found none"):
        read(bbo(1, BID, ASK, "ETH"))
