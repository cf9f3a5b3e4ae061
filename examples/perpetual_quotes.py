"""Quote both sides of one perpetual and compare the three fill models, side by side.

    python examples/perpetual_quotes.py                                a made-up market
    python examples/perpetual_quotes.py --messages FILE --coin BTC     recorded HyperLiquid messages
    python examples/perpetual_quotes.py --quotes FILE --trades FILE    Parquet tables of quanta and
                                                                       lots (docs/PERPETUALS.md)

`touch` fills when the price is touched, `queue` only when all that was displayed before us has
traded or gone, `probabilistic` stands between. The truth lies between `touch` and `queue`.
"""

import argparse
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from forven.engine.perpetual.contracts import ContractSchedule
from forven.engine.perpetual.fills import FILL_MODELS, PerpetualFills
from forven.engine.perpetual.policy import PerpetualPolicy
from forven.engine.perpetual.quoting import Quoter
from forven.engine.perpetual.run import run_stream
from forven.market.perpetual.frames import build_stream
from forven.market.perpetual.readers.hyperliquid import read_hyperliquid
from forven.market.perpetual.schema import TRADES
from forven.market.perpetual.stream import PerpetualStream
from forven.market.perpetual.synthetic import PerpetualSpec, synthetic_stream
from forven.market.perpetual.ticks import PerpetualTicks
from forven.primitives.money import MICROS_PER_UNIT, money_text

OPENING_CASH = 100_000 * MICROS_PER_UNIT


def stream_of(options: argparse.Namespace) -> PerpetualStream:
    """Return the stream that the options ask for."""
    if options.messages is None and options.quotes is None:
        return synthetic_stream(PerpetualSpec(seed=options.seed, rows=options.rows))
    contract = ContractSchedule.named("hyperliquid").contract(options.coin)
    if options.messages is not None:
        return build_stream(contract, read_hyperliquid(options.messages, contract))
    trades = TRADES.empty_table() if options.trades is None else pq.read_table(options.trades)
    ticks = PerpetualTicks(quotes=pq.read_table(options.quotes), trades=trades)
    return build_stream(contract, ticks)


def main() -> None:
    """Run the quoter under each fill model and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=Path, help="recorded HyperLiquid messages, one a line")
    parser.add_argument("--quotes", type=Path, help="Parquet table of quotes")
    parser.add_argument("--trades", type=Path, help="Parquet table of trades")
    parser.add_argument("--coin", default="BTC", help="a listed contract: BTC, ETH or SOL")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the made-up market")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", default="0.001", help="of each quote, in coins")
    parser.add_argument("--position-max", default="0.01", help="most held either way, in coins")
    parser.add_argument("--latency-us", type=int, default=5_000, help="of an order")
    options = parser.parse_args()

    stream = stream_of(options)
    quoter = Quoter(size=options.size, position_max=options.position_max)
    policies = [
        PerpetualPolicy(
            fills=PerpetualFills(model=model, order_latency_us=options.latency_us), quoter=quoter
        )
        for model in FILL_MODELS
    ]
    plans = np.stack([each.plan_row(stream.contract, OPENING_CASH) for each in policies])
    results = run_stream(stream, plans, [OPENING_CASH] * len(plans))

    kinds = ", ".join(f"{kind} {count}" for kind, count in stream.counts.items()) or "none"
    print(f"{stream.contract.symbol}: {stream.frame_count} frames, {len(stream.prints)} trades")
    print(f"rows left out or noted: {kinds}\n")
    lines = {
        "fills": [str(each.fill_count) for each in results],
        "re-quotes": [str(each.requotes) for each in results],
        "position": [f"{each.position:f}" for each in results],
        "before costs": [money_text(each.profit + each.fees + each.funding) for each in results],
        "fees": [money_text(each.fees) for each in results],
        "funding": [money_text(each.funding) for each in results],
        "profit": [money_text(each.profit) for each in results],
        "max drawdown": [money_text(each.max_drawdown) for each in results],
        "status": [each.status for each in results],
        "digest": [each.digest[:12] for each in results],
    }
    print(" " * 14 + "".join(f"{model:>16}" for model in FILL_MODELS))
    for name, cells in lines.items():
        print(f"{name:<14}" + "".join(f"{cell:>16}" for cell in cells))
    print("\nfirst fills of `queue`:")
    for fill in results[1].fills()[:5]:
        print(
            f"  {fill.ts} {fill.side:<4} {fill.size:f} at {fill.price:f}, holding {fill.position}"
        )


if __name__ == "__main__":
    main()
