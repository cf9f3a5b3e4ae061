"""Live sessions: windows of frames in, the journal rows of many bots out, as over a whole day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.live_fleet import NO_COMMANDS, Fleet, Integers, relaid
from forven.engine.live_probe import Probe, refusal_of, session_row
from forven.kernels import backend, schema
from forven.kernels.schema import StateShape
from forven.kernels.session_arrays import SessionArrays
from forven.market.bounds import SessionBounds
from forven.market.feeds.book import Window
from forven.primitives.errors import ForvenError, InvalidInput

_kernels = backend.part("session")

_JOURNAL_ROWS = 16_384
_FINANCIAL_ROWS_SPARE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Financials:
    """The financials of a window.

    bots      (B,) numbers of the bots that took it
    counts    (B,) rows of each: one for every frame before the close, one more at its end
    rows      (B, D, FINANCIAL_WIDTH); what lies beyond the counts says nothing
    has_ended (B,) the last row of these is the one with which a session ends
    """

    bots: Integers
    counts: Integers
    rows: Integers
    has_ended: NDArray[np.bool_]


class LiveRun:
    """The bots of a host on one trading day, taken forward window by window.

    multiplier   micros that one quantum of one lot is worth
    instruments  int64 [N, 2] strike and right, in their order
    records      keep each window's financials, in `financials`, until the next one
    Bots and commands may come between any two windows. A bot's journal is that of `SessionRun` with
    the same plan and commands over the whole day, however the day was cut into windows.
    """

    def __init__(
        self,
        multiplier: int,
        bounds: SessionBounds,
        instruments: NDArray[np.int64],
        records: bool = False,
    ) -> None:
        self.bounds = bounds
        self.multiplier = multiplier
        self.instruments = np.ascontiguousarray(instruments, np.int64)
        self.refused: dict[int, str] = {}
        self.frame_count = 0
        self.financials: Financials | None = None
        self._records = records
        self._fleet = Fleet()
        self._final: dict[int, tuple[Integers, StateShape]] = {}
        self._next = 0
        self._probe = Probe(bounds, multiplier, self.instruments)
        self._journal = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)

    @property
    def bots(self) -> Integers:
        """(B,) the numbers of the bots that run, rising; a view until the next call."""
        return self._fleet.bots

    @property
    def states(self) -> Integers:
        """(B, shape.width) their states, beside `bots`; a view until the next call.

        STATE_FRAME and STATE_COMMAND_CURSOR count within the window; `state` has them of the day.
        """
        return self._fleet.states

    @property
    def shape(self) -> StateShape:
        """Where the sections of a state row lie; capacities grow with what bots may need."""
        return self._fleet.shape

    @property
    def ended(self) -> list[int]:
        """The bots whose sessions have ended, in the order in which they did."""
        return list(self._final)

    def add(
        self,
        plan_row: NDArray[np.int64],
        opening_cash: int,
        commands: NDArray[np.int64] | Sequence[Sequence[int]] = (),
    ) -> int:
        """Take in a bot before the next window and return its number.

        plan_row      (PLAN_WIDTH,) as frozen at the session's start; its columns of commands are
                      not looked at
        opening_cash  micros
        commands      its command rows so far, as after a restart
        A plan that the kernel refuses is not an error: the reason stands in `refused`.
        """
        plan = np.ascontiguousarray(plan_row, np.int64).copy()
        if plan.shape != (schema.PLAN_WIDTH,):
            raise InvalidInput(f"plan: expected {schema.PLAN_WIDTH} values, found {plan.shape}")
        rows = _command_rows(commands)
        bot, self._next = self._next, self._next + 1
        reason = self._probe.refusal(plan, opening_cash, rows)
        if reason is None:
            self._fleet.add(bot, plan, opening_cash, rows)
        else:
            self.refused[bot] = reason
        return bot

    def command(self, bot: int, row: NDArray[np.int64] | Sequence[int]) -> None:
        """Give a bot a command, to be taken in the first frame at or after its due time.

        errors  InvalidInput: no such bot runs; due before the one before it; the kernel refuses it.
                The bot then goes on as if it had not come.
        """
        self.check(bot, [row])
        self._fleet.command(bot, _command_rows([row])[0])

    def check(self, bot: int, more: Sequence[NDArray[np.int64] | Sequence[int]]) -> None:
        """Refuse, with InvalidInput, what `command` would if a bot got these one after another."""
        place = self._fleet.row_of(bot)
        if place < 0:
            raise InvalidInput(f"bot: expected one that runs, found {bot} ({self._fate(bot)})")
        known = self._fleet.orders_of(bot).rows
        rows = np.concatenate([known, _command_rows(np.array(more))])
        _check_order(rows[max(0, len(known) - 1) :])
        opening_cash = int(self.states[place, schema.STATE_OPENING_CASH])
        reason = self._probe.refusal(self._fleet.plans[place], opening_cash, rows)
        if reason is not None:
            raise InvalidInput(f"command refused: {reason}")

    def advance(self, window: Window, settlement: int) -> NDArray[np.int64]:
        """Take every bot over a window of frames; return its journal rows, bot after bot.

        window      the frames after those of the last one
        settlement  in quanta as known in these frames; MISSING before it is said
        errors      InvalidInput: the window itself is none. A bot that the kernel refuses is
                    `refused` from here on, and the others go on.
        """
        taken = window if self.frame_count == 0 else led(window)
        self._fleet.prepare()
        self._fleet.states[:, schema.STATE_FRAME] = taken.frame_count - window.frame_count
        self._fleet.states[:, schema.STATE_FINANCIALS] = 0
        rows, financials = self._take(taken, settlement)
        self.frame_count += window.frame_count
        rows[:, schema.JOURNAL_BOT] = self.bots[rows[:, schema.JOURNAL_BOT]]
        self._fleet.settle_commands()
        is_over = self.states[:, schema.STATE_STATUS] >= schema.STATUS_ENDED
        if self._records:
            counts = self.states[:, schema.STATE_FINANCIALS].copy()
            self.financials = Financials(self.bots.copy(), counts, financials, is_over)
        if is_over.any():
            self._finish(is_over)
        return rows

    def state(self, bot: int) -> Integers:
        """Return a copy of a bot's state, laid out as `shape` says; ended ones' included."""
        if bot in self._final:
            row, shape = self._final[bot]
            return relaid(row[None], shape, self.shape)[0]
        place = self._fleet.row_of(bot)
        if place < 0:
            raise InvalidInput(f"bot: expected one with a state, found {bot} ({self._fate(bot)})")
        return self._of_the_day(place)

    def holdings(self, bot: int) -> Integers:
        """Return what a bot holds, int64 [n, HOLDING_WIDTH], in instrument order."""
        state = self.state(bot)
        count = int(state[schema.STATE_HOLDING_COUNT])
        flat = state[self.shape.holdings_at :][: count * schema.HOLDING_WIDTH]
        return flat.reshape(count, schema.HOLDING_WIDTH)

    def orders(self, bot: int) -> Integers:
        """Return a bot's pending orders, int64 [n, ORDER_WIDTH], oldest first."""
        state = self.state(bot)
        count = int(state[schema.STATE_ORDER_COUNT])
        flat = state[self.shape.orders_at :][: count * schema.ORDER_WIDTH]
        return flat.reshape(count, schema.ORDER_WIDTH)

    def remove(self, bot: int) -> None:
        """Forget a bot, whatever has become of it; it takes no further frame."""
        self.refused.pop(bot, None)
        self._final.pop(bot, None)
        place = self._fleet.row_of(bot)
        if place >= 0:
            self._drop([place])

    def _take(self, window: Window, settlement: int) -> tuple[Integers, Integers]:
        """Call the kernel until every bot has taken the window; rows name bots by place.

        Return the journal's rows, bot after bot, and the financials.
        """
        kernel, financials = self._open(window, settlement)
        parts = []
        while True:
            try:
                count = kernel.advance(self.states, self._journal, financials, window.frame_count)
            except InvalidInput:
                self._refuse(window, settlement)
                kernel, financials = self._open(window, settlement)
                continue
            parts.append(self._journal[:count].copy())
            if not self._is_before(window.frame_count):
                break
            if not count:
                raise ForvenError(
                    "expected room in the journal for a frame of every bot, found none; this is a "
                    "defect of forven: report it with the session and the tape"
                )
        if len(parts) == 1:
            return parts[0], financials
        rows = np.concatenate(parts)
        return rows[np.argsort(rows[:, schema.JOURNAL_BOT], kind="stable")], financials

    def _open(self, window: Window, settlement: int) -> tuple[Any, Integers]:
        """Open the kernel's session on a window, without the bots that it refuses."""
        arrays = self._arrays(window, settlement)
        try:
            kernel = _kernels.Session(arrays)
        except InvalidInput:
            self._refuse(window, settlement)
            arrays = self._arrays(window, settlement)
            kernel = _kernels.Session(arrays)
        frame_rows = int(_kernels.frame_rows_max(self.shape, arrays.commands_max))
        depth = max(_JOURNAL_ROWS, 2 * frame_rows)
        if len(self._journal) < depth:
            self._journal = np.zeros((depth, schema.JOURNAL_WIDTH), np.int64)
        rows = window.frame_count + _FINANCIAL_ROWS_SPARE if self._records else 0
        return kernel, np.zeros((self._fleet.count, rows, schema.FINANCIAL_WIDTH), np.int64)

    def _arrays(self, window: Window, settlement: int) -> SessionArrays:
        return SessionArrays(
            quotes=window.quotes,
            clock=window.clock,
            instruments=self.instruments,
            session=session_row(self.bounds, self.multiplier, settlement, self.shape),
            plans=self._fleet.plans,
            commands=self._fleet.commands,
        )

    def _refuse(self, window: Window, settlement: int) -> None:
        """Set aside the bots that the kernel does not take on a window, each tried alone."""
        arrays = self._arrays(window, settlement)
        for_none = SessionArrays(
            quotes=arrays.quotes,
            clock=arrays.clock,
            instruments=arrays.instruments,
            session=arrays.session,
            plans=arrays.plans[:0],
            commands=arrays.commands,
        )
        _kernels.Session(for_none)  # a window that is none is an error, and no bot's
        places = []
        for place in range(self._fleet.count):
            alone = SessionArrays(
                quotes=arrays.quotes,
                clock=arrays.clock,
                instruments=arrays.instruments,
                session=arrays.session,
                plans=arrays.plans[place : place + 1],
                commands=arrays.commands,
            )
            reason = refusal_of(alone, self.states[place : place + 1])
            if reason is not None:
                self.refused[int(self.bots[place])] = reason
                places.append(place)
        if not places:
            raise ForvenError(
                "expected a bot that the kernel refuses alone, found none; this is a defect of "
                "forven: report it with the sessions and the tape"
            )
        self._drop(places)
        self._fleet.prepare()

    def _is_before(self, frame: int) -> bool:
        running = self.states[:, schema.STATE_STATUS] < schema.STATUS_ENDED
        return bool(np.any(running & (self.states[:, schema.STATE_FRAME] < frame)))

    def _finish(self, is_over: NDArray[np.bool_]) -> None:
        for place in np.flatnonzero(is_over).tolist():
            self._final[int(self.bots[place])] = self._of_the_day(place), self.shape
        self._fleet.drop(is_over)

    def _drop(self, places: list[int]) -> None:
        is_dropped = np.zeros(self._fleet.count, np.bool_)
        is_dropped[places] = True
        self._fleet.drop(is_dropped)

    def _of_the_day(self, place: int) -> Integers:
        """Return a running bot's state with the day's frames and commands counted."""
        row = self.states[place].copy()
        row[schema.STATE_FRAME] = self.frame_count
        row[schema.STATE_COMMAND_CURSOR] = self._fleet.orders_of(int(self.bots[place])).taken
        return row

    def _fate(self, bot: int) -> str:
        if bot in self.refused:
            return f"refused: {self.refused[bot]}"
        return "ended" if bot in self._final else "not there"


def led(window: Window) -> Window:
    """Return a window behind one frame more, which no bot takes: it says what the marks rest on.

    The kernel holds every mark to the quotes before it. A quote that is missing or crossed in the
    first frame is marked at an earlier one, which stands here as the nearest two sides of its sum.
    """
    marks = window.quotes[schema.QUOTE_MARK2, :, 0]
    sums = np.maximum(marks, -2 - marks)
    quotes = np.empty((*window.quotes.shape[:2], window.frame_count + 1), np.int32)
    quotes[:, :, 1:] = window.quotes
    is_known = sums != schema.MISSING
    quotes[schema.QUOTE_BID, :, 0] = np.where(is_known, sums // 2, schema.MISSING)
    quotes[schema.QUOTE_ASK, :, 0] = np.where(is_known, sums - sums // 2, schema.MISSING)
    quotes[schema.QUOTE_MARK2, :, 0] = np.where(is_known & (sums < 2), -2 - sums, sums)
    return Window(quotes=quotes, clock=np.concatenate([window.clock[:, :1], window.clock], axis=1))


def _command_rows(commands: NDArray[np.int64] | Sequence[Any]) -> Integers:
    """Return command rows as the kernel's array; InvalidInput for another shape or order."""
    if not len(commands):
        return NO_COMMANDS
    rows = np.ascontiguousarray(commands, np.int64)
    if rows.ndim != 2 or rows.shape[1] != schema.COMMAND_WIDTH:
        raise InvalidInput(
            f"commands: expected rows of {schema.COMMAND_WIDTH} values, found {rows.shape}"
        )
    _check_order(rows)
    return rows


def _check_order(rows: Integers) -> None:
    """Refuse commands whose due times decrease."""
    due = rows[:, schema.COMMAND_DUE]
    if np.any(due[1:] < due[:-1]):
        place = int(np.argmax(due[1:] < due[:-1]))
        raise InvalidInput(
            f"commands: expected due times that do not decrease, found {due[place + 1]} after "
            f"{due[place]}"
        )
