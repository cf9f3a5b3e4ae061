"""Sells a call or a put spread against the side that the first half hour of trading gave up.

Remembers the highest and lowest index until 10:00. When it then leaves that range upwards, a put
spread below the range is sold, downwards a call spread above it; it is held to the close, unless
the index comes back to the middle of the range.
"""

from datetime import time
from statistics import fmean

RANGE_ENDS = time(10, 0)
LAST_ENTRY = time(14, 0)
WIDTH = 20


class OpeningRange:
    """The range, and the one order of the day."""

    def __init__(self):
        self.seen = []
        self.order = None
        self.exit = None

    def on_frame(self, ctx):
        """Watch the range, look for the way out of it, guard what was sold."""
        if ctx.spot is None or ctx.is_stale:
            return
        if ctx.clock < RANGE_ENDS:
            self.seen.append(ctx.spot)
        elif self.order is None and self.seen and ctx.clock < LAST_ENTRY:
            self.look(ctx, min(self.seen), max(self.seen))
        elif ctx.positions and self.exit is None:
            self.guard(ctx)

    def look(self, ctx, low, high):
        """Sell a spread beyond the far side once the index has left the range."""
        if low <= ctx.spot <= high:
            return
        right, edge, away = ("put", low, -WIDTH) if ctx.spot > high else ("call", high, WIDTH)
        short = ctx.chain.nearest(right, edge)
        wing = ctx.chain.nearest(right, edge + away)
        if short is wing:
            return
        legs = [short.sell_to_open(), wing.buy_to_open()]
        quote = ctx.quote(legs)
        if quote is None or quote.mid <= 0:
            return
        self.order = ctx.place(legs, quote.mid)
        ctx.signal("breakout", right=right, low=low, high=high, average=fmean(self.seen))

    def guard(self, ctx):
        """Close when the index is back in the middle."""
        middle = (min(self.seen) + max(self.seen)) / 2
        is_put = ctx.positions[0].option.right == "put"
        if (ctx.spot <= middle) == is_put:
            legs = [position.closing_leg() for position in ctx.positions]
            quote = ctx.quote(legs)
            if quote is not None:
                self.exit = ctx.place(legs, quote.mid)
                ctx.signal("back in the range", spot=ctx.spot)
