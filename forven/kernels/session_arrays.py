"""The arrays that a session reads and does not change: the same for every backend."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels.schema import PLAN_COMMAND_COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionArrays:
    """A market day, its bots' plans and their commands, laid out as `kernels/schema.py` says.

    quotes       int32 [3, N, T]               clock       int64 [3, T]
    instruments  int64 [N, 2]                  session     int64 [SESSION_WIDTH]
    plans        int64 [B, PLAN_WIDTH]         commands    int64 [C, COMMAND_WIDTH]
    """

    quotes: npt.NDArray[np.int32]
    clock: npt.NDArray[np.int64]
    instruments: npt.NDArray[np.int64]
    session: npt.NDArray[np.int64]
    plans: npt.NDArray[np.int64]
    commands: npt.NDArray[np.int64]

    @property
    def commands_max(self) -> int:
        """The commands of the bot that has most."""
        return int(self.plans[:, PLAN_COMMAND_COUNT].max(initial=0))
