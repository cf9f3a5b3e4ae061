"""What the environment says about the server: each `FORVEN_*` variable, checked at the start."""

import ipaddress
import os
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from forven.engine.documents import DOCUMENT_BYTES_MAX
from forven.market.home import home_folder
from forven.primitives.errors import InvalidInput

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]", "testserver")
CONSOLE_ORIGINS = ("http://127.0.0.1:5173", "http://localhost:5173")
_RATE = re.compile(r"([1-9][0-9]{0,8}) ?(?:/|per) ?(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_HOST = re.compile(r"\*|(\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"https?://[^/\s?#@,*]+")
_KEY = re.compile(r"[!-~]+")
_SECRETS = frozenset({"api_key", "operator_key", "database_url"})
_EXPECTED = {
    "port": "a whole number from 0 to 65535",
    "bind_host": "an address or a name to listen at",
    "client_base": "an address as http://HOST:PORT",
    "database_url": "a database URL as postgresql://USER:PASSWORD@HOST/NAME",
    "api_key": "a key of printable ASCII characters without spaces",
    "operator_key": "a key of printable ASCII characters without spaces",
    "auth_required": "true or false",
    "allowed_hosts": "host names without ports, separated by commas",
    "cors_origins": "origins as http://HOST:PORT, separated by commas",
    "csrf_protect": "true or false",
    "rate_limit_enabled": "true or false",
    "rate_limit_default": "a rate as 600/minute (second, minute or hour)",
    "max_body_bytes": f"a whole number from 1024 to {DOCUMENT_BYTES_MAX}",
    "feed_speed": "a positive number or max",
    "execution_mode": "paper, the only mode there is",
    "log_level": "debug, info, warning or error",
}


class InvalidSetting(InvalidInput, ValueError):
    """A variable of the environment has a form or range that is not accepted."""


class UnsafeSettings(InvalidInput):
    """The server would stand open: keys are missing where they are needed."""


Listed = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The server's settings; `Settings.load()` reads the environment and says what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix="FORVEN_",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default_factory=home_folder)
    database_url: SecretStr | None = None
    port: Annotated[int, Field(ge=0, le=65_535)] = 8003
    bind_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]+$")] = Field(
        "127.0.0.1", validation_alias=AliasChoices("FORVEN_BIND_HOST", "FORVEN_HOST")
    )
    client_base: str | None = None
    api_key: SecretStr | None = None
    operator_key: SecretStr | None = None
    auth_required: bool = False
    allowed_hosts: Listed = LOOPBACK_HOSTS
    cors_origins: Listed = CONSOLE_ORIGINS
    csrf_protect: bool = True
    rate_limit_enabled: bool = True
    rate_limit_default: str = "600/minute"
    max_body_bytes: Annotated[int, Field(ge=1_024, le=DOCUMENT_BYTES_MAX)] = DOCUMENT_BYTES_MAX
    feed: str | None = None
    feed_speed: str = "1"
    results_dataset: str | None = None
    execution_mode: Literal["paper"] = "paper"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Return the settings of the environment, with what is given instead of its variable.

        errors  InvalidSetting, one line: the variable, what was expected, what was found
        """
        try:
            return cls(**given)
        except ValidationError as error:
            raise _explained(error) from None

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Return a comma-separated text as a tuple of lower-case names."""
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no host name; `*` allows all, `*.example.com` those below it."""
        return _each(hosts, _HOST)

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no origin; there is no wildcard, since keys travel with requests."""
        return _each(origins, _ORIGIN)

    @field_validator("client_base")
    @classmethod
    def _base(cls, base: str | None) -> str | None:
        """Refuse what is no address of a server."""
        return base if base is None else _each((base.rstrip("/"),), _ORIGIN)[0]

    @field_validator("api_key", "operator_key")
    @classmethod
    def _key(cls, key: SecretStr | None) -> SecretStr | None:
        """Refuse a key that no header can carry as it is."""
        if key is not None and _KEY.fullmatch(key.get_secret_value()) is None:
            raise InvalidSetting(_EXPECTED["api_key"])
        return key

    @field_validator("rate_limit_default")
    @classmethod
    def _rate(cls, rate: str) -> str:
        """Refuse what is no rate."""
        return _each((rate,), _RATE)[0]

    @field_validator("feed_speed")
    @classmethod
    def _speed(cls, speed: str) -> str:
        """Refuse what is neither a positive number nor `max`."""
        if speed == "max":
            return speed
        try:
            number = Decimal(speed)
        except InvalidOperation:
            raise InvalidSetting(_EXPECTED["feed_speed"]) from None
        if not (number.is_finite() and number > 0):
            raise InvalidSetting(_EXPECTED["feed_speed"])
        return speed

    @property
    def rate(self) -> tuple[int, int]:
        """Requests, and the seconds in which that many are allowed."""
        found = _RATE.fullmatch(self.rate_limit_default)
        if found is None:
            raise InvalidSetting(f"expected a rate, found {self.rate_limit_default!r}")
        return int(found[1]), _SECONDS[found[2]]

    @property
    def binds_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.bind_host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.bind_host).is_loopback
        except ValueError:
            return False

    def require_safe(self) -> None:
        """Refuse to stand open: beyond this machine, and where asked for, both keys are needed.

        errors  UnsafeSettings, naming what is missing
        """
        named = {"FORVEN_API_KEY": self.api_key, "FORVEN_OPERATOR_KEY": self.operator_key}
        missing = " and ".join(name for name, key in named.items() if key is None)
        if not missing:
            return
        if self.auth_required:
            raise UnsafeSettings(
                f"FORVEN_AUTH_REQUIRED=true: expected both keys, {missing} not set"
            )
        if not self.binds_loopback:
            raise UnsafeSettings(
                f"FORVEN_BIND_HOST={self.bind_host}: expected both keys beyond this machine, "
                f"{missing} not set; set them, or listen at 127.0.0.1"
            )

    def warnings(self) -> list[str]:
        """Return what whoever starts the server should know about its keys, one sentence each."""
        if self.api_key is None and self.operator_key is None:
            return ["no key is set: every program on this machine can use the server"]
        if self.operator_key is None:
            return ["FORVEN_OPERATOR_KEY is not set: operator routes answer 503"]
        if self.api_key is None:
            return ["FORVEN_API_KEY is not set: all but operator routes are open"]
        return []


def _each(texts: tuple[str, ...], form: re.Pattern[str]) -> tuple[str, ...]:
    """Return the texts if all of them have the form and there is one."""
    if not texts or any(form.fullmatch(text) is None for text in texts):
        raise InvalidSetting(f"expected texts of another form, found {texts!r}")
    return texts


def _explained(error: ValidationError) -> InvalidSetting:
    """Return the first thing that is wrong as one line with the variable's name."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = str(first["loc"][0]) if first["loc"] else "settings"
    name = place if place.startswith("FORVEN_") else f"FORVEN_{place.upper()}"
    field = place
    if name == "FORVEN_BIND_HOST":
        # Of a field with two names the first is told; say the one that was used.
        field = "bind_host"
        name = name if os.environ.get(name) else "FORVEN_HOST"
    expected = _EXPECTED.get(field, first["msg"].lower())
    found = "a value that is not shown" if field in _SECRETS else repr(first["input"])
    return InvalidSetting(f"{name}: expected {expected}, found {found}")
