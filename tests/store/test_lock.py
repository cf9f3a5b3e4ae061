"""One host a home: whoever comes second is told who is there."""

import os
from pathlib import Path

import pytest

from forven.primitives.errors import CannotWrite
from forven.store.errors import HomeInUse
from forven.store.lock import LOCK_FILE
from forven.store.store import Store
from tests.store.other_process import running

HOLD = """
import sys
from pathlib import Path
from forven.store.store import Store
lock = Store.open(Path(sys.argv[1]), sys.argv[2] or None).hold("forven serve on 127.0.0.1:8003")
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_second_host_is_refused_and_told_who_holds_the_home(store, database_url) -> None:
    with running(HOLD, store.home, database_url or "") as process:
        holder = rf"forven serve on 127\.0\.0\.1:8003 \(process {process.pid}\)"
        with pytest.raises(HomeInUse, match=holder):
            store.hold("another")
        with store.transaction() as tables:  # whoever does not host may still write
            tables.settings.put("a", 1)
    store.hold("another").release()


def test_a_killed_host_leaves_the_home_free(store: Store, database_url) -> None:
    with running(HOLD, store.home, database_url or "") as process:
        process.kill()
        process.wait(timeout=60)
        assert (store.home / LOCK_FILE).read_bytes() != b""
        store.hold("the next").release()


def test_a_released_home_may_be_held_again(store: Store) -> None:
    first = store.hold("first")
    with pytest.raises(HomeInUse, match="first"):
        store.hold("second")
    first.release()
    first.release()
    second = store.hold("second")
    with pytest.raises(HomeInUse, match="held by second"):
        store.hold("third")
    second.release()


def test_two_homes_never_host_one_server(tmp_path: Path, cluster) -> None:
    url = cluster.empty_database()
    one, other = (Store.open(tmp_path / name, url) for name in ("one", "other"))
    lock = one.hold("first")
    with pytest.raises(HomeInUse, match=r"held by forven \(server process"):
        other.hold("second")
    lock.release()
    other.hold("second").release()
    one.close()
    other.close()


def test_two_homes_with_their_own_databases_are_two_hosts(tmp_path: Path) -> None:
    one, other = (Store.open(tmp_path / name) for name in ("one", "other"))
    locks = [one.hold("first"), other.hold("second")]
    for lock in locks:
        lock.release()
    one.close()
    other.close()


def test_a_lock_whose_holder_has_not_said_its_name_is_held_all_the_same(store: Store) -> None:
    lock = store.hold("first")
    (store.home / LOCK_FILE).write_bytes(b"{")
    with pytest.raises(HomeInUse, match="not yet said its name"):
        store.hold("second")
    lock.release()


def test_a_lock_that_cannot_be_made_is_told(store: Store) -> None:
    (store.home / LOCK_FILE).mkdir(parents=True)
    with pytest.raises(CannotWrite, match=LOCK_FILE):
        store.hold("first")


def test_a_child_does_not_inherit_the_lock(store: Store) -> None:
    lock = store.hold("first")
    assert not os.get_inheritable(lock._stream.fileno())
    lock.release()
