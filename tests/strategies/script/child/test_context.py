"""`ctx`, as a script in its process has it."""

from datetime import date, time
from decimal import Decimal

import numpy as np
import pytest

from forven.kernels import backend
from forven.market.bounds import SessionBounds
from forven.market.pricing import time_to_expiry
from forven.primitives.time import exchange_time
from forven.strategies.script.names import MODULES
from tests.strategies.script.made_scripts import (
    BOUNDS,
    CASH,
    INSTRUMENTS,
    frame_at,
    made_day,
    script_of,
)


@pytest.fixture
def said(opened):
    """Return a function that runs lines in one frame and returns what they log."""

    def run(*lines, second=61, before="", **changes):
        imports = "from decimal import Decimal\nfrom datetime import date\n"
        script = script_of(*lines, before=imports + before)
        outcome = opened(script).frame(frame_at(second, **changes))
        assert [d.text for d in outcome.decisions if d.kind == "error"] == []
        return [decision.data or decision.text for decision in outcome.decisions]

    return run


def test_the_clock_is_new_yorks_and_the_frames(said):
    lines = "ctx.log(ctx.clock, ctx.day, ctx.now, ctx.seconds_to_close, ctx.open, ctx.close)"
    ts = BOUNDS.open_ns + 61 * 10**9
    left = BOUNDS.duration_ns // 10**9 - 61
    expected = f"09:31:01 2024-06-03 {ts} {left} {BOUNDS.open_ns} {BOUNDS.close_ns}"
    assert said(lines) == [expected]


def test_the_day_tells_no_other_day(opened):
    outcome = opened(script_of("ctx.log(ctx.day.year)", "ctx.day.today()")).frame(frame_at(0))
    assert outcome.decisions[0].text == "2024"
    assert outcome.decisions[1].text.startswith(
        "InvalidInput: clock: expected ctx.now or ctx.clock"
    )


def test_the_day_is_a_date(said):
    assert said(
        "ctx.log(ctx.day == date(2024, 6, 3), isinstance(ctx.day, date), ctx.day.weekday())",
        "ctx.log(date(2024, 6, 5) - ctx.day, ctx.day.isoformat(), ctx.day.strftime('%A'))",
    ) == ["True True 0", "2 days, 0:00:00 2024-06-03 Monday"]


def test_money_is_exact(said):
    lines = "ctx.log(ctx.cash, ctx.net_liquidation_value, ctx.spot, ctx.underlying)"
    assert said(lines, cash=CASH + 1_230_000, net_liquidation_value=CASH - 5) == [
        "100001.23 99999.999995 5300.50 SPX"
    ]
    assert said("ctx.log(ctx.spot)", spot=-1) == ["None"]


def test_prices_snap_down_to_the_grid(said):
    assert said(
        "one = ctx.chain.calls[0].buy_to_open()",
        "two = [one, ctx.chain.calls[1].sell_to_open()]",
        "ctx.log(ctx.snap('1.234', one), ctx.snap(Decimal('3.19'), one), ctx.snap('-3.11', one))",
        "ctx.log(ctx.snap('3.19', two), ctx.snap(Decimal(1) / 3, two), ctx.snap(-1, two))",
    ) == ["1.20 3.10 -3.20", "3.15 0.30 -1.00"]


def test_prices_are_exact_in_any_context_that_a_script_sets(said):
    lines = (
        "getcontext().prec = 2",
        "one = ctx.chain.calls[0].buy_to_open()",
        "two = [one, ctx.chain.calls[1].sell_to_open()]",
        "ctx.log(ctx.snap('123.99', one), ctx.snap('-123.91', two), ctx.snap(1234, two))",
        "ctx.log(ctx.chain.calls[0].mid, ctx.spot, ctx.cash)",
        "getcontext().prec = 70",
        "ctx.log(ctx.snap(Decimal('1.05') - Decimal('1e-9'), two), ctx.snap('1.' + 69 * '9', two))",
        "ctx.log(sum(ctx.chain.nearest('put', strike).number for strike in ('5300.00', 5300)))",
        "ctx.chain.calls[0].delta",
        "getcontext().prec = 1",
        "ctx.log(ctx.chain.calls[0].delta)",
    )
    texts = said(*lines, before="from decimal import getcontext\n", second=0, quotes=DEAR)
    expected = ["123.90 -123.95 1234.00", "123.565 5300.50 100000.00", "1.00 1.95", "4"]
    assert texts[:4] == expected
    assert len(texts[4]) == len("0.123456")


DEAR = np.array([[[12_344], [100], [150]], [[12_369], [110], [160]], [[0]] * 3], "i4")


@pytest.mark.parametrize(
    "line",
    ["ctx.snap(1.25, ctx.chain.calls[0].buy_to_open())", "ctx.chain.nearest_delta('put', 0.3)"],
)
def test_a_float_is_refused_where_a_price_or_a_delta_is_asked_for(opened, line):
    outcome = opened(script_of(line)).frame(frame_at(0))
    assert "found float; floats are not exact" in outcome.decisions[0].text


def test_a_quote_of_legs_is_that_of_the_frame(said):
    lines = (
        "legs = [ctx.chain.calls[0].sell_to_open(), ctx.chain.calls[1].buy_to_open()]",
        "ctx.log(*ctx.quote(legs))",
    )
    assert said(*lines, second=3) == ["0.93 1.00 0.05"]


def test_data_are_plain_values(said):
    assert said(
        "ctx.log('a', d=Decimal('1.20'), o=ctx.chain.puts[0], n=[1, (2.5, None, True)],"
        " day=date(2024, 1, 2), big=10**30, bad=float('nan'), inner={'x': {1: 'y'}})"
    ) == [
        {
            "d": "1.20",
            "o": "SPXW  240603P05300000",
            "n": [1, [2.5, None, True]],
            "day": "2024-01-02",
            "big": str(10**30),
            "bad": "nan",
            "inner": {"x": {"1": "y"}},
        }
    ]


def test_texts_are_made_fit_for_the_log(said):
    assert said("ctx.log('x' * 3_000)") == ["x" * 1_997 + "..."]
    assert said("ctx.log('a' + chr(0xd800) + 'é')") == ["a?é"]


def test_the_deltas_are_those_of_the_engine(opened):
    script = script_of("ctx.log(*[option.delta * 1_000_000 for option in ctx.chain])")
    frame = frame_at(60)
    (decision,) = opened(script, made_day()).frame(frame).decisions
    wanted = np.zeros(3, np.int64)
    years = time_to_expiry(frame.ts, BOUNDS.close_ns).years
    kernels = backend.load("pricing")
    kernels.deltas_at(frame.quotes, INSTRUMENTS, frame.column, years, wanted)
    assert [int(Decimal(text)) for text in decision.text.split()] == wanted.tolist()
    assert np.all(wanted > 0)


@pytest.mark.parametrize(("day", "hour_utc"), [(date(2024, 1, 9), 14), (date(2024, 7, 9), 13)])
def test_the_clock_is_new_yorks_in_winter_and_in_summer(opened, day, hour_utc):
    bounds = SessionBounds(
        day=day,
        open_ns=exchange_time(day, time(9, 30)),
        close_ns=exchange_time(day, time(16)),
        early_close=False,
    )
    assert bounds.open_ns // (3_600 * 10**9) % 24 == hour_utc
    script = script_of("ctx.log(ctx.clock, ctx.clock.tzinfo, ctx.day)")
    frame = frame_at(0, ts=bounds.open_ns + 90 * 10**9 + 1_000)
    outcome = opened(script, made_day(bounds=bounds)).frame(frame)
    assert outcome.decisions[0].text == f"09:31:30.000001 None {day}"


USES = {
    "bisect": "bisect.insort([1, 3], 2)",
    "collections": "collections.Counter('aba').most_common(1), collections.namedtuple('A', 'x')(1)",
    "dataclasses": "dataclasses.make_dataclass('A', ['x'])(1)",
    "datetime": "datetime.datetime.strptime('2024-02-03', '%Y-%m-%d').strftime('%A %d %B')",
    "decimal": "decimal.Decimal(2).sqrt()",
    "enum": "enum.Enum('A', 'x y').x",
    "fractions": "fractions.Fraction('1.25') + fractions.Fraction(decimal.Decimal('0.5'))",
    "functools": "functools.singledispatch(lambda x: x)(1), functools.lru_cache(lambda: 2)()",
    "heapq": "heapq.nlargest(2, [1, 2, 3]), list(heapq.merge([1], [2]))",
    "itertools": "list(itertools.pairwise([1, 2, 3]))",
    "math": "math.log(2), math.comb(5, 2)",
    "operator": "operator.itemgetter(1)([1, 2])",
    "random": "random.gauss(0, 1), random.choice([1, 2]), random.shuffle([1, 2])",
    "statistics": "statistics.NormalDist().cdf(1), statistics.quantiles([1, 2, 3]), "
    "statistics.linear_regression([1, 2], [3, 4])",
    "typing": "typing.NamedTuple('A', [('x', int)])(1)",
}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_works_inside_the_sandbox(opened, module):
    script = script_of(f"ctx.log({USES[module]})", before=f"import {module}\nimport decimal\n")
    outcome = opened(script).frame(frame_at(0))
    assert [decision.kind for decision in outcome.decisions] == ["log"], outcome.decisions
