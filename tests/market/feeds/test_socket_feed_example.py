"""The example producer against the feed that it is for."""

import importlib.util
import threading

from forven.kernels.schema import MISSING
from forven.market.calendar import trading_calendar
from forven.market.feeds.socket_feed import SocketFeed
from forven.market.feeds.wall_clock import AnchoredClock
from tests.architecture.sources import ROOT
from tests.market.feeds.conftest import OPEN_NS, SECOND_NS, SYMBOLS, delivered
from tests.market.made_days import DAY

EXAMPLE = ROOT / "examples" / "socket_producer.py"


def example():
    spec = importlib.util.spec_from_file_location("socket_producer", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_sends_what_the_feed_takes(tmp_path):
    close = OPEN_NS + 390 * 60 * SECOND_NS
    batches = [
        [(OPEN_NS + SECOND_NS, "SPX", 530_000, 530_000, -1, -1)]
        + [(OPEN_NS + SECOND_NS, symbol, 100, 110, 5, 6) for symbol in SYMBOLS],
        [(close, "SPX:settlement", 530_321, 530_321, -1, -1)],
    ]
    feed = SocketFeed(str(tmp_path / "q.sock"), trading_calendar(), AnchoredClock())
    given = (feed.address, DAY, list(SYMBOLS[::-1]), batches)
    thread = threading.Thread(target=example().send, args=given)
    thread.start()
    day = next(feed.days())
    first, last = delivered(feed.frames(day, MISSING))
    thread.join()
    feed.close()
    assert first.instruments.tolist() == [0, 1, 2]
    assert (first.spot, first.ask_sizes.tolist(), first.events) == (530_000, [6, 6, 6], ())
    assert (last.ts, last.settlement) == (close, 530_321)


def test_the_examples_own_source_goes_on_by_the_second():
    made = example().made_up(list(SYMBOLS))
    rows = next(made)
    assert [row[1] for row in rows] == ["SPX", *SYMBOLS]
    assert len({row[0] for row in rows}) == 1
