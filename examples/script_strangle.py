"""A short strangle with wings, entered in the morning, taken off at half of its credit.

Sells the put and the call with a delta near 0.10, buys the ones 25 points farther out, and works
one closing order when half of the credit is earned, the credit is lost twice, or it is 15:45.
"""

from datetime import time
from decimal import Decimal

ENTRY = time(10, 0)
EXIT = time(15, 45)
DELTA = Decimal("0.10")
WING = 25


class Strangle:
    """Keeps the one entry of the day and the order that closes it."""

    def __init__(self):
        self.entry = None
        self.exit = None

    def on_session(self, ctx):
        """Say that the day begins."""
        ctx.log("session opens", underlying=ctx.underlying, options=len(ctx.chain))

    def on_frame(self, ctx):
        """Enter once, give an entry up at the exit time, leave what is held."""
        if self.entry is None and ENTRY <= ctx.clock < EXIT:
            self.enter(ctx)
        elif self.entry is not None and self.entry.is_live and ctx.clock >= EXIT:
            if self.entry.status == "pending":
                ctx.cancel(self.entry)
        elif ctx.positions and (self.exit is None or not self.exit.is_live):
            self.leave(ctx)

    def on_fill(self, ctx, fill):
        """Write every fill to the decision log."""
        ctx.signal("fill", price=fill.price, quantity=fill.quantity, fees=fill.fees)

    def enter(self, ctx):
        """Sell both sides at the middle of their quotes, if they bring a credit."""
        legs = []
        for right, away in (("put", -WING), ("call", WING)):
            short = ctx.chain.nearest_delta(right, DELTA)
            if short is None:
                return
            wing = ctx.chain.nearest(right, short.strike + away)
            if wing is short:
                return
            legs += [short.sell_to_open(), wing.buy_to_open()]
        quote = ctx.quote(legs)
        if quote is not None and quote.mid > 0:
            self.entry = ctx.place(legs, quote.mid)
            ctx.log("enters", spot=ctx.spot, credit=quote.mid, legs=[leg.option for leg in legs])

    def leave(self, ctx):
        """Close all legs in one order when one of the three reasons is there."""
        legs = [position.closing_leg() for position in ctx.positions]
        quote = ctx.quote(legs)
        if quote is None:
            return
        credit = self.entry.fill_price
        profit = credit + quote.mid
        for reason, is_due in (
            ("stop", profit <= -2 * credit),
            ("target", profit >= credit / 2),
            ("time", ctx.clock >= EXIT),
        ):
            if is_due:
                self.exit = ctx.place(legs, quote.mid)
                ctx.signal("exit", reason=reason, profit=profit)
                return
