"""What clients are told: each fill once, drawdowns by whole percents, positions in turn."""

import orjson
import pytest

from forven.bots import announcer
from forven.bots.announcer import Announcer
from forven.bots.host_options import HostOptions
from forven.bots.hub import Hub
from forven.bots.live_day import LiveDay
from forven.bots.registration import Registrar
from forven.engine.commands import Leg, Order, place
from forven.store.store import Store
from tests.bots.houses import (
    IDLE,
    NS,
    add_bots,
    bot_row,
    hand_day,
    hand_frame,
    keep_strategy,
)

DAY = hand_day()
OPEN = DAY.bounds.open_ns


class Told:
    """A day whose steps are committed and told."""

    def __init__(self, store: Store, bots: int, cash: int = 100_000_000_000) -> None:
        name = keep_strategy(store, IDLE)
        add_bots(store, [bot_row(name, n, cash_balance=cash) for n in range(1, bots + 1)])
        self.store, self.hub, self.day = store, Hub(), LiveDay(DAY, lambda: 0)
        self.announcer = Announcer(self.hub)
        opened = Registrar(store, HostOptions()).open_wished(self.day, OPEN)
        self.day.show(None, opened.sessions)
        self.read = 0

    def frame(self, second: int, quotes: dict[int, tuple[int, int]]) -> list[dict]:
        """Take a frame; return what it told."""
        step = self.day.step([hand_frame(OPEN + second * NS, quotes)])
        committed = self.store.commit_frame(step.commit)
        changed = self.day.settle(step, committed)
        self.announcer.frame(self.day, step, committed, changed)
        found = self.hub.read(self.read, self.read, 10_000)
        self.read = found.events_cursor
        return [orjson.loads(event.body) for event in found.events]

    def buy(self, instrument: int, second: int) -> None:
        leg = Leg(instrument=DAY.symbols[instrument], quantity=1, action="buy to open")
        order = Order(kind="market", legs=(leg,))
        for session in self.day.sessions.values():
            row = place(OPEN + second * NS, order, self.day.book)
            self.day.run.command(session.number, row)


def of(told: list[dict], kind: str) -> list[dict]:
    return [each for each in told if each["type"] == kind]


def test_a_fill_is_an_order_a_trade_and_a_position(store):
    told = Told(store, 1)
    (session,) = told.day.sessions.values()
    first = told.frame(1, {1: (1_000, 1_020)})
    assert [each["state"] for each in of(first, "session_state")] == ["running"]
    assert of(first, "prices")[0]["prices"] == {"SPX": 4_720.0}
    told.buy(1, 2)
    found = told.frame(2, {1: (1_000, 1_020)})
    (order,) = of(found, "order_update")
    assert (order["session_id"], order["bot_id"]) == (session.id, session.row.bot_id)
    assert order["order"]["status"] == "filled"
    (trade,) = of(found, "trade")
    assert [each["number"] for each in trade["data"]["opened"]] == [1]
    assert trade["data"]["closed"] == []
    told.frame(3, {1: (1_100, 1_120)})
    (position,) = of(told.frame(4, {1: (1_200, 1_220)}), "position_pnl")
    assert position["positions"] == [
        {
            "instrument": DAY.symbols[1],
            "direction": "long",
            "quantity": "1",
            "price": "1210.00",
            "unrealized_profit_loss": "190.00",
        }
    ]
    assert told.hub.market.marks.mark2(1) == 2_420


def test_a_drawdown_is_warned_of_once_a_percent_from_eight_on(store):
    told = Told(store, 1, cash=10_000_000_000)
    told.frame(1, {1: (1_000, 1_000)})
    told.buy(1, 2)
    told.frame(2, {1: (1_000, 1_000)})
    warned = []
    for second, value in enumerate((300, 150, 140, 20, 300, 10), start=3):
        found = of(told.frame(second, {1: (value, value)}), "risk_alert")
        warned.append([each["drawdown_pct"] for each in found])
    assert warned == [[], [8], [], [9], [], []]


def test_positions_are_told_in_turn_so_that_a_frame_stays_short(store, monkeypatch):
    monkeypatch.setattr(announcer, "POSITIONS_PER_FRAME", 3)
    told = Told(store, 7)
    told.frame(1, {1: (1_000, 1_020)})
    told.buy(1, 2)
    told.frame(2, {1: (1_000, 1_020)})
    seen: set[str] = set()
    for second in range(3, 6):
        found = of(told.frame(second, {1: (1_000, 1_020)}), "position_pnl")
        assert len(found) == 3
        seen |= {each["session_id"] for each in found}
    assert seen == set(told.day.sessions)


def test_nothing_is_made_where_nobody_listens(store):
    told = Told(store, 1)
    told.announcer = Announcer(None)
    assert told.frame(1, {1: (1_000, 1_020)}) == []


@pytest.mark.parametrize("kind", ["paused", "storage"])
def test_alerts_of_the_host_name_no_session(kind):
    hub = Hub()
    Announcer(hub).alert(5, kind, "because")
    (event,) = hub.read(0, 0, 10).events
    body = orjson.loads(event.body)
    assert (body["kind"], body["detail"]) == (kind, "because")
    assert (body["session_id"], body["bot_id"]) == (None, None)
