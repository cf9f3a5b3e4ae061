"""A venue's contracts: as published, and malformed schedules refused."""

import json
from decimal import Decimal

import pytest

from forven.engine.perpetual.contracts import ContractSchedule
from forven.engine.schedules import schedule_document
from forven.primitives.errors import InvalidInput

# szDecimals, the tiers and the minimum as the venue publishes them.
LISTED = [
    ("BTC", 5, "0.1", [(0, 40), (150_000_000, 20)]),
    ("ETH", 4, "0.01", [(0, 25), (100_000_000, 15)]),
    ("SOL", 2, "0.0001", [(0, 20), (70_000_000, 10)]),
]


@pytest.mark.parametrize(("symbol", "decimals", "quantum", "tiers"), LISTED)
def test_the_listed_contracts(symbol, decimals, quantum, tiers):
    contract = ContractSchedule.named("hyperliquid").contract(symbol)
    assert contract.lot == Decimal(1).scaleb(-decimals)
    assert contract.quantum == Decimal(quantum)
    assert contract.minimum_micros == 10_000_000
    assert [(t.from_micros // 10**6, t.leverage) for t in contract.tiers] == tiers


@pytest.mark.data
def test_size_decimals_are_those_of_the_recorded_meta(shared_data):
    path = shared_data / "hyperliquid" / "testnet_frames_2026-07-28.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    meta = next(each["frame"] for each in records if each["name"] == "meta_4_entries")
    listed = ContractSchedule.named("hyperliquid").contracts
    checked = [each for each in meta["universe"] if each["name"] in listed]
    assert len(checked) == 3
    for each in checked:
        assert listed[each["name"]].lot == Decimal(1).scaleb(-each["szDecimals"])


def test_a_symbol_that_is_not_listed_is_refused():
    with pytest.raises(InvalidInput, match="hyperliquid: expected one of BTC, ETH, SOL, found 'DO"):
        ContractSchedule.named("hyperliquid").contract("DOGE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size_decimals": 7}, "contracts.contracts.BTC.size_decimals must be a whole number from"),
        ({"tiers": "40"}, "contracts.contracts.BTC.tiers must be a list, was str"),
        ({"tiers": []}, "BTC: expected margin tiers that begin at 0 and rise, found none"),
        ({"tiers": [{"from": "0", "leverage": 0}]}, r"tiers\[0\].leverage must be a whole number"),
        ({"tiers": [{"from": 0, "leverage": 5}]}, r"tiers\[0\].from must be a decimal string"),
    ],
)
def test_a_malformed_contract_is_refused(change, message):
    document = schedule_document("perpetual_contracts", "hyperliquid")
    document["contracts"]["BTC"] |= change
    with pytest.raises(InvalidInput, match=message):
        ContractSchedule.from_json(document)
