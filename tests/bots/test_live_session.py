"""A session between frames: its rows, its documents and the commands that wait."""

import numpy as np

from forven.bots.live_session import LiveSession, RowBuffer
from forven.kernels import schema
from forven.strategies.script.frames import TakenCommand


def test_a_view_of_the_rows_stays_as_it_was_while_more_come():
    buffer = RowBuffer()
    views = []
    for number in range(100):
        row = np.full((1, schema.JOURNAL_WIDTH), number)
        buffer.extend(row)
        views.append(buffer.rows)
    for number, view in enumerate(views):
        assert view[:, 1].tolist() == list(range(number + 1))
        assert not view[:, schema.JOURNAL_BOT].any()


def test_changed_orders_take_their_places_in_a_new_list():
    session = LiveSession(row=None, number=0, state="running")
    session.take_documents([{"number": 1, "a": 1}, {"number": 2, "a": 1}], [{"t": 1}])
    before = session.orders
    session.take_documents([{"number": 1, "a": 2}, {"number": 3, "a": 1}], [{"t": 2}])
    assert [each["a"] for each in session.orders] == [2, 1, 1]
    assert [each["a"] for each in before] == [1, 1]
    assert session.transactions == [{"t": 1}, {"t": 2}]


def test_commands_are_taken_in_the_frame_they_are_due():
    session = LiveSession(row=None, number=0, state="running")
    session.commands = [TakenCommand(row=[due], is_own=True) for due in (5, 7, 7, 9)]
    assert session.taken_by(4) == ()
    assert [each.row for each in session.taken_by(7)] == [[5], [7], [7]]
    assert [each.row for each in session.commands] == [[9]]
