"""A bounded pool of threads for calls that block: what is beyond it waits, and then is refused."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from forven.bots.errors import CodedError

T = TypeVar("T")
WAITING_MAX = 512


class ServerBusy(CodedError):
    """More calls are waiting than the server takes in."""

    code = "server_busy"


class Workers:
    """Runs blocking calls in threads, at most `WAITING_MAX` of them at work or waiting."""

    def __init__(self, name: str, threads: int, waiting_max: int = WAITING_MAX) -> None:
        self._name = f"forven-api-{name}"
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._waiting_max = waiting_max
        self._count = 0

    async def run(self, call: Callable[[], T]) -> T:
        """Return what a blocking call returns; one that was begun is finished, whoever hangs up.

        errors  ServerBusy where too many are waiting already
        """
        return await asyncio.shield(self.begin(call))

    def begin(self, call: Callable[[], T]) -> "asyncio.Future[T]":
        """Let a blocking call be made, be it waited for or not. errors: ServerBusy."""
        if self._count >= self._waiting_max:
            raise ServerBusy(
                f"server: expected at most {self._waiting_max} calls waiting, found as many; "
                "try again in a second"
            )
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix=self._name)
        self._count += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, call)
        future.add_done_callback(self._finished)
        return future

    def close(self) -> None:
        """Let what was begun finish, and begin nothing that waits; a later call begins anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _finished(self, future: "asyncio.Future[T]") -> None:
        """Make room; an error nobody waits for any more was answered by nobody, so look at it."""
        self._count -= 1
        if not future.cancelled():
            future.exception()
