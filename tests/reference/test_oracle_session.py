"""The session oracle by itself: days written by hand, with the sums in the comments."""

from forven.kernels import schema
from tests.reference.handmade import BACKTEST, HALF, LIVE, NATURAL, NO_QUOTE, Script
from tests.reference.journal import decoded

OPEN, CLOSE = schema.EFFECT_OPEN, schema.EFFECT_CLOSE
SECOND_NS = 1_000_000_000
CASH = 100_000_000_000
P5950, P5940 = (595_000, schema.PUT), (594_000, schema.PUT)
C6050, C6060 = (605_000, schema.CALL), (606_000, schema.CALL)
VERTICAL = {P5950: [(210, 230)], P5940: [(100, 115)]}
CONDOR = {**VERTICAL, C6050: [(210, 230)], C6060: [(100, 115)]}
SELL_VERTICAL = [(P5950, 1, OPEN), (P5940, -1, OPEN)]
BUY_BACK = [(P5950, -1, CLOSE), (P5940, 1, CLOSE)]
CONDOR_LEGS = [
    (1, schema.PUT, 1, schema.METHOD_STRIKE, 595_000, 0),
    (-1, schema.PUT, 1, schema.METHOD_STRIKE, 594_000, 0),
    (1, schema.CALL, 1, schema.METHOD_STRIKE, 605_000, 0),
    (-1, schema.CALL, 1, schema.METHOD_RELATIVE, 1_000, 2),
]


def cells(session, kind):
    """Return A to F of every row of one kind."""
    return [row[schema.JOURNAL_A :] for row in session.journal.rows if row[3] == kind]


def kinds(session):
    return [row[schema.JOURNAL_KIND] for row in session.journal.rows]


def test_a_live_limit_fills_at_the_executable_price_and_pays_its_fees():
    day = Script(VERTICAL)
    day.place(0, SELL_VERTICAL, price=100)
    session = day.run(frame_to=1)
    # executable 105 (mid 110 less a tick); 105.00 - 2 x 1.72 = 101.56 to cash.
    filled = (105, 1, 3_440_000, 0, CASH + 101_560_000, 95)
    assert cells(session, schema.EVENT_ORDER_FILLED) == [filled]
    legs = [(0, 1, -1, 216, 1_720_000, -1), (1, 0, 1, -111, 1_720_000, 1)]
    assert cells(session, schema.EVENT_LEG_FILLED) == legs
    # marks: -220 + 107.5 = -112.5 dollars beside the cash.
    assert session.financials == [
        (day.at(0), CASH + 101_560_000, CASH - 10_940_000, 10_940_000, 1_000_000_000, 0)
    ]


def test_an_order_at_the_mid_waits_in_live_and_fills_at_once_in_a_backtest():
    for preset, fills in ((LIVE, 0), (BACKTEST, 1), (HALF, 0), (NATURAL, 0)):
        day = Script(VERTICAL)
        day.set(**preset)
        day.place(0, SELL_VERTICAL, price=110)
        assert day.run(frame_to=1).account.fills == fills


def test_a_condor_round_trip_pays_the_published_fees_and_slippage():
    day = Script(CONDOR, frames=6)
    day.strategy(CONDOR_LEGS, EXIT_TS=day.at(2), **BACKTEST)
    session = day.run()
    # open 4 x 1.72 = 6.88, close 4 x 0.72 = 2.88, 5.00 a fill; in at 225, out at -225 - 5.
    assert session.account.fees == 6_880_000 + 2_880_000
    assert session.account.slippage == 10_000_000
    assert [row[0] for row in cells(session, schema.EVENT_ORDER_FILLED)] == [225, -225]
    assert session.status == schema.STATUS_COMPLETED
    assert session.account.cash == CASH - 19_760_000


def test_the_opening_peg_concedes_a_tick_after_the_wait_and_fills_a_frame_later():
    day = Script(VERTICAL, frames=8)
    day.set(OPENING_ENABLED=1, OPENING_NUDGE_NS=2 * SECOND_NS, OPENING_INTERVAL_NS=SECOND_NS)
    day.set(OPENING_TOLERANCE_TICKS=1, MAX_CONCESSION=20)
    day.place(0, SELL_VERTICAL, price=110, REPRICED=1)
    session = day.run()
    # placed at the mid 110; after 2 s one tick: 105, which is executable in the next frame.
    replaced = (110, 105, 1, 110, 105, schema.REASON_REPRICED)
    assert cells(session, schema.EVENT_ORDER_REPLACED) == [replaced]
    times = {row[3]: row[2] for row in session.journal.rows}
    assert times[schema.EVENT_ORDER_REPLACED] == day.at(2)
    assert times[schema.EVENT_ORDER_FILLED] == day.at(3)


def test_the_opening_peg_rests_at_its_cap_when_the_mid_runs_away():
    day = Script({**VERTICAL, P5950: [(210, 230), (210, 230), (110, 130)]}, frames=6)
    day.set(OPENING_ENABLED=1, OPENING_NUDGE_NS=60 * SECOND_NS, OPENING_INTERVAL_NS=SECOND_NS)
    day.set(OPENING_TOLERANCE_TICKS=1, MAX_CONCESSION=20)
    day.place(0, SELL_VERTICAL, price=110, REPRICED=1)
    # the mid falls to 10: the order goes to 110 - 20 = 90 and no further.
    replaced = cells(day.run(), schema.EVENT_ORDER_REPLACED)
    assert replaced == [(110, 90, 0, 10, 90, schema.REASON_REPRICED)]


def test_the_closing_peg_concedes_down_to_the_natural_price():
    day = Script(VERTICAL, frames=12)
    day.set(CLOSING_ENABLED=1, CLOSING_NUDGE_NS=SECOND_NS, CLOSING_INTERVAL_NS=SECOND_NS)
    day.set(CONCEDED_TICKS=9)
    day.place(0, SELL_VERTICAL, price=95)
    day.place(1, BUY_BACK, price=-100, REPRICED=1)
    session = day.run()
    # mid -115 (floor of -112.5), natural -230 + 100 = -130; each second a tick, never below.
    new = [row[1] for row in cells(session, schema.EVENT_ORDER_REPLACED)]
    assert new == [-120, -125, -130]
    assert cells(session, schema.EVENT_ORDER_FILLED)[-1][0] == -130


def test_an_in_the_money_instrument_pays_one_settlement_fee():
    day = Script(VERTICAL, settlement=594_500)
    day.place(0, SELL_VERTICAL, price=100, quantity=3)
    session = day.run()
    # short put 5950 is 5.00 in the money, three lots: -1,500 and one fee of 5.00.
    assert cells(session, schema.EVENT_SETTLED) == [
        (0, 3, 0, 0, 0, 0),
        (1, -3, 500, -1_500_000_000, 5_000_000, 0),
    ]
    assert session.account.cash == CASH + 3 * 101_560_000 - 1_505_000_000


def test_a_close_without_a_value_waits_for_it():
    day = Script(VERTICAL, settlement=schema.MISSING)
    day.place(0, SELL_VERTICAL, price=100)
    day.place(0, SELL_VERTICAL, price=500)
    session = day.run()
    assert session.status == schema.STATUS_RUNNING
    assert kinds(session)[-1] == schema.EVENT_ORDER_EXPIRED
    session.day.settlement = 600_000
    session.frame -= 1
    session.advance(day.frames)
    assert session.status == schema.STATUS_COMPLETED


def test_a_daily_loss_flattens_shorts_first_and_ends_halted():
    day = Script({**VERTICAL, P5950: [(210, 230), (900, 920)]}, frames=6)
    day.set(HALT_LOSS=500_000_000)
    day.place(0, SELL_VERTICAL, price=100)
    session = day.run()
    flattened = [row[:4] for row in cells(session, schema.EVENT_LEG_FILLED)[2:]]
    assert flattened == [(0, 1, 1, -920), (0, 0, -1, 100)]
    assert session.status == schema.STATUS_HALTED
    # 101.56 in, then -920 + 100 and 2 x 0.72 out.
    assert session.account.cash == CASH + 101_560_000 - 820_000_000 - 1_440_000
    assert session.frame == 3, "placed in frame 1, filled and ended in frame 2"


def test_longs_without_a_bid_wait_for_the_close_after_a_halt():
    day = Script({P5940: [(100, 115), (0, 5)]}, frames=6, settlement=593_000)
    day.set(HALT_LOSS=50_000_000)
    day.place(0, [(P5940, -1, OPEN)], price=-115)
    session = day.run(frame_to=5)
    assert session.status == schema.STATUS_UNSELLABLE
    session.advance(6)
    assert session.status == schema.STATUS_HALTED
    assert cells(session, schema.EVENT_SETTLED) == [(0, 1, 1_000, 1_000_000_000, 5_000_000, 0)]


def test_errors_beyond_the_budget_pause_entries_once_or_fail_the_session():
    for pauses, status in ((1, schema.STATUS_COMPLETED), (0, schema.STATUS_FAILED)):
        day = Script(VERTICAL)
        day.set(AUTO_PAUSE=pauses, ERROR_BUDGET=1)
        for frame in (0, 1, 2):
            day.command(frame, schema.COMMAND_ERROR)
        session = day.run()
        assert session.status == status
        assert len(cells(session, schema.EVENT_ENTRIES_PAUSED)) == pauses


def test_a_stop_order_refuses_to_trigger_on_arrival_and_fills_when_the_mid_arrives():
    # a buyer's mid is -105; it comes to -90 in frame 2 and fills a tick worse, at -95.
    day = Script({P5940: [(100, 110), (100, 110), (80, 100)]})
    day.place(0, [(P5940, -1, OPEN)], price=-105, TYPE=schema.ORDER_STOP)
    day.place(0, [(P5940, -1, OPEN)], price=-95, TYPE=schema.ORDER_STOP)
    session = day.run(frame_to=3)
    refused = (schema.REASON_WOULD_TRIGGER, 0, 0, 0, 0, 0)
    assert cells(session, schema.EVENT_ORDER_REJECTED) == [refused]
    assert [row[0] for row in cells(session, schema.EVENT_ORDER_FILLED)] == [-95]


def test_a_stale_frame_fills_nothing_and_a_fresh_one_goes_on():
    day = Script(VERTICAL, delays_ns={0: 2 * SECOND_NS})
    day.place(0, SELL_VERTICAL, price=100)
    assert day.run(frame_to=1).account.fills == 0
    assert day.run(frame_to=2).account.fills == 1


def test_a_lone_sale_without_a_bid_never_fills():
    day = Script({P5940: [(100, 115), (0, 15)]}, frames=6, settlement=600_000)
    day.place(0, [(P5940, -1, OPEN)], price=-115)
    day.place(1, [(P5940, 1, CLOSE)], TYPE=schema.ORDER_MARKET)
    session = day.run()
    assert session.account.fills == 1
    assert schema.EVENT_ORDER_EXPIRED in kinds(session)


def test_the_first_of_equally_near_strikes_is_the_one_farther_out_of_the_money():
    quotes = {(600_000, 0): [(300, 310)], (601_000, 0): [(200, 210)]}
    day = Script(quotes, spots=[600_500])
    day.strategy([(-1, schema.CALL, 1, schema.METHOD_ATM, 0, 0)])
    session = day.run()
    assert cells(session, schema.EVENT_ORDER_LEG) == [(0, 1, -1, OPEN, 0, 0)]


def test_a_try_without_an_underlying_or_a_strike_says_so_and_is_used_up():
    for method, spots, reason in (
        (schema.METHOD_ATM, [schema.MISSING], schema.REASON_NO_UNDERLYING),
        (schema.METHOD_STRIKE, [600_000], schema.REASON_NO_STRIKE),
        (schema.METHOD_DELTA, [600_000], schema.REASON_NO_FORWARD),
    ):
        day = Script({P5940: [NO_QUOTE]}, spots=spots)
        day.strategy([(-1, schema.PUT, 1, method, 594_000, 0)])
        session = day.run()
        assert cells(session, schema.EVENT_ENTRY_SKIPPED) == [(1, reason, 0, 0, 0, 0)]
        assert session.entries_used == 1


def test_rows_are_spoken_by_name():
    day = Script(VERTICAL)
    day.place(0, SELL_VERTICAL, price=101)
    spoken = [decoded(row) for row in day.run(frame_to=1).journal.rows]
    assert spoken[-1].endswith("order_rejected order=1 reason=off_grid stage=0")
