"""What a sample draws: places on the scales of the parameters, each combination once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.research.sweeps.axes import Axis
from forven.strategies.bars.parameters import AnyParameter, Parameter, ParameterSpace

Columns = dict[str, npt.NDArray[Any]]
Places = npt.NDArray[np.int64]
"""(axes, n): where each combination lies on each scale."""

_DIGITS = 6
_SIZE_MAX = 2**53


@dataclass(frozen=True, slots=True)
class Scale:
    """The places a parameter may take, 0 to `size` - 1, and the value at each."""

    name: str
    size: int
    listed: npt.NDArray[Any] | None = None
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False

    @classmethod
    def of_axis(cls, axis: Axis) -> "Scale":
        """Return the scale of values that were said."""
        return cls(axis.name, len(axis.values), np.array(axis.values))

    @classmethod
    def of_parameter(cls, parameter: AnyParameter) -> "Scale":
        """Return the scale of an ordinary search: whole numbers, or six digits."""
        if not isinstance(parameter, Parameter):
            return cls(parameter.name, len(parameter.options), np.array(parameter.options))
        low, high = parameter.searched
        if parameter.kind == "int":
            return cls(parameter.name, int(high - low) + 1, None, low, high, True)
        size = min(round((high - low) * 10**_DIGITS) + 1, _SIZE_MAX)
        return cls(parameter.name, size, None, low, high)

    def places(self, points: npt.NDArray[np.float64]) -> Places:
        """Return the places of points from 0 to 1, each as likely as another."""
        return np.minimum((points * self.size).astype(np.int64), self.size - 1)

    def values(self, places: Places) -> npt.NDArray[Any]:
        """Return the values at places."""
        if self.listed is not None:
            return self.listed[places]
        if self.is_whole:
            return int(self.low) + places
        step = (self.high - self.low) / max(1, self.size - 1)
        return np.clip(np.round(self.low + places * step, _DIGITS), self.low, self.high)


class Draws:
    """Combinations as they are drawn: none twice, those that break a relation left out."""

    def __init__(self, count: int, scales: Sequence[Scale], space: ParameterSpace) -> None:
        self.count = count
        self.scales = scales
        self.space_size = math.prod(scale.size for scale in scales)
        self.drawn = self.left_out = 0
        self.missing = count
        self._space = space
        self._seen = np.zeros(0, np.uint64)
        self._found: list[Places] = []

    def take(self, places: Places) -> None:
        """Take those that are new and keep every relation, until there are enough."""
        self.drawn += places.shape[1]
        keys = self._keys(places)
        first = np.sort(np.unique(keys, return_index=True)[1])
        first = first[~np.isin(keys[first], self._seen)]
        self._seen = np.concatenate([self._seen, keys[first]])
        places = places[:, first]
        keeps = keeping(self._columns(places), self._space, places.shape[1])
        end = int(np.searchsorted(np.cumsum(keeps), self.missing)) + 1
        keeps, places = keeps[:end], places[:, :end]
        self._found.append(places[:, keeps])
        self.left_out += int(np.count_nonzero(~keeps))
        self.missing -= int(np.count_nonzero(keeps))

    def take_the_rest(self, generator: np.random.Generator) -> None:
        """Go through all that were not drawn yet, in random order; the space is a small one."""
        rest = np.setdiff1d(np.arange(self.space_size, dtype=np.uint64), self._seen)
        sizes = tuple(scale.size for scale in self.scales)
        keys = generator.permutation(rest).astype(np.int64)
        self.take(np.stack(np.unravel_index(keys, sizes)).astype(np.int64))

    def columns(self) -> Columns:
        """Return the values of what was taken, in the order it was drawn."""
        return self._columns(np.concatenate(self._found, axis=1))

    def _columns(self, places: Places) -> Columns:
        pairs = zip(self.scales, places, strict=True)
        return {scale.name: scale.values(along) for scale, along in pairs}

    def _keys(self, places: Places) -> npt.NDArray[np.uint64]:
        """Return a number of each combination: its own one in a space of up to 2^64.

        In a larger one two may share a number; the second of them is then not taken.
        """
        keys = np.zeros(places.shape[1], np.uint64)
        for scale, along in zip(self.scales, places, strict=True):
            keys = keys * np.uint64(scale.size) + along.astype(np.uint64)
        return keys


def keeping(columns: Columns, space: ParameterSpace, count: int) -> npt.NDArray[np.bool_]:
    """Return whether each combination keeps every relation; what does not vary is the default."""
    keeps = np.ones(count, bool)
    values: dict[str, Any] = {**space.defaults, **columns}
    for relation in space.relations:
        left, right = values[relation.left], values[relation.right]
        keeps &= np.asarray(left < right if relation.operator == "<" else left <= right)
    return keeps
