"""A repeated request gets the first answer, and is carried out once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from forven.bots import errors
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.idempotency import RETENTION_DAYS, IdempotentRequests
from forven.store.errors import StoreBusy
from tests.bots.services.conftest import FIRST_NS
from tests.store.refused_commits import commits_refused

SCOPE = "POST /bots"


@pytest.fixture
def dependencies(store, host):
    """What further services over the same store are made of, as those of a later process."""
    return Dependencies(store=store, host=host, clock=lambda: FIRST_NS)


def test_the_first_answer_is_given_again(services):
    assert services.idempotency.recall("key-1", SCOPE, b"body") is None
    services.idempotency.keep("key-1", SCOPE, 201, b"answer")
    assert services.idempotency.recall("key-1", SCOPE, b"body") == (201, b"answer")


def test_another_body_under_a_key_is_refused(services):
    services.idempotency.recall("key-1", SCOPE, b"body")
    services.idempotency.keep("key-1", SCOPE, 201, b"answer")
    with pytest.raises(errors.IdempotencyConflict, match="another body"):
        services.idempotency.recall("key-1", SCOPE, b"other")
    assert services.idempotency.recall("key-1", "POST /strategies", b"other") is None


def test_a_request_at_work_is_not_begun_twice(services):
    services.idempotency.recall("key-1", SCOPE, b"body")
    with pytest.raises(errors.IdempotencyConflict, match="still at work"):
        services.idempotency.recall("key-1", SCOPE, b"body")
    services.idempotency.forget("key-1", SCOPE)
    assert services.idempotency.recall("key-1", SCOPE, b"body") is None


def test_what_a_crash_cut_short_is_never_begun_again_and_answers_stay(services, dependencies):
    services.idempotency.recall("key-1", SCOPE, b"body")
    services.idempotency.recall("key-2", SCOPE, b"body")
    services.idempotency.keep("key-2", SCOPE, 201, b"answer")
    later = IdempotentRequests(dependencies)
    with pytest.raises(errors.IdempotencyConflict, match="was cut short"):
        later.recall("key-1", SCOPE, b"body")
    with pytest.raises(errors.IdempotencyConflict, match="another body"):
        later.recall("key-1", SCOPE, b"other")
    assert later.recall("key-2", SCOPE, b"body") == (201, b"answer")


def test_an_answer_that_could_not_be_kept_leaves_its_key_in_use(services, store):
    services.idempotency.recall("key-1", SCOPE, b"body")
    with commits_refused(store), pytest.raises(StoreBusy):
        services.idempotency.keep("key-1", SCOPE, 201, b"answer")
    with pytest.raises(errors.IdempotencyConflict, match="was cut short"):
        services.idempotency.recall("key-1", SCOPE, b"body")


def test_a_key_that_could_not_be_reserved_may_be_tried_again(services, store):
    with commits_refused(store), pytest.raises(StoreBusy):
        services.idempotency.recall("key-1", SCOPE, b"body")
    assert services.idempotency.recall("key-1", SCOPE, b"body") is None


def test_requests_of_one_key_side_by_side_are_carried_out_once(services):
    answers, refusals = [], []

    def ask(_number: int) -> None:
        try:
            known = services.idempotency.recall("key-1", SCOPE, b"body")
        except errors.IdempotencyConflict as refused:
            refusals.append(str(refused))
            return
        answers.append(known)
        if known is None:
            services.idempotency.keep("key-1", SCOPE, 201, b"answer")

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(ask, range(64)))
    assert all("still at work" in text for text in refusals)
    assert answers.count(None) == 1
    assert set(answers) == {None, (201, b"answer")}


def test_keys_are_forgotten_after_their_time(services, dependencies):
    services.idempotency.recall("key-1", SCOPE, b"body")
    services.idempotency.keep("key-1", SCOPE, 201, b"answer")
    days = RETENTION_DAYS * 86_400_000_000_000
    now_ns = dependencies.clock()
    later = IdempotentRequests(replace(dependencies, clock=lambda: now_ns + days - 10**9))
    assert later.purge() == 0
    later = IdempotentRequests(replace(dependencies, clock=lambda: now_ns + days + 10**11))
    assert later.purge() == 1
    assert later.recall("key-1", SCOPE, b"body") is None


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "schlüssel"])
def test_a_key_that_is_none_is_refused(services, key):
    with pytest.raises(errors.InvalidField, match="Idempotency-Key"):
        services.idempotency.recall(key, SCOPE, b"body")
