"""hftbacktest against our kernel: the same fills without queue and latency, others with them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.field import HERE, HFTBACKTEST
from forven.research.workloads.entrants import PEER, Entrant, Process
from forven.research.workloads.quote_stream import FILLS_PART, POSITION_MAX, Quotes
from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.sizes import SEED
from forven.research.workloads.taken import Taken

UPDATES = 20_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(HFTBACKTEST.reason is not None, reason=str(HFTBACKTEST.reason)),
]


@pytest.fixture(scope="module")
def hftbacktest(tmp_path_factory):
    """Return what takes a round of hftbacktest with a model and a latency."""
    inputs = tmp_path_factory.mktemp("inputs") / "quotes.npz"
    np.savez(inputs, **quote_stream(UPDATES, SEED).columns())
    process = Process(_entrant(inputs))

    def take(model: str, latency_ns: int) -> Taken:
        own = {**process.entrant.settings, "model": model, "latency_ns": latency_ns}
        return process.open(own)[0]

    yield take
    process.close()


def _entrant(inputs: Path) -> Entrant:
    """Return hftbacktest as it takes part in the quote stream."""
    settings = {
        "inputs": str(inputs),
        "updates": UPDATES,
        "position_max": POSITION_MAX,
        "fills": FILLS_PART,
    }
    return Entrant(
        name=HFTBACKTEST.name,
        kind=PEER,
        script=HERE / "peers" / HFTBACKTEST.script,
        settings=settings,
        python=str(HFTBACKTEST.python),
        is_alone=True,
    )


def ours(model: str, latency_us: int) -> Taken:
    settings: dict[str, Any] = {"updates": UPDATES, "short_updates": UPDATES}
    return Quotes({**settings, "model": model, "latency_us": latency_us}).round()


def test_without_queue_and_latency_times_sides_and_prices_of_all_fills_are_the_same(
    hftbacktest,
) -> None:
    theirs, mine = hftbacktest("touch", 0), ours("touch", 0)
    assert theirs.details["fills"] == mine.details["fills"] > 50
    assert theirs.agreements[FILLS_PART] == mine.agreements[FILLS_PART]


def test_with_latency_our_touch_fills_are_not_theirs(hftbacktest) -> None:
    """The agreement is no accident of what is compared: another latency gives other fills."""
    assert (
        ours("touch", 50_000).agreements[FILLS_PART]
        != hftbacktest("touch", 0).agreements[FILLS_PART]
    )


@pytest.mark.parametrize("model", ["queue", "probabilistic"])
def test_with_queues_fills_differ_by_what_the_models_make_of_the_queue(
    hftbacktest, model: str
) -> None:
    theirs, mine = hftbacktest(model, 1_000_000), ours(model, 1_000)
    assert theirs.agreements == mine.agreements == {}
    assert theirs.details["fills"] != mine.details["fills"]
    assert 0.3 < theirs.details["fills"] / mine.details["fills"] < 3
