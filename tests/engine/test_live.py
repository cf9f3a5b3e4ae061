"""Live sessions: any windows, late bots and commands; the journals are those of the whole day."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.engine import live as host
from forven.engine.commands import Leg, Order, command_rows, place, stop
from forven.engine.fills import FillModel
from forven.engine.journal import digest
from forven.engine.live import LiveRun
from forven.engine.policy import SessionPolicy
from forven.engine.session import run_day
from forven.kernels import backend, schema
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.feeds.book import FrameBook, Window
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.opening import open_feed
from forven.market.importing import ImportRequest, import_files
from forven.market.readers.settlements import read_settlements
from forven.primitives.errors import InvalidInput
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy
from tests.engine.conftest import CASH, spread_document
from tests.engine.live_windows import window_of


def day_windows(day, cuts) -> list[Window]:
    bounds = [0, *sorted(set(cuts) - {0, day.frame_count}), day.frame_count]
    return [window_of(day, first, last) for first, last in zip(bounds, bounds[1:], strict=False)]


def live_run(day) -> LiveRun:
    return LiveRun(day.multiplier, day.bounds, day.instruments)


def by_bot(rows: list[np.ndarray], bot: int) -> np.ndarray:
    every = np.concatenate(rows)
    return every[every[:, schema.JOURNAL_BOT] == bot]


@pytest.mark.parametrize("step", [1, 13, 1_000])
def test_a_synthetic_day_in_windows_is_the_backtest(coarse_day, many_plans, step):
    wanted = run_day(coarse_day, many_plans, [CASH] * len(many_plans))
    run = live_run(coarse_day)
    numbers = [run.add(plan, CASH) for plan in many_plans]
    cuts = range(0, coarse_day.frame_count, step)
    rows = [run.advance(window, coarse_day.settlement) for window in day_windows(coarse_day, cuts)]
    for number, one in zip(numbers, wanted, strict=True):
        assert digest(by_bot(rows, number)) == one.digest
        assert run.state(number)[schema.STATE_CASH] == one.state[schema.STATE_CASH]
    assert run.ended == numbers
    assert len(run.bots) == 0


def test_new_rows_come_bot_after_bot_with_the_bots_numbers(coarse_day, many_plans):
    run = live_run(coarse_day)
    run.remove(run.add(many_plans[0], CASH))
    numbers = [run.add(plan, CASH) for plan in many_plans]
    rows = run.advance(window_of(coarse_day, 0, coarse_day.frame_count), coarse_day.settlement)
    assert numbers[0] == 1
    assert np.unique(rows[:, schema.JOURNAL_BOT]).tolist() == numbers
    assert np.all(np.diff(rows[:, schema.JOURNAL_BOT]) >= 0)
    sequences = by_bot([rows], 1)[:, schema.JOURNAL_SEQUENCE]
    assert sequences.tolist() == list(range(len(sequences)))


def test_a_bot_that_joins_in_the_day_does_what_its_plan_says_over_the_whole_day(
    coarse_day, many_plans
):
    """Its entry times lie after it joined, as the host makes them."""
    wanted = run_day(coarse_day, many_plans, [CASH] * len(many_plans))
    run, rows, numbers = live_run(coarse_day), [], []
    for frame, window in enumerate(day_windows(coarse_day, range(0, 29, 1))):
        if frame < len(many_plans):
            numbers.append(run.add(many_plans[frame], CASH))
        rows.append(run.advance(window, coarse_day.settlement))
    for number, one in zip(numbers, wanted, strict=True):
        assert digest(by_bot(rows, number)) == one.digest


def stale_day(day):
    """The day with frames 25 to 39 an hour late: the first entry falls into them."""
    clock = day.clock.copy()
    clock[schema.CLOCK_ARRIVAL, 25:40] += 3_600 * 10**9
    return replace(day, clock=clock)


def test_stale_frames_and_commands_in_the_day_change_nothing(coarse_day, many_plans):
    day = stale_day(coarse_day)
    cheap = next(s for s in day.symbols if day.price_of(s, 100).bid in range(10, 500))
    order = Order(kind="market", legs=(Leg(instrument=cheap, quantity=2, action="buy to open"),))
    rows = command_rows([place(int(day.ts[70]) + 1, order, day), stop(int(day.ts[300]) + 1)])
    plans = many_plans[:2].copy()
    plans[1, schema.PLAN_COMMAND_COUNT] = 2
    wanted = run_day(day, plans, [CASH, CASH], rows)
    assert wanted[0].digest != run_day(coarse_day, plans, [CASH, CASH], rows)[0].digest
    run, found = live_run(day), []
    for plan in plans:
        run.add(plan, CASH)
    for frame, window in enumerate(day_windows(day, range(day.frame_count))):
        for taken, row in ((70, rows[0]), (300, rows[1])):
            if frame == taken + 1:  # the frame at `taken` was stepped; it is due one later
                run.command(1, row)
        found.append(run.advance(window, day.settlement))
    for bot, one in enumerate(wanted):
        assert digest(by_bot(found, bot)) == one.digest
    assert run.state(1)[schema.STATE_STATUS] == schema.STATUS_KILLED


def test_a_settlement_that_is_known_late_settles_in_a_further_frame(coarse_day, many_plans):
    run = live_run(coarse_day)
    number = run.add(many_plans[1], CASH)
    last = window_of(coarse_day, coarse_day.frame_count - 1, coarse_day.frame_count)
    run.advance(window_of(coarse_day, 0, coarse_day.frame_count - 1), schema.MISSING)
    run.advance(last, schema.MISSING)
    assert run.ended == []
    later = Window(quotes=last.quotes, clock=last.clock + 5)
    rows = run.advance(later, coarse_day.settlement)
    assert rows[-1, schema.JOURNAL_KIND] == schema.EVENT_SESSION_ENDED
    assert rows[-1, schema.JOURNAL_TS] == coarse_day.bounds.close_ns + 5
    assert run.ended == [number]
    once = run_day(coarse_day, many_plans[1:2], [CASH])[0]
    assert run.state(number)[schema.STATE_CASH] == once.state[schema.STATE_CASH]


def test_holdings_and_orders_are_told(coarse_day, bare_plan):
    symbol = next(s for s in coarse_day.symbols if coarse_day.price_of(s, 20).bid in range(10, 300))
    instrument = coarse_day.index_of(symbol)
    legs = (Leg(instrument=symbol, quantity=3, action="buy to open"),)
    run = live_run(coarse_day)
    due = int(coarse_day.ts[20])
    bought = place(due, Order(kind="market", legs=legs), coarse_day)
    bid = place(due, Order(kind="limit", legs=legs, price="0.05", effect="debit"), coarse_day)
    bot = run.add(bare_plan, CASH, [bought, bid])
    run.advance(window_of(coarse_day, 0, 22), schema.MISSING)
    assert run.holdings(bot)[:, :2].tolist() == [[instrument, 3]]
    pending = run.orders(bot)
    assert pending[:, [schema.ORDER_ID, schema.ORDER_PRICE]].tolist() == [[2, -5]]
    assert run.state(bot)[schema.STATE_COMMAND_CURSOR] == 2
    assert run.state(bot)[schema.STATE_FRAME] == 22


def huge(plan: np.ndarray) -> np.ndarray:
    """More contracts than money is counted for."""
    row = plan.copy()
    row[schema.PLAN_QUANTITY] = 900_000
    row[schema.PLAN_LEGS + schema.LEG_RATIO] = 1_000
    return row


def test_a_plan_that_the_kernel_refuses_fails_alone(coarse_day, many_plans):
    run = live_run(coarse_day)
    first, refused, last = (
        run.add(plan, CASH) for plan in (many_plans[0], huge(many_plans[1]), many_plans[2])
    )
    assert list(run.refused) == [refused]
    assert "expected contracts of bot 0 of at most" in run.refused[refused]
    run.advance(window_of(coarse_day, 0, 100), schema.MISSING)
    assert run.bots.tolist() == [first, last]
    with pytest.raises(InvalidInput, match=r"expected one with a state, found 1 \(refused"):
        run.state(refused)


def test_a_bot_that_is_refused_later_is_set_aside_and_the_others_go_on(
    coarse_day, many_plans, monkeypatch
):
    """As if quotes had gone beyond every strike: what the bot may hold has become too much."""
    run = live_run(coarse_day)
    monkeypatch.setattr(run._probe, "refusal", lambda *given: None)
    numbers = [run.add(plan, CASH) for plan in (many_plans[0], huge(many_plans[1]), many_plans[2])]
    rows = [run.advance(window, coarse_day.settlement) for window in day_windows(coarse_day, [100])]
    assert list(run.refused) == [numbers[1]]
    wanted = run_day(coarse_day, many_plans[[0, 2]], [CASH, CASH])
    for number, one in zip((numbers[0], numbers[2]), wanted, strict=True):
        assert digest(by_bot(rows, number)) == one.digest


def test_a_window_that_is_none_is_an_error_and_no_bots(coarse_day, many_plans):
    if backend.NAME != "rust":
        pytest.skip("numba leaves the checks of a market to its caller")
    run = live_run(coarse_day)
    run.add(many_plans[0], CASH)
    window = window_of(coarse_day, 0, 5)
    window.quotes[schema.QUOTE_BID, 0, 2] = -7
    with pytest.raises(InvalidInput, match="quotes: expected"):
        run.advance(window, schema.MISSING)
    assert run.refused == {}
    run.advance(window_of(coarse_day, 0, 5), schema.MISSING)


def test_a_command_is_refused_if_it_cannot_be_taken(coarse_day, bare_plan):
    run = live_run(coarse_day)
    bot = run.add(bare_plan, CASH, [stop(int(coarse_day.ts[50]))])
    early = stop(int(coarse_day.ts[49]))
    with pytest.raises(InvalidInput, match="due times that do not decrease"):
        run.command(bot, early)
    with pytest.raises(InvalidInput, match="expected rows of 32 values"):
        run.command(bot, [1, 2, 3])
    with pytest.raises(InvalidInput, match=r"expected one that runs, found 7 \(not there\)"):
        run.command(7, early)
    with pytest.raises(InvalidInput, match="command refused: "):
        run.command(bot, many_contracts(coarse_day))
    run.advance(window_of(coarse_day, 0, coarse_day.frame_count), coarse_day.settlement)
    with pytest.raises(InvalidInput, match=r"expected one that runs, found 0 \(ended\)"):
        run.command(bot, stop(schema.INT64_MAX))
    alone = run_day(coarse_day, with_count(bare_plan, 1), [CASH], command_rows([early]))[0]
    assert run.state(bot)[schema.STATE_STATUS] == alone.state[schema.STATE_STATUS]


def many_contracts(day) -> np.ndarray:
    """One order whose contracts are more than money is counted for."""
    legs = (Leg(instrument=day.symbols[0], quantity=1, action="sell to open"),)
    row = np.array(place(schema.INT64_MAX, Order(kind="market", legs=legs), day))
    row[schema.COMMAND_QUANTITY] = 1_000_000
    row[schema.COMMAND_LEGS + schema.COMMAND_LEG_RATIO] = 8
    return row


def with_count(plan: np.ndarray, count: int) -> np.ndarray:
    row = plan.copy()
    row[schema.PLAN_COMMAND_COUNT] = count
    return row[None]


def test_a_journal_of_the_least_size_changes_nothing(coarse_day, many_plans, monkeypatch):
    monkeypatch.setattr(host, "_JOURNAL_ROWS", 1)
    plans = np.tile(many_plans, (20, 1))
    run = live_run(coarse_day)
    numbers = [run.add(plan, CASH) for plan in plans]
    rows = run.advance(window_of(coarse_day, 0, coarse_day.frame_count), coarse_day.settlement)
    wanted = run_day(coarse_day, many_plans, [CASH] * len(many_plans))
    assert np.all(np.diff(rows[:, schema.JOURNAL_BOT]) >= 0)
    for number in numbers:
        assert digest(by_bot([rows], number)) == wanted[number % len(many_plans)].digest


def test_states_grow_with_what_bots_may_need_and_keep_what_they_hold(coarse_day, many_plans):
    run = live_run(coarse_day)
    first = run.add(many_plans[0], CASH)
    run.advance(window_of(coarse_day, 0, 60), schema.MISSING)
    before, width = run.holdings(first).tolist(), run.shape.width
    symbols = [s for s in coarse_day.symbols if coarse_day.price_of(s, 60).bid in range(5, 300)]
    due = int(coarse_day.ts[60])
    legs = [(Leg(instrument=each, quantity=1, action="buy to open"),) for each in symbols]
    orders = [place(due, Order(kind="market", legs=leg), coarse_day) for leg in legs]
    second = run.add(with_count(many_plans[1], 0)[0], CASH, orders)
    run.advance(window_of(coarse_day, 60, 61), schema.MISSING)
    assert run.shape.width > width
    assert run.holdings(first).tolist() == before
    assert before
    assert len(run.holdings(second)) == len(symbols) > 20


def test_a_frame_that_begins_with_a_missing_or_a_crossed_quote_keeps_its_mark(
    coarse_day, many_plans
):
    """Rust holds each mark to the quotes before it: `led` gives it the quote it rests on."""
    window = window_of(coarse_day, 300, 301)
    for place_, (bid, ask, mark2) in enumerate([(-1, -1, -2 - 15), (9, 8, -2 - 1), (0, 5, -2 - 5)]):
        window.quotes[:, place_, 0] = bid, ask, mark2
    leading = host.led(window)
    assert leading.quotes[:, :3, 0].T.tolist() == [[7, 8, 15], [0, 1, -3], [2, 3, 5]]
    assert_array_equal(leading.quotes[:, :, 1:], window.quotes)
    run = live_run(coarse_day)
    run.add(many_plans[0], CASH)
    run.advance(window_of(coarse_day, 0, 1), schema.MISSING)
    run.advance(window, schema.MISSING)
    assert run.refused == {}


@pytest.mark.data
@pytest.mark.parametrize("step", [1, 60])
def test_a_recorded_day_fed_frame_by_frame_is_the_backtest(shared_data, tmp_path, step):
    """From the file, through the replay feed and the book, to the journal."""
    made = Catalog(tmp_path)
    recorded = shared_data / "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
    settlements = read_settlements(shared_data / "reference/spx_settlements.csv")
    wanted = ImportRequest(name="chain", paths=(recorded,), settlements=settlements)
    import_files(wanted, made, trading_calendar(), lambda path, share: None)
    whole = made.open("chain").load(date(2018, 1, 5))
    plans = recorded_plans(whole.bounds)
    backtest = run_day(whole, plans, [CASH] * len(plans))
    feed = open_feed("replay:chain", made, FeedOptions(speed="max", hold=False))
    day = next(feed.days())
    book, rows = FrameBook(day), []
    run = LiveRun(day.multiplier, day.bounds, book.instruments)
    for plan in plans:
        run.add(plan, CASH)
    taken = 0
    for frame in feed.frames(day, schema.MISSING):
        number = book.append(frame)
        if number % step == 0 or frame.settlement != schema.MISSING:
            for window, settlement in book.steps(taken, number + 1):
                rows.append(run.advance(window, settlement))
            taken = number + 1
    feed.close()
    for bot, one in enumerate(backtest):
        assert digest(by_bot(rows, bot)) == one.digest
        assert one.state[schema.STATE_FILLS] >= 1


def recorded_plans(bounds) -> np.ndarray:
    rows = []
    for preset in ("live", "backtest", "natural"):
        row = SessionPolicy(fills=FillModel.preset(preset)).plan_row(CASH)
        compile_strategy(parse_strategy(spread_document("0.2")), bounds, row)
        rows.append(row)
    return np.stack(rows)
