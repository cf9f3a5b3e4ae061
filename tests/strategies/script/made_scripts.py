"""Scripts and days made for the script's tests: three options, a frame a second."""

from datetime import date, time

import numpy as np

from forven.engine.policy import SessionPolicy
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.primitives.time import NANOSECONDS_PER_SECOND, exchange_time
from forven.strategies.script.frames import ScriptDay, ScriptFrame
from forven.strategies.script.source import ScriptStrategy, parse_script

DAY = date(2024, 6, 3)
BOUNDS = SessionBounds(
    day=DAY,
    open_ns=exchange_time(DAY, time(9, 30)),
    close_ns=exchange_time(DAY, time(16)),
    early_close=False,
)
SYMBOLS = ("SPXW  240603C05300000", "SPXW  240603C05310000", "SPXW  240603P05300000")
INSTRUMENTS = np.array([[530_000, 0], [531_000, 0], [530_000, 1]], np.int64)
CASH = 100_000_000_000
NO_ROWS = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)

GADGET = """
def reach(name):
    # the way out that every text on the subject names: from a literal to all classes
    for kind in ().__class__.__base__.__subclasses__():
        if kind.__name__ == "_wrap_close":
            return kind.__init__.__globals__[name]

def libraries():
    for kind in ().__class__.__base__.__subclasses__():
        if kind.__name__ == "CDLL":
            return kind

def native():
    return libraries()(None, use_errno=True)

def last_error():
    return libraries().__init__.__globals__["get_errno"]()
"""


def made_day(error_budget=0, staleness_ns=schema.INT64_MAX, **changes) -> ScriptDay:
    plan_row = SessionPolicy().plan_row(CASH)
    plan_row[schema.PLAN_ERROR_BUDGET] = error_budget
    plan_row[schema.PLAN_STALENESS_NS] = staleness_ns
    facts = {
        "bounds": BOUNDS,
        "symbols": SYMBOLS,
        "instruments": INSTRUMENTS,
        "root": "SPXW",
        "underlying": "SPX",
        "multiplier": 1_000_000,
        "opening_cash": CASH,
        "plan_row": plan_row,
    }
    return ScriptDay(**{**facts, **changes})


def frame_at(second: int, **changes) -> ScriptFrame:
    """A frame some seconds after the open; its quotes move with the second."""
    ts = BOUNDS.open_ns + second * NANOSECONDS_PER_SECOND
    bids = [200 + second % 7, 100, 150]
    facts = {
        "ts": ts,
        "arrival": ts,
        "spot": 530_050,
        "quotes": np.array(
            [[[bid] for bid in bids], [[bid + 10] for bid in bids], [[0]] * 3], "i4"
        ),
        "column": 0,
        "rows": NO_ROWS,
        "taken": (),
        "status": schema.STATUS_RUNNING,
        "cash": CASH,
        "net_liquidation_value": CASH,
    }
    return ScriptFrame(**{**facts, **changes})


def on_frame(*lines: str, before: str = "") -> str:
    """The text of a script that runs these lines in every frame."""
    body = "\n".join(f"        {line}" for line in lines)
    return f"{before}\nclass Made:\n    def on_frame(self, ctx):\n{body}\n"


def script_of(*lines: str, before: str = "") -> ScriptStrategy:
    """A checked script that runs these lines in every frame."""
    return parse_script(on_frame(*lines, before=before))


def unchecked(source: str, *modules: str) -> ScriptStrategy:
    """A script whose text nobody has checked, as if all of that had been got round."""
    return ScriptStrategy(
        name="",
        description="",
        source=GADGET + source,
        class_name="Made",
        modules=modules,
        uses_deltas=False,
    )
