"""A bot's plan and commands by name (`forven/kernels/perpetual_schema.py` has the columns)."""

from dataclasses import dataclass

from forven.kernels import perpetual_schema as columns


class Plan:
    """One row of `plans`: `PLAN_MAX_ORDERS` is `plan.max_orders`."""

    def __init__(self, row) -> None:
        cells = row.tolist()
        for name, column in vars(columns).items():
            if name.startswith("PLAN_") and name != "PLAN_WIDTH":
                setattr(self, name.removeprefix("PLAN_").lower(), cells[column])


@dataclass(frozen=True)
class Command:
    """One row of `commands`, in the order of the `COMMAND_` columns."""

    due: int
    kind: int
    order: int
    type: int
    side: int
    price: int
    lots: int
    post_only: int
    reduce_only: int
    immediate: int
    pegged: int
    offset_ticks: int
