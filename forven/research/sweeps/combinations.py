"""The parameter sets of a sweep: all of a grid, or a random or Sobol sample, by columns."""

import importlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash
from forven.research.sweeps.axes import VALUES_MAX, Axis
from forven.research.sweeps.draws import Columns, Draws, Scale, keeping
from forven.strategies.bars.parameters import ParameterSpace, Value

GRID, RANDOM, SOBOL = "grid", "random", "sobol"
_TRIES_MAX = 64
"""Rounds of a sample in which combinations that break a relation are drawn anew."""
_DRAWN_TIMES = 4
"""As often as a small space has combinations are they drawn, before the rest is looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinations:
    """Parameter sets by column, in the order they are run; what is not named is the default.

    left_out  how many of a grid, or of what was drawn, broke a relation as `fast < slow`
    method    grid, random or sobol        seed  of a sample
    asked     the size of a sample that was asked for, where there are fewer; else None
    """

    columns: Columns
    left_out: int
    method: str = GRID
    seed: int = 0
    asked: int | None = None

    @property
    def asked_text(self) -> str:
        """Say that these are all there are; "" for a grid, or a sample of the size asked for."""
        return f"all there are of the {self.asked:,} asked for" if self.asked is not None else ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def document(self) -> dict[str, object]:
        """Return what they are: the part of a plan's document that says so."""
        chunks: list[bytes] = []
        for name, values in self.columns.items():
            chunks += [name.encode(), str(values.dtype).encode(), values.tobytes()]
        return {
            "parameters": list(self.columns),
            "method": self.method,
            "seed": self.seed,
            "combinations": len(self),
            "combinations_hash": bytes_hash(chunks),
            "left_out": self.left_out,
            "asked": self.asked,
        }

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
    keeps = keeping(columns, space, count)
    if not keeps.any():
        raise InvalidInput(
            f"grid: expected a combination that keeps {_related(space)}, found none among {count:,}"
        )
    if not keeps.all():
        columns = {name: column[keeps] for name, column in columns.items()}
    return Combinations(columns=columns, left_out=int(count - keeps.sum()))


def sample_of(
    method: str, count: int, axes: Sequence[Axis], space: ParameterSpace, seed: int = 0
) -> Combinations:
    """Return a random or Sobol sample of combinations that keep the relations.

    None is there twice. Where there are no more than `count`, all of them are taken.

    count  how many, 1 to 10,000,000     axes  the parameters that vary, each among its values;
    without one, all of the strategy's over the ranges of an ordinary search, leverage excepted
    """
    if not 1 <= count <= VALUES_MAX:
        raise InvalidInput(f"sample: expected 1 to {VALUES_MAX:,} combinations, found {count:,}")
    scales = [Scale.of_axis(axis) for axis in axes] or [
        Scale.of_parameter(one) for one in space if one.name != "leverage"
    ]
    if not scales:
        raise InvalidInput("sample: expected a strategy with parameters, found one without")
    draws = Draws(count, scales, space)
    for points in _points(method, draws, seed):
        draws.take(np.stack([one.places(points[:, at]) for at, one in enumerate(scales)]))
        if draws.missing == 0:
            break
    if draws.missing and draws.space_size <= VALUES_MAX:
        draws.take_the_rest(np.random.default_rng(seed))
    elif draws.missing:
        raise InvalidInput(
            f"sample: expected {count:,} combinations that keep {_related(space)}, found "
            f"{count - draws.missing:,} among {draws.drawn:,} drawn; give ranges that overlap less"
        )
    if draws.missing == count:
        raise InvalidInput(
            f"sample: expected combinations that keep {_related(space)}, found 0 among all "
            f"{draws.space_size:,}"
        )
    return Combinations(
        columns=draws.columns(),
        left_out=draws.left_out,
        method=method,
        seed=seed,
        asked=count if draws.missing else None,
    )


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


def _related(space: ParameterSpace) -> str:
    """Return the relations in words."""
    return ", ".join(map(str, space.relations))


def _points(method: str, draws: Draws, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield rounds of points in the unit cube; the same for the same seed."""
    axes = len(draws.scales)
    size = 2 ** max(1, math.ceil(math.log2(draws.count)))
    generator = np.random.default_rng(seed)
    # Loaded where it serves: scipy.stats takes longer than most sweeps.
    sobol = (
        importlib.import_module("scipy.stats.qmc").Sobol(axes, scramble=True, rng=seed)
        if method == SOBOL
        else None
    )
    for _ in range(min(_TRIES_MAX, -(-_DRAWN_TIMES * draws.space_size // size))):
        yield generator.random((size, axes)) if sobol is None else sobol.random(size)
