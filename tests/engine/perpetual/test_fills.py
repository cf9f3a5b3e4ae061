"""Fill models by name, latencies in nanoseconds."""

import pytest

from forven.engine.perpetual.fills import FILL_MODELS, PerpetualFills
from forven.kernels import perpetual_schema as layout
from forven.primitives.errors import InvalidInput


def test_the_models_are_the_kernels():
    codes = [PerpetualFills(model=name).model_code for name in FILL_MODELS]
    assert codes == [
        layout.FILL_TOUCH,
        layout.FILL_QUEUE_RISK_AVERSE,
        layout.FILL_QUEUE_PROBABILISTIC,
    ]


def test_latencies_are_microseconds_to_the_user_and_nanoseconds_to_the_kernel():
    fills = PerpetualFills(feed_latency_us=7, order_latency_us=10**9)
    assert (fills.feed_latency_ns, fills.order_latency_ns) == (7_000, layout.LATENCY_NS_MAX)


def test_a_model_reads_back_from_its_document_or_name():
    fills = PerpetualFills(model="probabilistic", power=2, order_latency_us=5)
    assert PerpetualFills.from_json(fills.to_json()) == fills
    assert PerpetualFills.from_json("touch") == PerpetualFills(model="touch")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "magic"}, 'model must be one of touch, queue, probabilistic, was "magic"'),
        ({"power": 4}, "power must be a whole number from 1 to 3, was 4"),
        ({"feed_latency_us": -1}, "feed_latency_us must be a whole number from 0"),
        ({"order_latency_us": 10**9 + 1}, "order_latency_us must be a whole number from 0"),
    ],
)
def test_a_model_that_cannot_be_is_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        PerpetualFills(**change)
    with pytest.raises(InvalidInput, match="fills"):
        PerpetualFills.from_json(change)
