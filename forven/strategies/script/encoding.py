"""Writes the session's facts and its frames as the script's process reads them."""

import os
import struct

import numpy as np
import orjson
from numpy.typing import NDArray

from forven.engine.journal import NAMES
from forven.kernels import backend, schema
from forven.market.pricing import time_to_expiry
from forven.primitives.identifiers import bytes_hash
from forven.primitives.time import exchange_datetime
from forven.strategies.script import protocol
from forven.strategies.script.frames import ScriptDay, ScriptFrame
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.source import ScriptStrategy

_kernels = backend.part("pricing")

_HEADER = struct.Struct(f"<{protocol.FRAME_WIDTH}q")
_OWN = struct.Struct(f"<{protocol.OWN_WIDTH}q")
_NANOSECONDS = 1_000_000_000


def session_body(
    strategy: ScriptStrategy,
    day: ScriptDay,
    limits: ScriptLimits,
    machine: str,
    rows: NDArray[np.int64],
) -> bytes:
    """Return the body of the first message: the facts, then the rows journaled before.

    machine  for which the filter of system calls is made; empty: without it
    """
    offset = exchange_datetime(day.bounds.open_ns).utcoffset()
    seconds = 0 if offset is None else int(offset.total_seconds())
    facts = {
        "source": strategy.source,
        "class_name": strategy.class_name,
        "modules": strategy.modules,
        "seed": _seed(strategy, day),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "machine": machine,
        "parent": os.getpid(),
        "day": day.bounds.day.isoformat(),
        "open": day.bounds.open_ns,
        "close": day.bounds.close_ns,
        "offset_ns": seconds * _NANOSECONDS,
        "underlying": day.underlying,
        "multiplier": day.multiplier,
        "opening_cash": day.opening_cash,
        "symbols": day.symbols,
        "strikes": day.instruments[:, schema.INSTRUMENT_STRIKE].tolist(),
        "rights": day.instruments[:, schema.INSTRUMENT_RIGHT].tolist(),
        "events": {str(code): name for code, name in NAMES["EVENT"].items()},
        "reasons": {str(code): name for code, name in NAMES["REASON"].items()},
    }
    text = orjson.dumps(facts)
    return len(text).to_bytes(4, "little") + text + _row_bytes(rows)


def _seed(strategy: ScriptStrategy, day: ScriptDay) -> int:
    """Return the seed of a script's `random`: other scripts, days and seeds have others."""
    text = f"{strategy.hash} {day.bounds.day} {day.seed}"
    return int(bytes_hash([text.encode()])[:12], 16)


def _row_bytes(rows: NDArray[np.int64]) -> bytes:
    """Return journal rows without their bot and number."""
    return rows[:, schema.JOURNAL_TS :].astype("<i8").tobytes()


class FrameEncoder:
    """Writes frames of one session.

    own orders  (tag, order id or MISSING, reason) of the script's orders that arrived
    """

    def __init__(self, day: ScriptDay, has_deltas: bool) -> None:
        self._day = day
        self._deltas = np.zeros(len(day.symbols), np.int64) if has_deltas else None

    def record(self, frame: ScriptFrame, own: list[tuple[int, int, int]]) -> bytes:
        """Return a frame's record."""
        header = _HEADER.pack(
            frame.ts,
            frame.spot,
            frame.cash,
            frame.net_liquidation_value,
            frame.arrival - frame.ts > self._day.staleness_ns,
            self._deltas is not None,
            len(frame.rows),
            len(own),
        )
        parts = [
            header,
            frame.quotes[schema.QUOTE_BID, :, frame.column].tobytes(),
            frame.quotes[schema.QUOTE_ASK, :, frame.column].tobytes(),
        ]
        if self._deltas is not None:
            parts.append(self._deltas_at(frame))
        if len(frame.rows):
            parts.append(_row_bytes(frame.rows))
        parts.extend(_OWN.pack(*order) for order in own)
        return b"".join(parts)

    def _deltas_at(self, frame: ScriptFrame) -> bytes:
        """Return the unsigned deltas of a frame in 1e-6, by the rules of the kernel's strikes."""
        years = time_to_expiry(frame.ts, self._day.bounds.close_ns).years
        _kernels.deltas_at(frame.quotes, self._day.instruments, frame.column, years, self._deltas)
        return np.asarray(self._deltas).astype("<i4").tobytes()
