"""The quoter's fills against a loop written from docs/PERPETUALS.md for this one plan."""

from typing import Any

import numpy as np
import pytest

from forven.research.workloads.quote_stream import (
    FILLS_PART,
    POSITION_MAX,
    Quotes,
    fills_digest,
    perpetual_stream,
    short_part,
)
from forven.research.workloads.quotes import QuoteStream, quote_stream
from forven.research.workloads.sizes import SEED, Size


def settings(size: Size, model: str = "touch", latency_us: int = 0) -> dict[str, Any]:
    return {
        "updates": size.quote_updates,
        "short_updates": size.short_updates,
        "model": model,
        "latency_us": latency_us,
    }


def quoted_fills(quotes: QuoteStream) -> np.ndarray:
    """Return the fills of one order a side, sent after an update, re-priced from two later on."""
    fills: list[tuple[int, int, int]] = []
    position = 0
    prices: list[int | None] = [None, None]
    sent = [0, 0]
    columns = zip(quotes.ts.tolist(), quotes.bid.tolist(), quotes.ask.tolist())
    for index, (ts, bid, ask) in enumerate(columns):
        for side, sign in ((0, -1), (1, 1)):
            price = prices[side]
            if price is not None and (price >= ask if side == 0 else price <= bid):
                fills.append((ts, sign, price))
                position -= sign
                prices[side] = None
        for side, target in ((0, (bid + ask + 1) // 2 - 1), (1, (bid + ask) // 2 + 1)):
            after = position + (1 if side == 0 else -1)
            if prices[side] is None:
                if abs(after) <= POSITION_MAX or abs(after) < abs(position):
                    prices[side], sent[side] = target, index
            elif index >= sent[side] + 2:
                prices[side] = target
    return np.array(fills, np.int64)


def test_touch_fills_without_latency_are_those_of_a_plain_loop(size: Size) -> None:
    taken = Quotes(settings(size)).round()
    quotes = quote_stream(size.quote_updates, SEED)
    fills = quoted_fills(quotes)
    assert len(fills) > 20
    assert taken.details["fills"] == len(fills)
    assert taken.agreements[FILLS_PART] == fills_digest(fills)
    short = fills[fills[:, 0] <= quotes.ts[size.short_updates - 1]]
    assert 0 < len(short) < len(fills)
    assert taken.agreements[short_part(size.short_updates)] == fills_digest(short)


@pytest.mark.parametrize("model", ["queue", "probabilistic"])
def test_queue_models_fill_from_prints_and_claim_no_agreement(size: Size, model: str) -> None:
    workload = Quotes(settings(size, model, 1_000))
    first, second = workload.round(), workload.round()
    assert first.digest == second.digest
    assert first.agreements == {}
    assert first.details["prints"] > 0
    assert first.details["fills"] != Quotes(settings(size)).round().details["fills"]


def test_prints_stand_in_the_frame_of_their_update() -> None:
    quotes = quote_stream(2_000, SEED)
    stream = perpetual_stream(quotes, has_prints=True)
    counts = np.diff(stream.book[7], prepend=0)
    assert np.flatnonzero(counts).tolist() == quotes.print_updates.tolist()
    assert counts.max() == 1
