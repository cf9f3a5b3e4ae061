"""Entries computed by forven's own kernels: the same kernel over a series and bar by bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from forven.strategies.bars.indicators.registry import Series, Stepper


@dataclass(frozen=True, slots=True)
class Computed:
    """How a kernel is called: with inputs, settings, a state of some width, and its outputs.

    state   of the settings: how many numbers the kernel keeps between two calls
    """

    kernel: Callable[..., Any]
    inputs: int
    outputs: int
    state: Callable[..., int]

    def batch(self, *given: Any) -> tuple[Series, ...]:
        """Return the outputs over whole series."""
        series, settings = given[: self.inputs], given[self.inputs :]
        outputs = tuple(np.empty(series[0].size) for _ in range(self.outputs))
        numbers = [float(number) for number in settings]
        arrays = [np.require(one, requirements=("C", "W")) for one in series]
        self.kernel(*arrays, *numbers, np.zeros(self.state(*settings)), *outputs)
        return outputs

    def stream(self, *settings: float) -> Stepper:
        """Return the kernel as a stepper."""
        return _KernelStepper(self, settings)


class _KernelStepper:
    """A kernel called with one bar at a time."""

    def __init__(self, computed: Computed, settings: tuple[float, ...]) -> None:
        self._kernel = computed.kernel
        self._state = np.zeros(computed.state(*settings))
        self._settings = [float(number) for number in settings]
        self._inputs = [np.empty(1) for _ in range(computed.inputs)]
        self._outputs = [np.empty(1) for _ in range(computed.outputs)]

    def step(self, *numbers: float) -> tuple[float, ...]:
        """Take one bar's inputs; return the outputs."""
        for series, number in zip(self._inputs, numbers, strict=True):
            series[0] = number
        self._kernel(*self._inputs, *self._settings, self._state, *self._outputs)
        return tuple(float(series[0]) for series in self._outputs)
