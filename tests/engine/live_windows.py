"""Windows of a day, as a host would cut them."""

import numpy as np

from forven.market.feeds.book import Window


def window_of(day, first: int, last: int) -> Window:
    """Frames of anything with quotes and a clock."""
    return Window(
        quotes=np.ascontiguousarray(day.quotes[:, :, first:last]),
        clock=np.ascontiguousarray(day.clock[:, first:last]),
    )
