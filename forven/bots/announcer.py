"""Tells clients what a host has committed; the work of a frame does not grow with quiet bots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forven.bots import events
from forven.bots.hub import Hub, LiveEvent, MarketView
from forven.bots.live_day import LiveDay, Step
from forven.bots.live_session import LiveSession
from forven.bots.live_view import FrameMarks
from forven.bots.states import REGISTERING
from forven.kernels import schema
from forven.store.frame_commit import FrameCommitted

POSITIONS_PER_FRAME = 16
"""Sessions whose positions are told anew in a frame: of those that changed, and of all in turn."""


class Announcer:
    """Publishes to a hub; None: nobody listens. The host's thread uses it."""

    def __init__(self, hub: Hub | None) -> None:
        self._hub = hub
        self._warned = np.zeros(256, np.int64)
        self._turn = 0

    def frame(
        self,
        day: LiveDay,
        step: Step,
        committed: FrameCommitted,
        changed: Sequence[LiveSession],
    ) -> None:
        """Tell a committed step, after the day has shown it."""
        marks = day.marks
        if self._hub is None or marks is None or step.window is None:
            return
        told: list[LiveEvent] = list(events.feed_events(step.commit.feed_events))
        for session in changed:
            told.extend(self._session(session, step, committed))
        told.append(events.price_event(day.day, step.ts, day.book.spot))
        told.extend(self._warnings(day, step.ts))
        told.extend(self._positions(day, marks, changed))
        self._hub.show_market(
            MarketView(
                ts=step.ts,
                underlying=day.day.underlying,
                symbols=day.day.symbols,
                quotes=step.window.quotes[:, :, -1:],
                spot=day.book.spot,
                marks=marks,
            )
        )
        self._hub.publish(told)
        for session_id in step.results:
            self._hub.forget(session_id)

    def opened(self, sessions: Sequence[LiveSession], ts: int) -> None:
        """Tell sessions that were opened."""
        told = []
        for session in sessions:
            told.append(events.state_event(session, REGISTERING, ts))
            told.append(events.state_event(session, session.state, ts))
        self.tell(told)

    def states(self, sessions: Sequence[LiveSession], ts: int) -> None:
        """Tell the states that sessions are in now."""
        self.tell([events.state_event(session, session.state, ts) for session in sessions])

    def ended(self, sessions: Sequence[LiveSession], ts: int, reason: str) -> None:
        """Tell that sessions failed, and why."""
        self.tell([events.state_event(each, each.state, ts, reason) for each in sessions])

    def alert(self, ts: int, kind: str, detail: str | None) -> None:
        """Tell what concerns all sessions."""
        self.tell([events.host_alert(ts, kind, detail)])

    def day_over(self, ts: int) -> None:
        """Tell that the day's feed is over."""
        self.tell([LiveEvent(type="end_of_data", ts=ts, payload={})])

    def tell(self, told: Sequence[LiveEvent]) -> None:
        """Publish events."""
        if self._hub is not None and told:
            self._hub.publish(list(told))

    def _session(
        self, session: LiveSession, step: Step, committed: FrameCommitted
    ) -> list[LiveEvent]:
        """Return what a step brought to one session."""
        told = list(events.order_events(session, step.ts, committed.orders.get(session.id, ())))
        if session.id in step.journal:
            told.extend(events.alert_events(session, step.journal[session.id]))
        outcome = step.results.get(session.id)
        if outcome is not None:
            told.append(events.state_event(session, outcome.state, step.ts, outcome.reason))
        elif session.id in step.states:
            told.append(events.state_event(session, step.states[session.id], step.ts))
        return told

    def _warnings(self, day: LiveDay, ts: int) -> list[LiveEvent]:
        """Return warnings of sessions that have fallen by another whole percent."""
        bots, states = day.run.bots, day.run.states
        if not len(bots):
            return []
        self._reserve(int(bots[-1]) + 1)
        peak, worth = states[:, schema.STATE_PEAK_NLV], states[:, schema.STATE_NLV]
        percent = (peak - worth) * 100 // np.maximum(peak, 1)
        is_new = (percent >= events.WARNED_FROM_PCT) & (percent > self._warned[bots])
        told = []
        for place in np.flatnonzero(is_new).tolist():
            session = day.session_of(int(bots[place]))
            told.append(events.drawdown_event(session, ts, int(percent[place])))
        self._warned[bots] = np.maximum(self._warned[bots], percent)
        return told

    def _positions(
        self, day: LiveDay, marks: FrameMarks, changed: Sequence[LiveSession]
    ) -> list[LiveEvent]:
        """Return the positions of sessions that changed, and of some others in turn."""
        bots, states, shape = day.run.bots, day.run.states, day.run.shape
        numbers = [session.number for session in changed if session.id in day.sessions]
        places = np.searchsorted(bots, numbers[:POSITIONS_PER_FRAME])
        holding = np.flatnonzero(states[:, schema.STATE_HOLDING_COUNT])
        chosen = np.union1d(places, self._in_turn(holding))
        return [
            events.position_event(
                day.session_of(int(bots[place])), states[place], shape, day.day, marks
            )
            for place in chosen.tolist()
        ]

    def _in_turn(self, holding: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the next few of those that hold something."""
        if len(holding) <= POSITIONS_PER_FRAME:
            return holding
        start = self._turn % len(holding)
        self._turn = start + POSITIONS_PER_FRAME
        return np.concatenate([holding, holding])[start : start + POSITIONS_PER_FRAME]

    def _reserve(self, bots: int) -> None:
        if bots > len(self._warned):
            more = np.zeros(max(bots, 2 * len(self._warned)) - len(self._warned), np.int64)
            self._warned = np.concatenate([self._warned, more])

    def begin_day(self) -> None:
        """Forget the warnings of the day before."""
        self._warned[:] = 0
