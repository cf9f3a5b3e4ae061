"""What readers see is of one frame: its moment, its states and its margins together."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from forven.bots.history import AccountHistory
from forven.bots.live_session import LiveSession
from forven.bots.live_view import FrameMarks
from forven.bots.showroom import Shown, Showroom
from forven.engine.live import Financials
from forven.kernels import schema
from tests.bots.houses import hand_day
from tests.store.made_rows import SESSION

DAY = hand_day()
OPEN = DAY.bounds.open_ns
FRAMES = 2_000


def financials(moment: int) -> Financials:
    """What one bot had after a frame: everything names the frame."""
    rows = np.full((1, 1, schema.FINANCIAL_WIDTH), moment, np.int64)
    return Financials(np.array([0]), np.array([1]), rows, np.zeros(1, np.bool_))


def marks(moment: int) -> FrameMarks:
    return FrameMarks(moment, DAY.bounds.close_ns, np.zeros((3, 6, 1), np.int32), np.zeros((6, 2)))


@pytest.fixture
def room():
    """A showroom with one session, and what shows a further frame of it."""
    history = AccountHistory(DAY.bounds.close_ns)
    made = Showroom(DAY, history)
    row = replace(SESSION, opened_ns=OPEN)
    session = LiveSession(row=row, number=0, state="running")

    def show(moment: int) -> None:
        states = np.full((1, schema.STATE_HEADER_WIDTH), moment, np.int64)
        made.show(np.array([0]), states, [Shown.of(session)], marks=marks(moment))

    return made, history, show, session.id


def test_a_margin_is_not_shown_before_its_frame(room):
    made, history, show, name = room
    for moment in (OPEN, OPEN + 1):
        history.record(np.array([moment]), financials(moment))
        if moment == OPEN:
            show(moment)
    assert made.view(name).margin == made.view(name).ts == OPEN
    show(OPEN + 1)
    assert made.view(name).margin == made.view(name).ts == OPEN + 1


def test_readers_of_another_thread_never_see_half_a_frame(room):
    made, history, show, name = room
    history.record(np.array([OPEN]), financials(OPEN))
    show(OPEN)
    is_done, torn = threading.Event(), []

    def read() -> None:
        while not is_done.is_set():
            view = made.view(name)
            seen = {view.ts, view.marks.ts, int(view.state[0]), int(view.state[-1]), view.margin}
            if len(seen) > 1:
                torn.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for moment in range(OPEN + 1, OPEN + FRAMES):
        history.record(np.array([moment]), financials(moment))
        show(moment)
    is_done.set()
    reader.join()
    assert not torn
