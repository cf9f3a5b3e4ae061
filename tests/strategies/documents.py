"""Strategy documents for the tests: sound ones to spoil, and random ones."""

from copy import deepcopy
from datetime import time

from hypothesis import strategies as st

from forven.strategies.timing import WEEKDAYS

SPREAD = {
    "name": "Put credit spread",
    "legs": [
        {
            "side": "sell",
            "right": "put",
            "quantity": 1,
            "strike": {"method": "delta", "value": "0.16"},
        },
        {
            "side": "buy",
            "right": "put",
            "quantity": 1,
            "strike": {"method": "relative", "leg": 0, "value": "-25"},
        },
    ],
    "entry": {"times": ["09:35"], "weekdays": ["mon", "fri"], "max_entries": 1},
    "exit": {"profit_target_pct": "50", "stop_loss_pct": "200", "time": "15:55"},
    "quantity": 1,
}


def leg(side: str, right: str, quantity: int = 1, **strike: object) -> dict[str, object]:
    """Return one leg of a document: `leg("sell", "put", method="delta", value="0.16")`."""
    return {"side": side, "right": right, "quantity": quantity, "strike": strike}


def of_legs(*legs: dict[str, object], **leave: object) -> dict[str, object]:
    """Return a document of these legs, entered once, left as said."""
    return {"legs": list(legs), "entry": {"times": ["10:00"]}, "exit": leave}


def spoiled(*path: str | int, value: object) -> dict[str, object]:
    """Return `SPREAD` with another value at a path."""
    document = deepcopy(SPREAD)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return document


def without(*path: str | int) -> dict[str, object]:
    """Return `SPREAD` without the field at a path."""
    document = deepcopy(SPREAD)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    del place[last]
    return document


def decimals(least: int, most: int, places: int) -> st.SearchStrategy[object]:
    """Return decimals of so many places in one of the spellings that JSON has for them."""
    units = st.integers(least, most)

    def spellings(value: int) -> st.SearchStrategy[object]:
        whole, rest = divmod(abs(value), 10**places)
        text = f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"
        return st.sampled_from([text, text + "0", float(text)])

    return units.flatmap(spellings)


def clocks(first: time, last: time) -> st.SearchStrategy[str]:
    """Return times of day from `first` to `last`, with seconds."""
    return st.times(first, last).map(lambda clock: f"{clock:%H:%M:%S}")


@st.composite
def strike_rules(draw: st.DrawFn, index: int) -> dict[str, object]:
    """Return a strike rule of the leg at an index."""
    own = {
        "delta": decimals(1, 999_999, 6),
        "offset": decimals(-10_000, 10_000, 2),
        "premium": decimals(1, 10_000, 2),
        "expected_move": decimals(-30_000, 30_000, 4),
        "strike": decimals(100, 1_000_000, 2),
    }
    method = draw(st.sampled_from([*own, "atm", *(["relative"] if index else [])]))
    if method == "atm":
        return {"method": method}
    if method == "relative":
        value = draw(decimals(1, 10_000, 2))
        return {"method": method, "leg": draw(st.integers(0, index - 1)), "value": value}
    return {"method": method, "value": draw(own[method])}


@st.composite
def sound_documents(draw: st.DrawFn) -> dict[str, object]:
    """Return documents that are sound but for what only their legs together decide."""
    legs = []
    for right in draw(st.permutations(["call", "put"])):
        pairs = draw(st.integers(0 if right == "put" else 1, 2))
        for _ in range(pairs):
            for side in draw(st.permutations(["sell", "buy"])):
                quantity = draw(st.integers(1, 3)) if side == "sell" else 3
                legs.append(leg(side, right, quantity, **draw(strike_rules(len(legs)))))
    times = draw(st.lists(clocks(time(9, 30), time(14, 0)), min_size=1, max_size=16, unique=True))
    entry: dict[str, object] = {"times": times}
    if draw(st.booleans()):
        entry = {"windows": [{"from": "09:31", "to": "10:00"}, {"from": "12:00", "to": "14:00"}]}
    if draw(st.booleans()):
        entry["weekdays"] = draw(
            st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=5, unique=True)
        )
    leave: dict[str, object] = {}
    if draw(st.booleans()):
        leave["time"] = draw(clocks(time(14, 0, 1), time(15, 59, 59)))
    if draw(st.booleans()):
        leave["profit_target_pct"] = draw(decimals(1, 10_000, 2))
    if draw(st.booleans()):
        leave["stop_loss_pct"] = draw(decimals(1, 10_000, 2))
    return {
        "name": draw(st.text("abc -", max_size=10)),
        "legs": legs,
        "entry": entry,
        "exit": leave,
        "quantity": draw(st.integers(1, 1_000)),
    }
