"""Bad documents: each is refused, and the message names exactly the field that is wrong."""

import json

import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import SPREAD, leg, of_legs, spoiled, without

LONG = [f"09:30:{second:02d}" for second in range(17)]
STRIKE = ("legs", 0, "strike")

BAD = [
    # the whole
    ("document", []),
    ("document", None),
    ("legs", {}),
    ("entry", without("entry")),
    ("extra", spoiled("extra", value=1)),
    ("leg", spoiled("leg", value=[])),
    ("name", spoiled("name", value=7)),
    ("name", spoiled("name", value="two\nlines")),
    ("name", spoiled("name", value=None)),
    ("description", spoiled("description", value="x" * 2_001)),
    ("description", spoiled("description", value="\x1b[31m")),
    ("quantity", spoiled("quantity", value="1")),
    ("quantity", spoiled("quantity", value=1.0)),
    ("quantity", spoiled("quantity", value=True)),
    ("quantity", spoiled("quantity", value=-1)),
    # legs
    ("legs", spoiled("legs", value=[])),
    ("legs", spoiled("legs", value={})),
    ("legs", spoiled("legs", value=[SPREAD["legs"][1]] * 9)),
    ("legs[0]", spoiled("legs", 0, value="sell put")),
    ("legs[0].side", without("legs", 0, "side")),
    ("legs[0].side", spoiled("legs", 0, "side", value="SELL")),
    ("legs[0].side", spoiled("legs", 0, "side", value=["sell"])),
    ("legs[0].direction", spoiled("legs", 0, "direction", value="sell")),
    ("legs[1].right", spoiled("legs", 1, "right", value="puts")),
    ("legs[1].type", spoiled("legs", 1, "type", value="put")),
    ("legs[1].quantity", spoiled("legs", 1, "quantity", value=0)),
    ("legs[1].quantity", spoiled("legs", 1, "quantity", value=1_001)),
    ("legs[1].quantity", spoiled("legs", 1, "quantity", value=None)),
    ("legs[1].qty", spoiled("legs", 1, "qty", value=1)),
    ("legs[0].ratio", spoiled("legs", 0, "ratio", value=1)),
    # strikes
    ("legs[0].strike", without("legs", 0, "strike")),
    ("legs[0].strike", spoiled(*STRIKE, value=5950)),
    ("legs[0].strike.method", spoiled(*STRIKE, value={"value": "0.16"})),
    ("legs[0].strike.method", spoiled(*STRIKE, "method", value="gamma")),
    ("legs[0].strike.value", spoiled(*STRIKE, value={"method": "delta"})),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value="16%")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value="1e-1")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value="0.1600001")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value=True)),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value="٠.١٦")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value=" 0.16")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value="0_1")),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value=float("nan"))),
    ("legs[0].strike.value", spoiled(*STRIKE, "value", value=10**30)),
    ("legs[0].strike.value", spoiled(*STRIKE, value={"method": "atm", "value": "5"})),
    ("legs[0].strike.leg", spoiled(*STRIKE, "leg", value=1)),
    ("legs[0].strike.points", spoiled(*STRIKE, "points", value=1)),
    ("legs[0].strike.method", spoiled(*STRIKE, value=SPREAD["legs"][1]["strike"])),
    ("legs[1].strike.leg", without("legs", 1, "strike", "leg")),
    ("legs[1].strike.leg", spoiled("legs", 1, "strike", "leg", value=1)),
    ("legs[1].strike.leg", spoiled("legs", 1, "strike", "leg", value=-1)),
    ("legs[1].strike.leg", spoiled("legs", 1, "strike", "leg", value="0")),
    # legs together
    ("legs[0]", spoiled("legs", 0, "quantity", value=2)),
    ("legs[0]", of_legs(leg("sell", "call", method="atm"))),
    ("legs[1]", of_legs(leg("buy", "put", method="atm"), leg("sell", "call", method="atm"))),
    ("legs[1].strike", spoiled("legs", 1, "strike", "value", value="0")),
    # entry
    ("entry", spoiled("entry", value=["09:35"])),
    ("entry", spoiled("entry", value={})),
    ("entry", spoiled("entry", "time", value="09:35")),
    ("entry", spoiled("entry", "windows", value=[{"from": "10:00", "to": "11:00"}])),
    ("entry.day", spoiled("entry", "day", value="mon")),
    ("entry.times", spoiled("entry", "times", value="09:35")),
    ("entry.times", spoiled("entry", "times", value=[])),
    ("entry.times", spoiled("entry", "times", value=LONG)),
    ("entry.times[0]", spoiled("entry", "times", value=["9:35"])),
    ("entry.times[0]", spoiled("entry", "times", value=["T0935"])),
    ("entry.times[0]", spoiled("entry", "times", value=["09:35+01"])),
    ("entry.times[0]", spoiled("entry", "times", value=["24:00"])),
    ("entry.times[0]", spoiled("entry", "times", value=["09:60"])),
    ("entry.times[0]", spoiled("entry", "times", value=[935])),
    ("entry.times[1]", spoiled("entry", "times", value=["10:00", "09:29:59"])),
    ("entry.times[1]", spoiled("entry", "times", value=["10:00", "16:00"])),
    ("entry.times[1]", spoiled("entry", "times", value=["10:00", "10:00:00"])),
    ("entry.time", spoiled("entry", value={"time": "16:01"})),
    ("entry.weekdays", spoiled("entry", "weekdays", value=[])),
    ("entry.weekdays", spoiled("entry", "weekdays", value="mon")),
    ("entry.weekdays[1]", spoiled("entry", "weekdays", value=["mon", "sat"])),
    ("entry.weekdays[1]", spoiled("entry", "weekdays", value=["mon", "mon"])),
    ("entry.max_entries", spoiled("entry", "max_entries", value=0)),
    ("entry.max_entries", spoiled("entry", "max_entries", value=2)),
    ("entry.windows[0].to", spoiled("entry", value={"windows": [{"from": "10:00"}]})),
    # exit
    ("exit", spoiled("exit", value="15:55")),
    ("exit.target", spoiled("exit", "target", value=50)),
    ("exit.profit_target_pct", spoiled("exit", "profit_target_pct", value="0")),
    ("exit.profit_target_pct", spoiled("exit", "profit_target_pct", value="100.01")),
    ("exit.profit_target_pct", spoiled("exit", "profit_target_pct", value="50%")),
    ("exit.stop_loss_pct", spoiled("exit", "stop_loss_pct", value=0)),
    ("exit.stop_loss_pct", spoiled("exit", "stop_loss_pct", value="1000.01")),
    ("exit.stop_loss_pct", spoiled("exit", "stop_loss_pct", value="0.001")),
    ("exit.time", spoiled("exit", "time", value="16:00")),
    ("exit.time", spoiled("exit", "time", value="09:35")),
    ("exit.time", spoiled("exit", "time", value="09:29")),
    ("exit.time", spoiled("exit", "time", value=1555)),
]


def windows(*bounds: tuple[str, str]) -> dict[str, object]:
    listed = [{"from": first, "to": last} for first, last in bounds]
    return spoiled("entry", value={"windows": listed})


BAD_WINDOWS = [
    ("entry.windows[0].from", windows(("09:29", "10:00"))),
    ("entry.windows[0].from", windows(("16:00", "16:00"))),
    ("entry.windows[0].to", windows(("10:00", "10:00"))),
    ("entry.windows[0].to", windows(("15:00", "16:00:01"))),
    ("entry.windows[1].from", windows(("10:00", "11:00"), ("10:59", "12:00"))),
    ("entry.windows[0].from", windows(("11:00", "12:00"), ("10:00", "11:30"))),
    ("exit.time", windows(("10:00", "15:56"))),
]


@pytest.mark.parametrize(("field", "document"), BAD + BAD_WINDOWS)
def test_a_bad_document_is_refused_by_the_name_of_its_field(field, document):
    with pytest.raises(InvalidStrategy) as refused:
        parse_strategy(document)
    text = str(refused.value)
    assert text.startswith(f"{field}: ")
    assert "found" in text
    assert "; " in text, "the message says how to mend it"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('{"legs": [], "legs": []}', "legs: found the field twice"),
        ('{"exit": {"time": "1", "time": "2"}}', "exit.time: found the field twice"),
        ('{"quantity": NaN}', "quantity: found NaN"),
        ('{"quantity": -Infinity}', "quantity: found -Infinity"),
        ('{"quantity": 1e999}', "quantity: found the number 1e999"),
        ('{"quantity": ' + "1" * 5_000 + "}", "quantity: found the number 111"),
        ('{"name": "\\ud800"}', "name: expected Unicode text"),
        ("not json", "document: expected JSON"),
    ],
)
def test_json_that_is_no_document_is_refused(text, start):
    for source in (text, text.encode()):
        with pytest.raises(InvalidStrategy) as refused:
            parse_strategy(source)
        assert str(refused.value).startswith(start)


def test_a_misspelled_field_is_told_the_nearest_name():
    with pytest.raises(InvalidStrategy, match=r"did you mean stop_loss_pct\?"):
        parse_strategy(spoiled("exit", "stop_loss", value=1))


def test_a_file_that_is_not_there_is_a_bad_strategy(tmp_path):
    with pytest.raises(InvalidStrategy, match="expected a readable JSON file"):
        parse_strategy(tmp_path / "nowhere.json")


def test_the_document_that_is_spoiled_is_sound():
    assert parse_strategy(json.dumps(SPREAD)) == parse_strategy(SPREAD)
