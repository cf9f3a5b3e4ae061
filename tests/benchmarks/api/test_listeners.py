"""The listeners count text frames of all lengths wherever the stream is cut."""

import asyncio

from websockets.frames import Frame, Opcode

from benchmarks.api.listeners import Listener


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
