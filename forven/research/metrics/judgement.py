"""Which way a metric is better: a ranking must never take the worst for the best."""

from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    """Which of two values of a metric a trader would rather have."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a metric is to be judged; each is said beside the metric's own definition.

    is_zero_without_edge  it lies around 0 where there is nothing to be found, as a Sharpe ratio
    grows_with_span       a sum over the time: twice the bars or sessions, about twice the figure
    """

    better: Better
    is_zero_without_edge: bool = False
    grows_with_span: bool = False


GAIN = Judgement(Better.HIGH, is_zero_without_edge=True, grows_with_span=True)
RATE = Judgement(Better.HIGH, is_zero_without_edge=True)
HIGH = Judgement(Better.HIGH)
HIGH_SUM = Judgement(Better.HIGH, grows_with_span=True)
LOW = Judgement(Better.LOW)
LOW_SUM = Judgement(Better.LOW, grows_with_span=True)
NEITHER = Judgement(Better.NEITHER)
