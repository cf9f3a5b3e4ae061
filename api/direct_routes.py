"""Leads a request straight to its route: FastAPI tries one after another, then wraps the call.

With as many routes as here the search alone costs more than a small read. One regular expression a
method finds the same route, in the order of declaration. What has no such route, be it a wrong path
or method, a WebSocket or the lifespan, goes to FastAPI, which says so.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Handle = Callable[[Request], Awaitable[Response]]
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


class DirectRoutes:
    """Stands before FastAPI and takes from it the requests that one of its routes would answer."""

    def __init__(self, routes: Iterable[tuple[str, str, Handle]], otherwise: ASGIApp) -> None:
        """Take routes as method, path and what answers, whatever happens inside."""
        by_method: dict[str, list[tuple[str, Handle]]] = defaultdict(list)
        for method, path, handle in routes:
            by_method[method].append((path, handle))
        self._ways = {method: _Ways(routes) for method, routes in by_method.items()}
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none of ours."""
        if scope["type"] == "http" and not scope.get("root_path"):
            ways = self._ways.get(scope["method"])
            found = None if ways is None else ways.find(scope["path"])
            if found is not None:
                handle, scope["path_params"] = found
                response = await handle(Request(scope, receive, send))
                await response(scope, receive, send)
                return
        await self._otherwise(scope, receive, send)


class _Ways:
    """The routes of one method as one expression, whose last group tells which one it was."""

    def __init__(self, routes: Iterable[tuple[str, Handle]]) -> None:
        forms = []
        count = 0
        self._by_group: dict[int, tuple[Handle, tuple[tuple[str, int], ...]]] = {}
        for path, handle in routes:
            texts = _PARAMETER.split(path)
            names = texts[1::2]
            forms.append("([^/]+)".join(re.escape(text) for text in texts[::2]) + "()")
            groups = tuple((name, count + place) for place, name in enumerate(names, start=1))
            count += len(names) + 1
            self._by_group[count] = (handle, groups)
        self._form = re.compile("|".join(forms))

    def find(self, path: str) -> tuple[Handle, dict[str, str]] | None:
        """Return what answers a path, and the path's parameters."""
        match = self._form.fullmatch(path)
        if match is None or match.lastindex is None:
            return None
        handle, groups = self._by_group[match.lastindex]
        return handle, {name: match[group] for name, group in groups}
