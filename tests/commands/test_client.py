import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

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


def paged(rows_count, page):
    """A server with a list that it gives in parts, and what it was asked."""
    asked = []

    def answer(request):
        asked.append(str(request.url.query, "ascii"))
        query = request.url.params
        first, count = int(query.get("after", 0)), int(query.get("limit", page))
        rows = [{"number": number} for number in range(first, min(first + count, rows_count))]
        last = first + len(rows)
        link = {"Link": f'</orders?limit={count}&after={last}>; rel="next"'}
        return httpx.Response(200, json=rows, headers=link if last < rows_count else {})

    return client_of(answer), asked


def test_a_list_that_comes_in_parts_is_read_to_its_end():
    client, asked = paged(2_500, 1_000)
    rows = client.rows("/orders", None)
    assert [row["number"] for row in rows] == list(range(2_500))
    assert asked == ["", "limit=1000&after=1000", "limit=1000&after=2000"]


@pytest.mark.parametrize(
    ("limit", "queries"),
    [
        (1, ["limit=1"]),
        (10_000, ["limit=10000"]),
        (10_001, ["limit=10000", "limit=10000&after=10000"]),
    ],
)
def test_so_many_rows_are_read_and_no_more(limit, queries):
    client, asked = paged(30_000, 1_000)
    assert [row["number"] for row in client.rows("/orders", limit)] == list(range(limit))
    assert asked == queries


@pytest.mark.parametrize("place", ["http://elsewhere/orders", "//elsewhere/orders", "orders"])
def test_a_list_does_not_go_on_at_another_server(place):
    link = {"Link": f'<{place}>; rel="next"'}
    client = client_of(lambda _: httpx.Response(200, json=[], headers=link))
    with pytest.raises(ServerRefused, match="expected the next part on the same server"):
        client.rows("/orders", None)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_does_not_get_what_goes_to_this_machine(monkeypatch, variable):
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        server.timeout = 10
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        found = Client(f"http://127.0.0.1:{server.server_address[1]}").get("/health")
        thread.join()
    assert found == {"status": "ok"}


class Greeting(BaseHTTPRequestHandler):
    """A server that says that it is well."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')

    def log_message(self, *_):
        """Say nothing."""


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
