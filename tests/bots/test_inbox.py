"""The inbox: tasks and deliveries in their order, and nobody waits for a host that has ended."""

import threading
import time

from forven.bots.inbox import DayEnded, Delivered, Inbox, Task
from tests.bots.houses import WAIT_S, hand_day, hand_frame


def frame(number: int) -> Delivered:
    return Delivered(hand_frame(number), number)


def test_tasks_and_frames_come_in_their_order_and_frames_together():
    inbox = Inbox(10)
    tasks = [Task(), Task()]
    for task in tasks:
        assert inbox.ask(task)
    for number in range(1, 6):
        assert inbox.deliver(frame(number))
    found, first = inbox.take(0, 3)
    assert found == tasks
    assert [each.came_ns for each in first] == [1, 2, 3]
    assert [each.came_ns for each in inbox.take(0, 3)[1]] == [4, 5]
    assert inbox.take(0, 3) == ([], [])


def test_what_is_no_frame_comes_alone():
    inbox = Inbox(10)
    ended = DayEnded(hand_day())
    for delivery in (frame(1), ended, frame(2)):
        inbox.deliver(delivery)
    assert [len(inbox.take(0, 5)[1]) for _ in range(3)] == [1, 1, 1]


def test_a_full_inbox_makes_the_feed_wait_until_frames_are_taken():
    inbox = Inbox(2)
    for number in (1, 2):
        inbox.deliver(frame(number))
    waiting = threading.Thread(target=inbox.deliver, args=(frame(3),))
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    inbox.take(0, 1)
    waiting.join(WAIT_S)
    assert not waiting.is_alive()
    assert [each.came_ns for each in inbox.take(0, 5)[1]] == [2, 3]


def test_taking_tasks_only_leaves_the_frames():
    inbox = Inbox(2)
    inbox.deliver(frame(1))
    assert inbox.take(0.01, 0) == ([], [])
    assert len(inbox.take(0, 1)[1]) == 1


def test_a_task_wakes_who_waits():
    inbox = Inbox(2)
    timer = threading.Timer(0.05, inbox.ask, args=(Task(),))
    timer.start()
    begun = time.monotonic()
    tasks, _ = inbox.take(10 * WAIT_S, 1)
    assert len(tasks) == 1
    assert time.monotonic() - begun < 9 * WAIT_S


def test_a_closed_inbox_takes_nothing_and_gives_back_what_waited():
    inbox = Inbox(1)
    inbox.deliver(frame(1))
    task = Task()
    inbox.ask(task)
    waiting = threading.Thread(target=inbox.deliver, args=(frame(2),))
    waiting.start()
    assert inbox.close() == [task]
    waiting.join(WAIT_S)
    assert not waiting.is_alive()
    assert not inbox.ask(Task())
    assert not inbox.deliver(frame(3))
