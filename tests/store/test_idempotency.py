import pytest

from forven.store.errors import KeyIsUsed, NoSuchRow
from forven.store.store import Store
from tests.store.made_rows import BOT, NOW, fill

SCOPE, KEY = "POST /bots", "key-1"


def test_a_key_is_claimed_once_and_then_keeps_its_response(store: Store) -> None:
    with store.transaction() as tables:
        assert tables.idempotency.find(SCOPE, KEY) is None
        tables.idempotency.claim(SCOPE, KEY, "hash", NOW)
        found = tables.idempotency.find(SCOPE, KEY)
        assert (found.request_hash, found.status, found.body) == ("hash", None, None)
        with pytest.raises(KeyIsUsed):
            tables.idempotency.claim(SCOPE, KEY, "hash", NOW)
        tables.idempotency.claim("POST /other", KEY, "hash", NOW)
        tables.idempotency.store(SCOPE, KEY, 201, b'{"a":1}\x00\xff')
    with store.reading() as tables:
        found = tables.idempotency.find(SCOPE, KEY)
        assert (found.status, found.body, found.created_ns) == (201, b'{"a":1}\x00\xff', NOW)


def test_claim_and_effect_are_written_together_or_not_at_all(store: Store) -> None:
    fill(store, 0)

    def fail_at_the_end() -> None:
        with store.transaction() as tables:
            tables.idempotency.claim(SCOPE, KEY, "hash", NOW)
            tables.bots.add(BOT)
            tables.idempotency.store(SCOPE, KEY, 201, b"{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_the_end()
    with store.reading() as tables:
        assert tables.idempotency.find(SCOPE, KEY) is None
        assert tables.bots.get(BOT.id) is None


def test_a_released_key_is_new_again_and_a_kept_response_stays(store: Store) -> None:
    with store.transaction() as tables:
        tables.idempotency.claim(SCOPE, KEY, "hash", NOW)
        tables.idempotency.release(SCOPE, KEY)
        assert tables.idempotency.find(SCOPE, KEY) is None
        tables.idempotency.claim(SCOPE, KEY, "hash", NOW)
        tables.idempotency.store(SCOPE, KEY, 200, b"")
        tables.idempotency.release(SCOPE, KEY)
        assert tables.idempotency.find(SCOPE, KEY).status == 200
        with pytest.raises(NoSuchRow):
            tables.idempotency.store(SCOPE, "other", 200, b"")


def test_old_keys_are_forgotten_answered_or_not(store: Store) -> None:
    with store.transaction() as tables:
        for number in range(4):
            tables.idempotency.claim(SCOPE, f"key {number}", "hash", NOW + number)
        tables.idempotency.store(SCOPE, "key 0", 200, b"")
        tables.idempotency.store(SCOPE, "key 2", 200, b"")
        assert tables.idempotency.purge(NOW + 2) == 2
        assert tables.idempotency.find(SCOPE, "key 2").status == 200
        assert tables.idempotency.find(SCOPE, "key 3").status is None
        assert tables.idempotency.find(SCOPE, "key 0") is None
        assert tables.idempotency.find(SCOPE, "key 1") is None
