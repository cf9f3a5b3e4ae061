"""The parameter sets of a sweep: all of a grid, or a random or Sobol sample, by columns."""

import importlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.primitives.errors import InvalidInput
from forven.research.sweeps.axes import VALUES_MAX, Axis
from forven.strategies.bars.parameters import AnyParameter, Parameter, ParameterSpace, Value

Columns = dict[str, npt.NDArray[Any]]

GRID, RANDOM, SOBOL = "grid", "random", "sobol"
_TRIES_MAX = 64
"""Rounds of a sample in which combinations that break a relation are drawn anew."""
_DIGITS = 6
_PART = 10.0**-_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinations:
    """Parameter sets by column, in the order they are run; what is not named is the default.

    left_out  how many of a grid, or of what was drawn, broke a relation as `fast < slow`
    method    grid, random or sobol        seed  of a sample
    asked     the size of a sample that was asked for: more than there are, where they are fewer
    """

    columns: Columns
    left_out: int
    method: str = GRID
    seed: int = 0
    asked: int | None = None

    @property
    def shortfall_text(self) -> str:
        """Say that a sample is all there is; "" where it has the size that was asked for."""
        if self.asked is None or len(self) + self.left_out_of_sample >= self.asked:
            return ""
        return f"all there are, fewer than the {self.asked:,} asked for"

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def sets(self, begin: int, end: int) -> list[dict[str, Value]]:
        """Return the parameter sets from `begin` to `end - 1` as the strategy takes them."""
        names = list(self.columns)
        rows = zip(*(self.columns[name][begin:end].tolist() for name in names), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]


def grid_of(axes: Sequence[Axis], space: ParameterSpace) -> Combinations:
    """Return every combination of the axes, the last axis fastest; errors: InvalidInput."""
    if not axes:
        raise InvalidInput("grid: expected at least one NAME=VALUES, found none")
    count = math.prod(len(axis.values) for axis in axes)
    if count > VALUES_MAX:
        raise InvalidInput(
            f"grid: expected at most {VALUES_MAX:,} combinations, found {count:,}; take larger "
            "steps, or a sample: --sobol 4096 or --random 4096"
        )
    columns: Columns = {}
    inner = count
    for axis in axes:
        inner //= len(axis.values)
        values = np.repeat(np.array(axis.values), inner)
        columns[axis.name] = np.tile(values, count // max(1, values.size))
    return _kept(columns, space, count, GRID, 0)


def sample_of(
    method: str, count: int, axes: Sequence[Axis], space: ParameterSpace, seed: int = 0
) -> Combinations:
    """Return a random or Sobol sample of combinations that keep the relations.

    count  how many, 1 to 10,000,000     axes  the parameters that vary, each among its values;
    without one, all of the strategy's over the ranges of an ordinary search, leverage excepted
    """
    if not 1 <= count <= VALUES_MAX:
        raise InvalidInput(f"sample: expected 1 to {VALUES_MAX:,} combinations, found {count:,}")
    scales = [_Scale.of_axis(axis) for axis in axes] or [
        _Scale.of_parameter(one) for one in space if one.name != "leverage"
    ]
    if not scales:
        raise InvalidInput("sample: expected a strategy with parameters, found one without")
    found: list[Columns] = []
    left_out = kept = 0
    for points in _points(method, count, len(scales), seed):
        columns = {scale.name: scale.values(points[:, at]) for at, scale in enumerate(scales)}
        part = _kept(columns, space, len(points), method, seed)
        found.append({name: values[: count - kept] for name, values in part.columns.items()})
        left_out += part.left_out
        kept += len(found[-1][scales[0].name])
        if kept == count:
            break
    if kept < count:
        raise InvalidInput(
            f"sample: expected {count:,} combinations that keep "
            f"{', '.join(map(str, space.relations))}, found {kept:,} among {left_out + kept:,} "
            "drawn; give ranges that overlap less"
        )
    columns = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    return Combinations(columns=columns, left_out=left_out, method=method, seed=seed)


def combinations_of(
    axes: Sequence[Axis], space: ParameterSpace, samples: tuple[int | None, int | None], seed: int
) -> Combinations:
    """Return all of a grid, or the sample that is asked for: sizes of a random or Sobol one."""
    asked = {
        method: count
        for method, count in zip((RANDOM, SOBOL), samples, strict=True)
        if count is not None
    }
    if len(asked) > 1:
        raise InvalidInput("sample: expected random or sobol, found both; take one of them")
    for method, count in asked.items():
        return sample_of(method, count, axes, space, seed)
    return grid_of(axes, space)


def _kept(
    columns: Columns, space: ParameterSpace, count: int, method: str, seed: int
) -> Combinations:
    """Return the combinations that keep every relation."""
    keeps = np.ones(count, bool)
    values: dict[str, Any] = {**space.defaults, **columns}
    for relation in space.relations:
        left, right = values[relation.left], values[relation.right]
        keeps &= np.asarray(left < right if relation.operator == "<" else left <= right)
    if not keeps.any() and method == GRID:
        raise InvalidInput(
            f"grid: expected a combination that keeps {', '.join(map(str, space.relations))}, "
            f"found none among {count:,}"
        )
    if not keeps.all():
        columns = {name: column[keeps] for name, column in columns.items()}
    left_out = int(count - keeps.sum())
    return Combinations(columns=columns, left_out=left_out, method=method, seed=seed)


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a number from 0 to 1 becomes a parameter's value."""

    name: str
    listed: npt.NDArray[Any] | None
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False

    @classmethod
    def of_axis(cls, axis: Axis) -> "_Scale":
        return cls(axis.name, np.array(axis.values))

    @classmethod
    def of_parameter(cls, parameter: AnyParameter) -> "_Scale":
        if not isinstance(parameter, Parameter):
            return cls(parameter.name, np.array(parameter.options))
        low, high = parameter.searched
        return cls(parameter.name, None, low, high, parameter.kind == "int")

    def values(self, points: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        if self.listed is not None:
            return self.listed[(points * len(self.listed)).astype(np.int64)]
        if self.is_whole:
            whole = np.floor(self.low + points * (self.high - self.low + 1))
            return np.minimum(whole, self.high).astype(np.int64)
        values = np.round(self.low + points * (self.high - self.low), _DIGITS)
        return np.clip(values, self.low, self.high)


def _points(method: str, count: int, axes: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield rounds of points in the unit cube; the same for the same seed."""
    size = 2 ** max(1, math.ceil(math.log2(count)))
    generator = np.random.default_rng(seed)
    # Loaded where it serves: scipy.stats takes longer than most sweeps.
    sobol = (
        importlib.import_module("scipy.stats.qmc").Sobol(axes, scramble=True, rng=seed)
        if method == SOBOL
        else None
    )
    for _ in range(_TRIES_MAX):
        yield generator.random((size, axes)) if sobol is None else sobol.random(size)
