"""Opening sessions: what is not written down is not run."""

import pytest

from forven.bots.host_options import HostOptions
from forven.bots.live_day import LiveDay
from forven.bots.registration import Registrar
from forven.store.errors import StoreBusy
from tests.bots.houses import IDLE, NS, add_bots, bot_row, hand_day, keep_strategy
from tests.store.refused_commits import commits_refused

DAY = hand_day()


def test_sessions_that_could_not_be_written_before_the_open_are_not_waited_for(store):
    add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    day = LiveDay(DAY, lambda: 0)
    registrar = Registrar(store, HostOptions())
    with commits_refused(store), pytest.raises(StoreBusy):
        registrar.open_wished(day, DAY.bounds.open_ns - NS)
    assert not day.scheduled
    assert not day.sessions
    (session,) = registrar.open_wished(day, DAY.bounds.open_ns - NS).sessions
    assert list(day.scheduled) == [session.id]


def test_sessions_that_were_written_although_the_write_was_refused_are_taken_in(store):
    add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    day = LiveDay(DAY, lambda: 0)
    registrar = Registrar(store, HostOptions())
    with commits_refused(store, made=True), pytest.raises(StoreBusy):
        registrar.open_wished(day, DAY.bounds.open_ns)
    assert not registrar.open_wished(day, DAY.bounds.open_ns).sessions
    (session,) = registrar.reconcile(day).sessions
    assert day.sessions == {session.id: session}
    assert not registrar.reconcile(day).sessions
