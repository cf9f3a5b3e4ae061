"""Feeds by their texts."""

from datetime import date

import pytest

from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.opening import open_feed
from forven.primitives.errors import EmptyRange, InvalidInput, UnknownDataset


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("replay:made", "replay:made"),
        ("synthetic:7", "synthetic:7"),
        ("synthetic:0007", "synthetic:7"),
        ("socket:{home}/quotes.sock", "socket:quotes"),
        ("socket:127.0.0.1:0", "socket:127.0.0.1:0"),
    ],
)
def test_a_text_opens_its_feed(catalog, tmp_path, text, name):
    feed = open_feed(text.format(home=tmp_path), catalog, FeedOptions())
    assert feed.name == name
    feed.close()


@pytest.mark.parametrize(
    "text",
    ["", "replay", "replay:", "synthetic:", "synthetic:x", "synthetic:-1", "socket:", "tape:x"],
)
def test_another_text_is_refused(catalog, text):
    with pytest.raises(InvalidInput, match="feed: expected replay:DATASET, synthetic:SEED"):
        open_feed(text, catalog, FeedOptions())


def test_what_a_text_names_must_be_there(catalog):
    with pytest.raises(UnknownDataset):
        open_feed("replay:other", catalog, FeedOptions())
    with pytest.raises(InvalidInput, match="seed: expected 0 to"):
        open_feed("synthetic:9999999999999999999", catalog, FeedOptions())
    with pytest.raises(EmptyRange):
        open_feed("replay:made", catalog, FeedOptions(last_day=date(2020, 1, 1)))
    for address in ("0.0.0.0:9000", "example.com:80", "10.0.0.1:1", "127.0.0.1:99999"):
        with pytest.raises(InvalidInput, match=f"socket:{address}: expected"):
            open_feed(f"socket:{address}", catalog, FeedOptions())
