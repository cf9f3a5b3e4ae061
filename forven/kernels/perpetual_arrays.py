"""The arrays that perpetual sessions read and do not change: the same for every backend."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels.perpetual_schema import BOOK_PRINTS, CONTRACT_ORDERS, PLAN_COMMAND_COUNT

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualArrays:
    """A stream, its bots' plans and their commands, laid out as `perpetual_schema.py` says.

    book      [BOOK_ROWS, T]     prints    [P, PRINT_WIDTH]     fundings  [F, FUNDING_WIDTH]
    tiers     [K, TIER_WIDTH]    contract  [CONTRACT_WIDTH]     plans     [B, PLAN_WIDTH]
    commands  [C, COMMAND_WIDTH]           all int64
    """

    book: Integers
    prints: Integers
    fundings: Integers
    tiers: Integers
    contract: Integers
    plans: Integers
    commands: Integers

    @property
    def frames(self) -> int:
        """The frames of the stream."""
        return int(self.book.shape[1])

    @property
    def orders(self) -> int:
        """Orders that a state row has room for."""
        return int(self.contract[CONTRACT_ORDERS])

    @property
    def commands_max(self) -> int:
        """The commands of the bot that has most."""
        return int(self.plans[:, PLAN_COMMAND_COUNT].max(initial=0))

    @property
    def prints_max(self) -> int:
        """The prints of the frame that has most."""
        return int(np.diff(self.book[BOOK_PRINTS], prepend=0).max(initial=0))
