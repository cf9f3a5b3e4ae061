import httpx
import pytest

from forven.commands.client import Client, NoServer, ServerRefused, named, segment, server_base
from forven.primitives.errors import InvalidInput

ROWS = [{"id": "1234-a", "name": "one"}, {"id": "1234-b", "name": "two"}, {"id": "77", "name": "x"}]


def client_of(answer):
    return Client("http://server", transport=httpx.MockTransport(answer))


def test_the_address_is_named_or_this_machine_at_the_port(monkeypatch):
    monkeypatch.delenv("FORVEN_CLIENT_BASE", raising=False)
    monkeypatch.delenv("FORVEN_PORT", raising=False)
    assert server_base() == "http://127.0.0.1:8003"
    monkeypatch.setenv("FORVEN_PORT", "9000")
    assert server_base() == "http://127.0.0.1:9000"
    monkeypatch.setenv("FORVEN_CLIENT_BASE", "http://far:1/")
    assert server_base() == "http://far:1"


def test_keys_travel_in_their_headers_and_absent_query_values_do_not(monkeypatch):
    monkeypatch.setenv("FORVEN_API_KEY", "first")
    monkeypatch.setenv("FORVEN_OPERATOR_KEY", "second")
    seen = []

    def answer(request):
        seen.append(request)
        return httpx.Response(200, json=[1])

    assert client_of(answer).get("/bots", limit=None, after=3) == [1]
    assert seen[0].headers["x-api-key"] == "first"
    assert seen[0].headers["x-operator-key"] == "second"
    assert seen[0].url.query == b"after=3"


def test_an_answer_without_content_is_no_document():
    assert client_of(lambda _: httpx.Response(204)).delete("/bots/1") is None


def test_a_refusal_says_the_servers_words():
    refusal = httpx.Response(409, json={"error": "name_taken", "detail": "a bot is called so"})
    with pytest.raises(ServerRefused, match="POST /bots: 409 name_taken: a bot is called so"):
        client_of(lambda _: refusal).post("/bots", {})


@pytest.mark.parametrize("content", [b"<html>no</html>", b"[1]", b""])
def test_a_refusal_that_is_no_document_of_ours_is_still_told(content):
    with pytest.raises(ServerRefused, match="GET /bots: 502"):
        client_of(lambda _: httpx.Response(502, content=content)).get("/bots")


def test_where_no_server_answers_the_error_says_how_to_start_one():
    with pytest.raises(NoServer, match="forven serve"):
        Client("http://127.0.0.1:1").get("/bots")


@pytest.mark.parametrize("base", ["nonsense", "ftp://x", "http://[", "http://a:notaport"])
def test_an_address_that_is_none_is_refused_and_not_a_traceback(base):
    with pytest.raises((InvalidInput, NoServer)):
        Client(base).get("/bots")


@pytest.mark.parametrize("wanted", ["two", "1234-b"])
def test_a_row_is_found_by_name_and_by_id(wanted):
    assert named(ROWS, wanted, "bot")["name"] == "two"


def test_a_row_is_found_by_the_beginning_of_its_id_if_that_is_one_alone():
    assert named([{"id": "abcdef"}], "abcd", "bot") == {"id": "abcdef"}
    with pytest.raises(InvalidInput, match="found several for '1234'"):
        named(ROWS, "1234", "bot")
    with pytest.raises(InvalidInput, match="found none for 'nobody'"):
        named(ROWS, "nobody", "bot")
    with pytest.raises(InvalidInput, match="none yet"):
        named([], "nobody", "bot")


def test_a_users_text_stays_one_segment_of_a_path():
    assert segment("../a?b#c") == "..%2Fa%3Fb%23c"
