"""Hosts and origins as names."""

from api.guard.places import Places
from tests.api.serving import open_settings


def test_the_address_listened_at_is_a_host_unless_it_is_every_address() -> None:
    given = {"api_key": "a", "operator_key": "b"}
    bound = Places(open_settings(bind_host="192.0.2.7", **given))
    assert bound.knows_host(b"192.0.2.7:8003")
    six = Places(open_settings(bind_host="2001:db8::1", **given))
    assert six.knows_host(b"[2001:DB8::1]:8003")
    every = Places(open_settings(bind_host="0.0.0.0", **given))
    assert not every.knows_host(b"0.0.0.0:8003") and not every.knows_host(b"192.0.2.7")


def test_the_clients_address_is_an_origin() -> None:
    places = Places(open_settings(client_base="https://desk.example.com/"))
    assert places.knows_origin(b"https://desk.example.com", b"127.0.0.1:8003")
    assert not places.knows_origin(b"http://desk.example.com", b"127.0.0.1:8003")


def test_a_page_served_here_is_no_stranger_but_its_neighbours_port_is() -> None:
    places = Places(open_settings())
    assert places.knows_origin(b"http://localhost:8003", b"localhost:8003")
    assert not places.knows_origin(b"http://localhost:8004", b"localhost:8003")
    assert not places.knows_origin(b"file://localhost:8003", b"localhost:8003")
