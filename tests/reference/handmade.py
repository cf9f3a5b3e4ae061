"""Worlds written by hand, a line an instrument: for cases whose numbers a reader can check."""

from dataclasses import dataclass, field

import numpy as np

from forven.kernels import schema
from tests.reference.generated_market import OPEN_TS, SECOND_NS, Market
from tests.reference.scenarios import CAPACITIES, World
from tests.reference.session import Session, sessions_of

LIVE = {"LAMBDA_BPS": 10_000, "CONCEDED_TICKS": 1, "SAME_TICK": 0, "SLIPPAGE_TICKS": 0}
BACKTEST = {"LAMBDA_BPS": 10_000, "CONCEDED_TICKS": 0, "SAME_TICK": 1, "SLIPPAGE_TICKS": 1}
HALF = {"LAMBDA_BPS": 5_000, "CONCEDED_TICKS": 0, "SAME_TICK": 1, "SLIPPAGE_TICKS": 0}
NATURAL = {"LAMBDA_BPS": 0, "CONCEDED_TICKS": 0, "SAME_TICK": 1, "SLIPPAGE_TICKS": 0}
NO_QUOTE = (schema.MISSING, schema.MISSING)


@dataclass
class Script:
    """One bot's day by hand: one frame a second, the last one the close.

    quotes   (strike, right) -> quotes of the frames; a short list is forward-filled
    spots    the underlying, likewise
    """

    quotes: dict[tuple[int, int], list[tuple[int, int]]]
    frames: int = 5
    spots: list[int] = field(default_factory=lambda: [600_000])
    settlement: int = 600_000
    opening_cash: int = 100_000_000_000
    delays_ns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = np.zeros(schema.PLAN_WIDTH, dtype=np.int64)
        self.set(HALT_LOSS=schema.INT64_MAX, MAX_POSITIONS=20, MAX_ORDERS=20)
        self.set(STALENESS_NS=SECOND_NS, EXIT_TS=schema.INT64_MAX, MARGIN_RATE_BPS=2_000)
        self.set(FEE_SPLIT=100, FEE_OPEN_BELOW=1_720_000, FEE_OPEN_FROM=1_720_000)
        self.set(FEE_CLOSE_BELOW=720_000, FEE_CLOSE_FROM=720_000, FEE_SETTLEMENT=5_000_000)
        self.set(**LIVE)
        self.rows: list[np.ndarray] = []
        self.listed = sorted(self.quotes, key=lambda item: (item[1], item[0]))

    def set(self, **columns: int) -> None:
        """Set plan columns by name: `set(MAX_ORDERS=2)`."""
        for name, value in columns.items():
            self.plan[getattr(schema, f"PLAN_{name}")] = value

    def at(self, frame: int) -> int:
        return OPEN_TS + frame * SECOND_NS

    def index(self, strike: int, right: int) -> int:
        return self.listed.index((strike, right))

    def command(self, frame: int, kind: int, **columns: int) -> np.ndarray:
        """Append a command due at a frame."""
        row = np.zeros(schema.COMMAND_WIDTH, dtype=np.int64)
        row[schema.COMMAND_DUE], row[schema.COMMAND_KIND] = self.at(frame), kind
        for name, value in columns.items():
            row[getattr(schema, f"COMMAND_{name}")] = value
        self.rows.append(row)
        return row

    def place(self, frame: int, legs, price: int = 0, quantity: int = 1, **columns: int) -> None:
        """Append an order: legs are ((strike, right), signed ratio, effect); a limit by default."""
        columns = {"TYPE": schema.ORDER_LIMIT, **columns}
        row = self.command(frame, schema.COMMAND_PLACE, PRICE=price, QUANTITY=quantity, **columns)
        row[schema.COMMAND_LEG_COUNT] = len(legs)
        for number, (item, ratio, effect) in enumerate(legs):
            at = schema.COMMAND_LEGS + number * schema.COMMAND_LEG_WIDTH
            row[at : at + 3] = self.index(*item), ratio, effect

    def strategy(self, legs: list[tuple[int, ...]], entry_frame: int = 0, **columns: int) -> None:
        """Set a structured strategy of legs as in `PLAN_LEGS`, entering at one frame."""
        self.set(LEG_COUNT=len(legs), QUANTITY=1, ENTRY_COUNT=1, MAX_ENTRIES=1)
        for number, leg in enumerate(legs):
            at = schema.PLAN_LEGS + number * schema.LEG_WIDTH
            self.plan[at : at + schema.LEG_WIDTH] = leg
        entry = self.at(entry_frame), schema.MISSING
        self.plan[schema.PLAN_ENTRIES : schema.PLAN_ENTRIES + schema.ENTRY_WIDTH] = entry
        self.set(**columns)

    def world(self) -> World:
        self.set(COMMAND_FROM=0, COMMAND_COUNT=len(self.rows))
        ts = [self.at(frame) for frame in range(self.frames)]
        day = Market(
            ts=ts,
            arrival=[at + self.delays_ns.get(frame, 0) for frame, at in enumerate(ts)],
            spot=_filled(self.spots, self.frames),
            instruments=self.listed,
            quotes=[_filled(self.quotes[item], self.frames) for item in self.listed],
            spacing=500,
            close=ts[-1],
            settlement=self.settlement,
            multiplier=1_000_000,
        )
        commands = np.array(self.rows, dtype=np.int64).reshape(-1, schema.COMMAND_WIDTH)
        return World(
            seed=-1,
            quotes=day.quote_planes(),
            clock=day.clock(),
            instruments=day.instrument_rows(),
            session=day.session_row(CAPACITIES),
            plans=self.plan.reshape(1, -1).copy(),
            commands=commands,
            opening_cash=np.array([self.opening_cash], dtype=np.int64),
            shape=schema.StateShape(*CAPACITIES),
        )

    def run(self, frame_to: int | None = None) -> Session:
        """Return the oracle's session after its frames."""
        world = self.world()
        (session,) = sessions_of(world)
        session.advance(self.frames if frame_to is None else frame_to)
        return session


def _filled(values: list, count: int) -> list:
    return [*values, *[values[-1]] * count][:count]
