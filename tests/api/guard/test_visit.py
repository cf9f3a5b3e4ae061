"""What the guard reads of a scope."""

import pytest

from api.guard.visit import visit_of


@pytest.mark.parametrize(
    ("peer", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_only_a_loopback_peer_is_local_whatever_a_header_says(peer: str, local: bool) -> None:
    headers = [(b"x-forwarded-for", b"127.0.0.1"), (b"forwarded", b"for=127.0.0.1")]
    scope = {"method": "POST", "path": "/", "headers": headers, "client": (peer, 1)}
    assert visit_of(scope).is_local is local


def test_a_visit_without_a_peer_is_not_local() -> None:
    assert not visit_of({"path": "/", "headers": [], "client": None}).is_local


def test_a_repeated_header_is_known_as_such() -> None:
    headers = [(b"host", b"a"), (b"host", b"b"), (b"accept", b"x"), (b"accept", b"y")]
    visit = visit_of({"path": "/", "headers": headers, "client": None})
    assert visit.headers == {b"host": b"a"}
    assert visit.repeated == {b"host"}
