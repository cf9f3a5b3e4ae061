"""A repeated request gets the first answer, and is carried out once."""

import pytest

from forven.bots import errors

SCOPE = "POST /bots"


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


def test_what_a_crash_cut_short_is_given_back_and_answers_stay(services):
    services.idempotency.recall("key-1", SCOPE, b"body")
    services.idempotency.recall("key-2", SCOPE, b"body")
    services.idempotency.keep("key-2", SCOPE, 201, b"answer")
    assert services.idempotency.release_unfinished() == 1
    assert services.idempotency.recall("key-1", SCOPE, b"body") is None
    assert services.idempotency.recall("key-2", SCOPE, b"body") == (201, b"answer")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "schlüssel"])
def test_a_key_that_is_none_is_refused(services, key):
    with pytest.raises(errors.InvalidField, match="Idempotency-Key"):
        services.idempotency.recall(key, SCOPE, b"body")
