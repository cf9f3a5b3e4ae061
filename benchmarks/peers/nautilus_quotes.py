"""NautilusTrader on the quote stream: two pegged orders, re-quoted when the mid moves.

Its documented path for speed: the low-level `BacktestEngine`, quotes made by the wrangler and added
once, logging and risk checks bypassed, a new engine each round; the strategy itself is Python, as
all strategies of this version are. Runs in its own environment and knows nothing of forven.
"""

import hashlib
from decimal import Decimal
from importlib.metadata import version
from time import perf_counter

import numpy as np
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import (
    BacktestEngineConfig,
    CacheConfig,
    DataEngineConfig,
    ExecEngineConfig,
    LoggingConfig,
    RiskEngineConfig,
)
from nautilus_trader.model.currencies import BTC, USDC
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TraderId, Venue
from nautilus_trader.model.instruments import CryptoPerpetual
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import QuoteTickDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("PERP")
INSTRUMENT = InstrumentId(Symbol("BTC-PERP"), VENUE)
BUY_SIDE, SELL_SIDE = -1, 1
LOTS_PER_COIN = 1_000


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("nautilus_trader", "numpy")}


def instrument():
    """Return a perpetual with prices in whole units and lots of 0.001."""
    return CryptoPerpetual(
        instrument_id=INSTRUMENT,
        raw_symbol=INSTRUMENT.symbol,
        base_currency=BTC,
        quote_currency=USDC,
        settlement_currency=USDC,
        is_inverse=False,
        price_precision=0,
        size_precision=3,
        price_increment=Price(1, 0),
        size_increment=Quantity(0.001, 3),
        ts_event=0,
        ts_init=0,
        margin_init=Decimal("0.02"),
        margin_maint=Decimal("0.01"),
        maker_fee=Decimal("0.00015"),
        taker_fee=Decimal("0.00045"),
    )


class Quoter(Strategy):
    """Keeps a buy and a sell one tick from the middle.

    An order is first re-priced two updates after it was sent, and a side gets a new one in the
    update in which the old one filled.
    """

    def __init__(self, position_max):
        super().__init__()
        self.position_max = position_max
        self.lot = Quantity(0.001, 3)
        self.position = 0
        self.index = -1
        self.orders = [None, None]
        self.prices = [0, 0]
        self.sent = [0, 0]
        self.fills = []

    def on_start(self):
        self.subscribe_quote_ticks(INSTRUMENT)

    def on_quote_tick(self, tick):
        self.index += 1
        mid2 = round(float(tick.bid_price)) + round(float(tick.ask_price))
        for side, target in ((0, (mid2 + 1) // 2 - 1), (1, mid2 // 2 + 1)):
            order = self.orders[side]
            if order is None:
                after = self.position + (1 if side == 0 else -1)
                if abs(after) > self.position_max and abs(after) >= abs(self.position):
                    continue
                wanted = OrderSide.BUY if side == 0 else OrderSide.SELL
                order = self.order_factory.limit(
                    INSTRUMENT, wanted, self.lot, Price(target, 0), post_only=True
                )
                self.orders[side], self.prices[side] = order, target
                self.sent[side] = self.index
                self.submit_order(order)
            elif self.prices[side] != target and self.index >= self.sent[side] + 2:
                self.prices[side] = target
                self.modify_order(order, price=Price(target, 0))

    def on_order_filled(self, event):
        side = 0 if event.order_side == OrderSide.BUY else 1
        self.position += 1 if side == 0 else -1
        price = round(float(event.last_px))
        self.fills.append((event.ts_event, BUY_SIDE if side == 0 else SELL_SIDE, price))
        self.orders[side] = None

    def on_reset(self):
        self.__init__(self.position_max)


def engine_with(ticks):
    """Return an engine that holds the quotes."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            trader_id=TraderId("BENCH-001"),
            logging=LoggingConfig(bypass_logging=True),
            cache=CacheConfig(tick_capacity=1),
            data_engine=DataEngineConfig(validate_data_sequence=False),
            risk_engine=RiskEngineConfig(bypass=True),
            exec_engine=ExecEngineConfig(snapshot_orders=False),
            run_analysis=False,
        )
    )
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USDC,
        starting_balances=[Money(10_000_000, USDC)],
        default_leverage=Decimal(20),
    )
    engine.add_instrument(instrument())
    engine.add_data(ticks, validate=False, sort=False)
    return engine


def prepare(settings):
    """Return a round over the beginning of the stream in the file that the settings name.

    settings  inputs (.npz), updates, position_max, fills (the agreement's name)
    """
    found = np.load(settings["inputs"])
    updates = settings["updates"]
    frame = pd.DataFrame(
        {
            "bid_price": found["bid"][:updates].astype(np.float64),
            "ask_price": found["ask"][:updates].astype(np.float64),
            "bid_size": found["bid_size"][:updates] / LOTS_PER_COIN,
            "ask_size": found["ask_size"][:updates] / LOTS_PER_COIN,
        },
        index=pd.to_datetime(found["ts"][:updates], unit="ns", utc=True),
    )
    ticks = QuoteTickDataWrangler(instrument()).process(frame)

    def take():
        engine = engine_with(ticks)
        quoter = Quoter(settings["position_max"])
        engine.add_strategy(quoter)
        start = perf_counter()
        engine.run()
        seconds = perf_counter() - start
        fills = np.array(quoter.fills, np.int64).reshape(-1, 3)
        seen = quoter.index + 1
        engine.dispose()
        if seen != updates:
            raise RuntimeError(f"expected {updates} updates to be seen, found {seen}")
        digest = hashlib.sha256(fills.astype("<i8").tobytes()).hexdigest()
        return {
            "seconds": seconds,
            "units": updates,
            "digest": digest,
            "agreements": {settings["fills"]: digest},
            "details": {"updates": updates, "fills": len(fills)},
        }

    return take
