"""The listeners count text frames of all lengths wherever the stream is cut."""

import asyncio

from websockets.frames import Frame, Opcode

from benchmarks.api.listeners import Listener, all_heard


def test_frames_are_counted_wherever_the_stream_is_cut() -> None:
    lengths = [0, 1, 125, 126, 70_000, 3, 65_535]
    frames = [Frame(Opcode.TEXT, b"x" * length) for length in lengths] + [Frame(Opcode.PING, b"p")]
    written = b"".join(frame.serialize(mask=False) for frame in frames)
    stream = b"HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n" + written

    async def counted(piece: int) -> int:
        listener = Listener()
        for place in range(0, len(stream), piece):
            listener.data_received(stream[place : place + piece])
        assert listener.opened.done()
        return listener.messages

    for piece in (1, 2, 3, 7, 100, 4_096, 70_000, len(stream)):
        assert asyncio.run(counted(piece)) == len(lengths), piece


def test_listeners_wait_for_the_last_one_to_hear_something(monkeypatch) -> None:
    text = Frame(Opcode.TEXT, b"x").serialize(mask=False)

    async def waited(is_heard: bool) -> list[int]:
        crowd = [Listener(), Listener()]
        for listener in crowd:
            listener.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + text)
        crowd[0].data_received(text)
        waiting = asyncio.ensure_future(all_heard(crowd, [1, 1]))
        await asyncio.sleep(0)
        assert not waiting.done()
        if is_heard:
            crowd[1].data_received(text)
        await waiting
        return [listener.messages for listener in crowd]

    assert asyncio.run(waited(is_heard=True)) == [2, 2]
    monkeypatch.setattr("benchmarks.api.listeners.PATIENCE_S", 0.05)
    assert asyncio.run(waited(is_heard=False)) == [2, 1]
