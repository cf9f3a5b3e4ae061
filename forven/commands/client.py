"""What the command line says to a running server: requests out, documents or one clear error in."""

import os
from typing import Any
from urllib.parse import quote

import httpx

from forven.primitives.errors import ForvenError, InvalidInput

BASE_VARIABLE = "FORVEN_CLIENT_BASE"
PORT_VARIABLE = "FORVEN_PORT"
API_KEY_VARIABLE = "FORVEN_API_KEY"
OPERATOR_KEY_VARIABLE = "FORVEN_OPERATOR_KEY"
_PORT = "8003"
_TIMEOUT_SECONDS = 60.0
_REASON_LENGTH_MAX = 300
_PAGE_ROWS_MAX = 10_000
"""As many rows as a server gives at once."""

Document = dict[str, Any]


class ServerRefused(ForvenError):
    """The server answered with an error; the text is its own."""


class NoServer(ForvenError):
    """Nothing that speaks HTTP answers at the server's address."""


def server_base() -> str:
    """Return the server's address: `FORVEN_CLIENT_BASE`, else this machine at `FORVEN_PORT`."""
    port = os.environ.get(PORT_VARIABLE) or _PORT
    return (os.environ.get(BASE_VARIABLE) or f"http://127.0.0.1:{port}").rstrip("/")


class Client:
    """A forven server as the command line sees it.

    base       its address, by default `server_base()`
    transport  how requests travel; None: over the network
    """

    def __init__(
        self, base: str | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.base = base or server_base()
        headers = {}
        for header, variable in (
            ("x-api-key", API_KEY_VARIABLE),
            ("x-operator-key", OPERATOR_KEY_VARIABLE),
        ):
            if os.environ.get(variable):
                headers[header] = os.environ[variable]
        try:
            # No proxy of the environment: it would be asked for this machine's own address, and
            # be shown the keys.
            self._http = httpx.Client(
                base_url=self.base,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
                transport=transport,
                trust_env=False,
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise InvalidInput(
                f"{BASE_VARIABLE} and keys: expected an address as http://127.0.0.1:8003 and ASCII "
                f"keys, found {self.base!r} ({error})"
            ) from None

    def get(self, path: str, **query: object) -> Any:
        """Return the document at a path; a query value of None is left out."""
        return self._ask("GET", path, None, query)

    def rows(self, path: str, limit: int | None) -> list[Document]:
        """Return the rows of a growing list, the first `limit` or all, one part after another."""
        rows: list[Document] = []
        asked: str | None = path
        query = {} if limit is None else {"limit": str(min(limit, _PAGE_ROWS_MAX))}
        while asked is not None and (limit is None or len(rows) < limit):
            answer = self._answer("GET", asked, None, query)
            rows += answer.json()
            asked, query = _next_path(answer), {}
        return rows[:limit]

    def post(self, path: str, body: Document | None = None, **query: object) -> Any:
        """Send a document to a path and return the answer's."""
        return self._ask("POST", path, body, query)

    def patch(self, path: str, body: Document) -> Any:
        """Change what is at a path and return it."""
        return self._ask("PATCH", path, body, {})

    def delete(self, path: str) -> Any:
        """Delete or stop what is at a path; return the answer's document, None if it has none."""
        return self._ask("DELETE", path, None, {})

    def _ask(self, method: str, path: str, body: Document | None, query: dict[str, object]) -> Any:
        asked = {name: str(value) for name, value in query.items() if value is not None}
        answer = self._answer(method, path, body, asked)
        return answer.json() if answer.content else None

    def _answer(
        self, method: str, path: str, body: Document | None, query: dict[str, str]
    ) -> httpx.Response:
        """Return the answer to a request; errors: NoServer, ServerRefused."""
        try:
            # An empty query would take away the one that a path brings along.
            answer = self._http.request(method, path, json=body, params=query or None)
        except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NoServer(
                f"expected a forven server at {self.base}, found none ({error or type(error)}); "
                f"start one with `forven serve`, or name its address in {BASE_VARIABLE}"
            ) from None
        if answer.is_success:
            return answer
        raise ServerRefused(f"{method} {path}: {answer.status_code} {_reason(answer)}")


def _next_path(answer: httpx.Response) -> str | None:
    """Return where a list goes on; None at its end. It leads to no other server."""
    following = answer.links.get("next", {}).get("url")
    if following is None:
        return None
    if not following.startswith("/") or following.startswith("//"):
        raise ServerRefused(
            f"Link: expected the next part on the same server, found {following[:80]!r}"
        )
    return following


def _reason(answer: httpx.Response) -> str:
    """Return what the server says against a request, cut to what a terminal can show."""
    try:
        found = answer.json()
    except ValueError:
        return answer.text[:_REASON_LENGTH_MAX] or answer.reason_phrase
    if not isinstance(found, dict):
        return str(found)[:_REASON_LENGTH_MAX]
    parts = [str(found[name]) for name in ("error", "detail") if found.get(name)]
    return ": ".join(parts)[:_REASON_LENGTH_MAX] or answer.reason_phrase


def segment(name: str) -> str:
    """Return a user's text as one segment of a path: nothing in it leads elsewhere."""
    return quote(name, safe="")


def named(rows: list[Document], wanted: str, kind: str) -> Document:
    """Return the row whose id, name or beginning of an id is `wanted`; InvalidInput lists what is.

    rows  documents with `id` and `name`     kind  what they are, for the error
    """
    exact = [row for row in rows if wanted in (row["id"], row.get("name"))]
    found = exact or [row for row in rows if len(wanted) >= 4 and row["id"].startswith(wanted)]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{row['id'][:8]} {row.get('name') or ''}".strip() for row in found or rows)
    what = "several" if found else "none"
    raise InvalidInput(
        f"{kind}: expected the name, the id or the beginning of the id of one, found {what} for "
        f"{wanted!r}; there {'are' if rows else 'is'}: {shown or 'none yet'}"
    )
