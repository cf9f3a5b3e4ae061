"""NautilusTrader against our kernel: the same fills on best quotes without latency."""

import numpy as np
import pytest

from benchmarks.field import HERE, NAUTILUS
from forven.research.workloads.entrants import PEER, Entrant, Process
from forven.research.workloads.quote_stream import POSITION_MAX, Quotes, short_part
from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.sizes import SEED

UPDATES, SHORT = 10_000, 5_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NAUTILUS.reason is not None, reason=str(NAUTILUS.reason)),
]


def test_times_sides_and_prices_of_the_fills_of_the_beginning_are_the_same(tmp_path) -> None:
    inputs = tmp_path / "quotes.npz"
    np.savez(inputs, **quote_stream(UPDATES, SEED).columns())
    settings = {
        "inputs": str(inputs),
        "updates": SHORT,
        "position_max": POSITION_MAX,
        "fills": short_part(SHORT),
    }
    process = Process(
        Entrant(
            name=NAUTILUS.name,
            kind=PEER,
            script=HERE / "peers" / NAUTILUS.script,
            settings=settings,
            python=str(NAUTILUS.python),
            is_alone=True,
        )
    )
    theirs, _ = process.open(settings)
    process.close()
    mine = Quotes(
        {"updates": UPDATES, "short_updates": SHORT, "model": "touch", "latency_us": 0}
    ).round()
    assert theirs.details["fills"] > 5
    assert theirs.agreements == {short_part(SHORT): mine.agreements[short_part(SHORT)]}
