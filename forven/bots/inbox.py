"""What reaches a host's thread: tasks from anywhere, days and frames from its feed."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from forven.market.feeds.frame import FeedDay, FeedFrame


@dataclass(slots=True, kw_only=True, eq=False)
class Task:
    """Something asked of the host; `future` gets what came of it once that is durable.

    act   does it on the host's thread and returns the result; None: a command
    """

    act: Callable[[], Any] | None = None
    future: "Future[Any]" = field(default_factory=Future)


@dataclass(slots=True, kw_only=True, eq=False)
class CommandTask(Task):
    """A command to a session; those that wait together are written down together.

    make     returns the command's row, given when it is due
    stops    it is the command that stops the session
    """

    session_id: str
    make: Callable[[int], list[int]]
    stops: bool = False


@dataclass(frozen=True, slots=True)
class DayOpened:
    """The feed has opened a day; it waits to be told from where on to deliver."""

    day: FeedDay


@dataclass(frozen=True, slots=True)
class Delivered:
    """A frame, and the monotonic clock when it came."""

    frame: FeedFrame
    came_ns: int


@dataclass(frozen=True, slots=True)
class DayEnded:
    """The feed has delivered all of a day."""

    day: FeedDay


@dataclass(frozen=True, slots=True)
class FeedEnded:
    """The feed is over; `reason` if it broke."""

    reason: str | None = None


Delivery = DayOpened | Delivered | DayEnded | FeedEnded


class Inbox:
    """Tasks and deliveries in their order; the host's thread takes them, any other puts them."""

    def __init__(self, frames_max: int) -> None:
        self._frames_max = frames_max
        self._changed = threading.Condition()
        self._tasks: deque[Task] = deque()
        self._deliveries: deque[Delivery] = deque()
        self._is_closed = False

    def ask(self, task: Task) -> bool:
        """Put a task; return whether it will be looked at: not after `close`."""
        with self._changed:
            if self._is_closed:
                return False
            self._tasks.append(task)
            self._changed.notify_all()
            return True

    def deliver(self, delivery: Delivery) -> bool:
        """Put a delivery, waiting while too many wait; return False once the inbox is closed."""
        with self._changed:
            while len(self._deliveries) >= self._frames_max and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return False
            self._deliveries.append(delivery)
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float, deliveries_max: int) -> tuple[list[Task], list[Delivery]]:
        """Return all tasks and the next deliveries, waiting a while if there is neither.

        deliveries_max  frames are taken together up to so many, anything else alone; 0: tasks only
        """
        end = time.monotonic() + timeout_s
        with self._changed:
            while not self._tasks and not (self._deliveries and deliveries_max):
                left = end - time.monotonic()
                if left <= 0 or self._is_closed:
                    break
                self._changed.wait(left)
            tasks = list(self._tasks)
            self._tasks.clear()
            deliveries = self._next(deliveries_max)
            if deliveries:
                self._changed.notify_all()
            return tasks, deliveries

    def close(self) -> list[Task]:
        """Take nothing in any more, and wake who waits; return the tasks that nobody will do."""
        with self._changed:
            self._is_closed = True
            left = list(self._tasks)
            self._tasks.clear()
            self._changed.notify_all()
            return left

    def _next(self, most: int) -> list[Delivery]:
        """Take frames up to `most`, or one of another kind."""
        taken: list[Delivery] = []
        while self._deliveries and len(taken) < most:
            if not isinstance(self._deliveries[0], Delivered):
                if not taken:
                    taken.append(self._deliveries.popleft())
                break
            taken.append(self._deliveries.popleft())
        return taken
