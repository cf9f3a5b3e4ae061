"""What the page is given: money, New York times, markers on their paths, texts in words."""

import pytest

from forven.engine.executions import fills_of
from forven.primitives.time import exchange_datetime
from forven.research.report import payload
from forven.research.report.payload import page_payload, seconds_of_day
from forven.research.report.wording import event_lines, instrument_text, price_words
from tests.research.conftest import DAYS


@pytest.fixture(scope="module")
def page(spread):
    return page_payload(spread)


def test_every_session_is_there_with_its_money(page, spread):
    assert len(page["sessions"]) == DAYS
    for session, record in zip(page["sessions"], spread.records, strict=True):
        assert session["day"] == record.day.isoformat()
        assert round(session["pnl"] * 1e6) == record.chosen.profit
        assert session["settlement"] == record.settlement / 100
    assert len(page["equity"]) == len(page["benchmark"]) == DAYS + 1


def test_times_are_what_new_york_clocks_show(page, spread):
    first = page["sessions"][0]
    assert first["times"][0] == 9.5 * 3600
    assert first["times"][-1] == 16 * 3600
    assert first["events"][0][0] == "09:45:00"
    fill = fills_of(spread.records[0].rows)[0]
    local = exchange_datetime(fill.ts)
    assert seconds_of_day(fill.ts) == local.hour * 3600 + local.minute * 60 + local.second
    assert seconds_of_day(fill.ts + 500_000_000) == seconds_of_day(fill.ts) + 0.5


def test_every_path_has_a_point_for_each_time_and_marks_on_times(page):
    trades = [(s, trade) for s in page["sessions"] for trade in s["trades"]]
    assert trades
    for session, trade in trades:
        assert len(trade["mid"]) == len(session["times"])
        assert {mark["time"] for mark in trade["marks"]} <= set(session["times"])


def test_a_trade_ends_in_an_exit_or_a_settlement(page, spread):
    roles = [
        [mark["role"] for mark in trade["marks"]] for s in page["sessions"] for trade in s["trades"]
    ]
    assert {tuple(found) for found in roles} == {("entry", "exit"), ("entry", "settlement")}
    assert roles.count(["entry", "exit"]) == spread.total("exits")


def test_markers_say_action_legs_prices_and_fees(page):
    marks = [m for s in page["sessions"] for trade in s["trades"] for m in trade["marks"]]
    entry = next(mark for mark in marks if mark["role"] == "entry")
    text = "\n".join(entry["lines"])
    for part in (
        "entry 09:45:00, order 1",
        "credit",
        "sold 1 ",
        "bought 1 ",
        " put for ",
        "fees $3.44",
    ):
        assert part in text
    leave = next(mark for mark in marks if mark["role"] == "exit")
    assert leave["lines"][0].startswith("exit (profit target)")
    assert leave["price"] > 0, "an exit is shown as the price paid back"
    settled = next(mark for mark in marks if mark["role"] == "settlement")
    assert settled["lines"][1].startswith("index ")


def test_a_page_of_many_points_is_thinned_but_keeps_its_marks(spread, monkeypatch):
    monkeypatch.setattr(payload, "_PATH_POINTS_MAX", 500)
    page = page_payload(spread)
    points = 0
    for session in page["sessions"]:
        for trade in session["trades"]:
            points += len(trade["mid"])
            assert {mark["time"] for mark in trade["marks"]} <= set(session["times"])
            assert session["times"][-1] == 16 * 3600
    assert points < 500 + 8 * sum(len(session["trades"]) for session in page["sessions"])


def test_a_session_without_a_trade_has_no_path(tuesdays):
    idle = page_payload(tuesdays)["sessions"][1]
    assert (idle["times"], idle["trades"]) == ([], [])
    assert idle["events"][-1][2].startswith("session ended: status completed")


def test_a_fill_is_one_line_with_its_legs(spread):
    lines = [line for line in event_lines(spread.records[0]) if "filled 1 x" in line[2]]
    assert len(lines) == len(fills_of(spread.records[0].rows))
    assert "sold 1 " in lines[0][2]
    assert lines[0][2].count("fee $1.72") == 2
    assert not any("leg filled" in line[2] for line in event_lines(spread.records[0]))


@pytest.mark.parametrize(
    ("quanta", "text"), [(235, "2.35 credit"), (-430, "4.30 debit"), (0, "0.00")]
)
def test_prices_have_a_direction(quanta, text):
    assert price_words(quanta) == text


def test_instruments_are_named_as_traders_say_them():
    assert instrument_text("SPXW  240102P04725000") == "4725 put"
    assert instrument_text("SPXW  240102C04725500") == "4725.50 call"
