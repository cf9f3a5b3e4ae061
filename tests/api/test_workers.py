"""Blocking calls run in a bounded pool; what is too much is refused, what was begun is finished."""

import asyncio
import threading

import pytest

from api.workers import ServerBusy, Workers


def test_a_call_returns_what_it_returns_and_raises_what_it_raises() -> None:
    async def both() -> int:
        workers = Workers("test", 2)
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 // 0)
        return await workers.run(lambda: 7)

    assert asyncio.run(both()) == 7


def test_calls_beyond_the_limit_are_refused_and_room_comes_back() -> None:
    async def crowd() -> None:
        workers = Workers("test", 1, waiting_max=2)
        door = threading.Event()
        waiting = [asyncio.ensure_future(workers.run(door.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ServerBusy, match="at most 2"):
            await workers.run(lambda: None)
        door.set()
        await asyncio.gather(*waiting)
        assert await workers.run(lambda: 1) == 1

    asyncio.run(crowd())


def test_a_call_is_finished_even_if_nobody_waits_for_it_any_more() -> None:
    async def hang_up() -> None:
        workers = Workers("test", 1)
        begun, door, done = threading.Event(), threading.Event(), threading.Event()

        def call() -> None:
            begun.set()
            door.wait(5)
            done.set()

        task = asyncio.ensure_future(workers.run(call))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        door.set()
        workers.close()
        assert done.is_set()

    asyncio.run(hang_up())


def test_a_call_that_was_begun_takes_room_until_it_is_done() -> None:
    async def begin() -> None:
        workers = Workers("test", 1, waiting_max=1)
        door = threading.Event()
        begun = workers.begin(door.wait)
        with pytest.raises(ServerBusy):
            workers.begin(door.wait)
        door.set()
        assert await begun
        await asyncio.sleep(0)
        assert await workers.begin(lambda: 3) == 3

    asyncio.run(begin())
