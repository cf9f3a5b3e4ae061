"""How a bot's orders fill against the recorded book, and how late they and the data are."""

from dataclasses import asdict, dataclass

from forven.engine.checks import built_from, check_choice, check_whole
from forven.kernels import perpetual_schema as schema

_MODELS = {
    "touch": schema.FILL_TOUCH,
    "queue": schema.FILL_QUEUE_RISK_AVERSE,
    "probabilistic": schema.FILL_QUEUE_PROBABILISTIC,
}
FILL_MODELS = tuple(_MODELS)
"""The names of the fill models, from the optimist to the one between; `queue` is the pessimist."""
_NANOSECONDS_PER_MICROSECOND = 1_000
_LATENCY_US_MAX = schema.LATENCY_NS_MAX // _NANOSECONDS_PER_MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualFills:
    """A fill model and two latencies.

    model             touch: no queue; queue: it shrinks only by trades and by what is displayed;
                      probabilistic: orders that leave the level leave before and behind us
    power             1, 2 or 3: how surely they leave behind us (probabilistic)
    feed_latency_us   added to the recorded arrival of a frame
    order_latency_us  from a bot's decision to its effect on the book
    """

    model: str = "queue"
    power: int = 3
    feed_latency_us: int = 0
    order_latency_us: int = 0

    def __post_init__(self) -> None:
        check_choice("model", self.model, FILL_MODELS)
        check_whole("power", self.power, 1, 3)
        check_whole("feed_latency_us", self.feed_latency_us, 0, _LATENCY_US_MAX)
        check_whole("order_latency_us", self.order_latency_us, 0, _LATENCY_US_MAX)

    @property
    def model_code(self) -> int:
        """The kernel's code of the model."""
        return _MODELS[self.model]

    @property
    def feed_latency_ns(self) -> int:
        """The feed's latency in nanoseconds."""
        return self.feed_latency_us * _NANOSECONDS_PER_MICROSECOND

    @property
    def order_latency_ns(self) -> int:
        """The orders' latency in nanoseconds."""
        return self.order_latency_us * _NANOSECONDS_PER_MICROSECOND

    def to_json(self) -> dict[str, object]:
        """Return the model as a JSON document; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: object, path: str = "fills") -> "PerpetualFills":
        """Return the model of a document, or the one that a text names, without latency."""
        if isinstance(document, str):
            return built_from(cls, {"model": document}, path)
        return built_from(cls, document, path)
