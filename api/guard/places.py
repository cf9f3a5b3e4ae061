"""Hosts and origins: which name the server was called by, and which page sent the request."""

import re

from api.settings import Settings

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_WILDCARDS = frozenset({"0.0.0.0", "::"})


class Places:
    """The hosts the server answers to and the origins whose pages may use it."""

    def __init__(self, settings: Settings) -> None:
        """Take both lists; the address listened at is a host too, the own address an origin."""
        hosts = set(settings.allowed_hosts)
        if settings.bind_host not in _WILDCARDS:
            bound = settings.bind_host.lower()
            hosts.add(f"[{bound}]" if ":" in bound else bound)
        self._any = "*" in hosts
        self._hosts = frozenset(hosts)
        self._suffixes = tuple(host[1:] for host in hosts if host.startswith("*."))
        origins = set(settings.cors_origins)
        if settings.client_base:
            origins.add(settings.client_base.lower())
        self._origins = frozenset(origins)

    def knows_host(self, host: bytes | None) -> bool:
        """Return whether a Host header names this server; its port does not matter."""
        found = _HOST.fullmatch(host.decode("latin-1").lower()) if host else None
        if found is None:
            return False
        name = found[1].rstrip(".")
        return self._any or name in self._hosts or name.endswith(self._suffixes or ("\0",))

    def knows_origin(self, origin: bytes, host: bytes) -> bool:
        """Return whether a page of this origin may use the server: it is listed, or served here."""
        text = origin.decode("latin-1").lower()
        if text in self._origins:
            return True
        scheme, mark, place = text.partition("://")
        return (
            mark == "://"
            and scheme in {"http", "https"}
            and place == host.decode("latin-1").lower()
        )
