"""The replay feed: the recorded days of a dataset, as if they were today."""

from datetime import date

from forven.market.bounds import SessionBounds
from forven.market.catalog import Catalog
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.played import PlayedFeed
from forven.market.ticks import DayTicks
from forven.primitives.errors import UntrustedData


def replay_feed(name: str, catalog: Catalog, options: FeedOptions) -> PlayedFeed:
    """Return a feed of a dataset's days.

    errors  UnknownDataset, EmptyRange; UntrustedData for a day without a settlement value, whose
            sessions could never end
    """
    dataset = catalog.open(name)
    days = dataset.days(options.first_day, options.last_day)
    unsettled = [day for day in days if dataset.record(day).settlement is None]
    if unsettled:
        raise UntrustedData(
            f"replay:{name}: expected a settlement value for every day, found none for "
            f"{', '.join(str(day) for day in unsettled[:5])}; import it again with --settlement, "
            "or leave it out with the first and last day"
        )

    def load(day: date) -> tuple[DayTicks, SessionBounds]:
        return dataset.load_ticks(day), dataset.record(day).bounds

    return PlayedFeed(f"replay:{name}", days, load, options)
