"""The listener: one producer at a time, and every other thing a socket may bring."""

import socket
import struct
import threading
from random import Random

import pytest

from forven.market.feeds.batches import rows_of_batch
from forven.market.feeds.listener import Listener, _tell
from forven.primitives.errors import InvalidInput
from tests.market.feeds.conftest import OPEN_NS, SYMBOLS
from tests.market.feeds.made_streams import Producer, batch_of, eventually, schema_of, stream_of

HERE = "forven.market.feeds.listener"


class Ears:
    """Remembers what a listener tells."""

    def __init__(self) -> None:
        self.days, self.batches, self.reasons = [], [], []
        self.refuses = ""

    def announced(self, announcement) -> None:
        if self.refuses:
            raise InvalidInput(self.refuses)
        self.days.append(announcement.day)

    def received(self, batch) -> None:
        self.batches.append(batch)

    def refused(self, reason: str) -> None:
        self.reasons.append(reason)


@pytest.fixture
def ears():
    return Ears()


@pytest.fixture(params=["unix", "tcp"])
def listener(ears, tmp_path, request):
    text = str(tmp_path / "q.sock") if request.param == "unix" else "127.0.0.1:0"
    listening = Listener(text, ears)
    yield listening
    listening.close()


@pytest.fixture
def local(ears, tmp_path):
    listening = Listener(str(tmp_path / "q.sock"), ears)
    yield listening
    listening.close()


def answered(listener, content: bytes) -> str:
    producer = Producer(listener.address)
    producer.send(content)
    producer.socket.shutdown(socket.SHUT_WR)
    answer = producer.answer()
    producer.close()
    return answer


def test_batches_are_handed_on_as_they_come(listener, ears):
    producer = Producer(listener.address).announce()
    for count in (1, 2, 3):
        producer.write(*[(OPEN_NS, SYMBOLS[0], 1, 2)] * count)
        assert eventually(lambda: len(ears.batches) == count)  # noqa: B023 - asked at once
    assert [len(batch.ts) for batch in ears.batches] == [1, 2, 3]
    assert len(ears.days) == 1
    producer.close()
    assert answered(listener, stream_of()) == ""
    assert eventually(lambda: len(ears.days) == 2)


def test_a_second_producer_is_sent_away_and_may_come_later(listener, ears):
    first = Producer(listener.address).announce()
    assert eventually(lambda: ears.days)
    second = Producer(listener.address)
    assert second.answer() == "refused: another producer is connected; one at a time\n"
    second.close()
    first.close()
    assert eventually(lambda: listener._connection is None)
    assert answered(listener, stream_of()) == ""


GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x00" * 10_000,
    struct.pack("<Ii", 0xFFFFFFFF, 2**31 - 8),
    struct.pack("<Ii", 0xFFFFFFFF, 64) + b"\x7f" * 64,
    stream_of()[:-12],
    Random(4).randbytes(100_000),
]


@pytest.mark.parametrize("content", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_answered_with_a_reason_and_hurts_no_one(local, ears, content):
    assert answered(local, content).startswith("refused: ")
    assert eventually(lambda: len(ears.reasons) == 1)
    assert eventually(lambda: local._connection is None)
    assert answered(local, stream_of(batch_of([(OPEN_NS, SYMBOLS[0], 1, 2)]))) == ""
    assert eventually(lambda: len(ears.batches) == 1)


def test_any_damage_of_a_stream_leaves_the_listener_working(local, ears):
    sound = stream_of(batch_of([(OPEN_NS + k, SYMBOLS[k % 3], 1, 2) for k in range(9)]))
    chance = Random(11)
    for _ in range(60):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        answered(local, bytes(content[: chance.randint(1, len(content))]))
        assert eventually(lambda: local._connection is None)
    ears.batches.clear()
    assert answered(local, sound) == ""
    assert eventually(lambda: len(ears.batches) == 1)


def test_a_schema_or_a_day_that_is_refused_ends_the_connection(local, ears):
    producer = Producer(local.address).announce(schema_of({}))
    assert producer.answer().startswith("refused: schema: expected the metadata forven.day")
    assert producer.answer() == ""
    producer.close()
    ears.refuses = "forven.day: is over"
    assert eventually(lambda: local._connection is None)
    producer = Producer(local.address).announce()
    assert producer.answer() == "refused: forven.day: is over\n"
    producer.close()
    assert eventually(lambda: len(ears.reasons) == 2)


def test_a_fault_behind_the_listener_is_an_answer_too(local, ears, monkeypatch):
    def broken(batch):
        raise ZeroDivisionError("no rows")

    monkeypatch.setattr(f"{HERE}.rows_of_batch", broken)
    answer = answered(local, stream_of(batch_of([(OPEN_NS, SYMBOLS[0], 1, 2)])))
    assert answer == "refused: ZeroDivisionError: no rows\n"


def test_a_batch_that_is_refused_leaves_the_connection_open(local, ears, monkeypatch):
    calls = []

    def first_is_bad(batch):
        calls.append(batch)
        if len(calls) == 1:
            raise InvalidInput("batch: expected sound rows")
        return rows_of_batch(batch)

    monkeypatch.setattr(f"{HERE}.rows_of_batch", first_is_bad)
    producer = Producer(local.address).announce()
    producer.write((OPEN_NS, SYMBOLS[0], 1, 2))
    assert producer.answer() == "refused: batch: expected sound rows\n"
    producer.write((OPEN_NS, SYMBOLS[0], 3, 4))
    assert eventually(lambda: [batch.bid.tolist() for batch in ears.batches] == [[3]])
    producer.close()


@pytest.mark.parametrize("patience_s", [0.25, 7.0])
def test_a_producer_that_does_not_read_is_waited_for_as_before(patience_s):
    ours, theirs = socket.socketpair()
    ours.settimeout(patience_s)
    for _ in range(10_000):
        _tell(ours, "x" * 1_000)
    assert ours.gettimeout() == patience_s
    theirs.sendall(b"on")
    assert ours.recv(2) == b"on"
    ours.close()
    theirs.close()


def test_a_producer_that_stalls_makes_room_for_another(local, ears, monkeypatch):
    monkeypatch.setattr(f"{HERE}._ANNOUNCE_S", 0.2)
    silent = Producer(local.address)
    assert silent.answer().startswith("refused: stream: expected the rest of a message")
    silent.close()
    monkeypatch.setattr(f"{HERE}._ANNOUNCE_S", 60.0)
    monkeypatch.setattr(f"{HERE}._MESSAGE_S", 0.2)
    assert eventually(lambda: local._connection is None)
    slow = Producer(local.address).announce()
    assert eventually(lambda: ears.days)
    slow.send(b"\xff\xff\xff\xff\x80")
    assert slow.answer().startswith("refused: stream: expected the rest of a message")
    slow.close()


def test_a_quiet_producer_may_be_quiet(local, ears, monkeypatch):
    monkeypatch.setattr(f"{HERE}._MESSAGE_S", 0.1)
    quiet = Producer(local.address).announce()
    assert eventually(lambda: ears.days)
    threading.Event().wait(0.8)
    quiet.write((OPEN_NS, SYMBOLS[0], 1, 2))
    assert eventually(lambda: ears.batches)
    assert ears.reasons == []
    quiet.close()


def test_a_path_is_its_owners_and_is_gone_when_the_listener_is(ears, tmp_path):
    path = tmp_path / "q.sock"
    listening = Listener(str(path), ears)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InvalidInput, match="another feed listens there"):
        Listener(str(path), ears)
    listening.close()
    assert not path.exists()


def test_a_socket_that_was_left_behind_is_replaced(ears, tmp_path):
    path = tmp_path / "q.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    listening = Listener(str(path), ears)
    assert answered(listening, stream_of()) == ""
    listening.close()


def test_an_address_that_cannot_be_used_is_refused(ears, tmp_path):
    for text in (str(tmp_path / ("x" * 200)), str(tmp_path / "none" / "q.sock")):
        with pytest.raises(InvalidInput, match="cannot listen there"):
            Listener(text, ears)
    taken = Listener("127.0.0.1:0", ears)
    with pytest.raises(InvalidInput, match="cannot listen there"):
        Listener(f"127.0.0.1:{taken.address[1]}", ears)
    taken.close()


def test_closing_lets_a_connected_producer_go(local, ears):
    producer = Producer(local.address).announce()
    assert eventually(lambda: ears.days)
    local.close()
    assert producer.answer() == ""
    assert ears.reasons == []
    producer.close()
