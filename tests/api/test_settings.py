"""The environment, its defaults, and one line for each thing that is wrong."""

from pathlib import Path

import pytest

from api.settings import InvalidSetting, Settings, UnsafeSettings
from forven.engine.documents import DOCUMENT_BYTES_MAX


def test_defaults_are_those_of_a_server_for_this_machine_alone(forven_home: Path) -> None:
    settings = Settings.load()
    assert settings.home == forven_home
    assert (settings.bind_host, settings.port) == ("127.0.0.1", 8003)
    assert settings.rate == (600, 60)
    assert settings.rate_limit_enabled and settings.csrf_protect
    assert not settings.auth_required and settings.binds_loopback
    assert settings.allowed_hosts == ("127.0.0.1", "localhost", "[::1]", "testserver")
    assert settings.cors_origins == ("http://127.0.0.1:5173", "http://localhost:5173")
    assert settings.max_body_bytes == DOCUMENT_BYTES_MAX
    assert (settings.feed_speed, settings.log_level) == ("1", "info")


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variables = {
        "HOME": str(tmp_path),
        "DATABASE_URL": "postgresql://u:p@h/n",
        "PORT": "9000",
        "HOST": "::1",
        "CLIENT_BASE": "https://desk.example.com/",
        "API_KEY": "a",
        "OPERATOR_KEY": "b",
        "AUTH_REQUIRED": "true",
        "ALLOWED_HOSTS": "Desk.example.com, *.example.org ,",
        "CORS_ORIGINS": "https://a.example",
        "CSRF_PROTECT": "off",
        "RATE_LIMIT_ENABLED": "0",
        "RATE_LIMIT_DEFAULT": "5 per second",
        "MAX_BODY_BYTES": "4096",
        "FEED": "synthetic:7",
        "FEED_SPEED": "2.5",
        "RESULTS_DATASET": "demo",
        "EXECUTION_MODE": "paper",
        "LOG_LEVEL": "debug",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"FORVEN_{name}", value)
    settings = Settings.load()
    assert settings.home == tmp_path
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://u:p@h/n"
    assert (settings.port, settings.bind_host) == (9000, "::1")
    assert settings.client_base == "https://desk.example.com"
    assert settings.api_key is not None and settings.api_key.get_secret_value() == "a"
    assert settings.operator_key is not None and settings.operator_key.get_secret_value() == "b"
    assert settings.auth_required and not settings.csrf_protect
    assert not settings.rate_limit_enabled and settings.rate == (5, 1)
    assert settings.allowed_hosts == ("desk.example.com", "*.example.org")
    assert settings.cors_origins == ("https://a.example",)
    assert (settings.max_body_bytes, settings.feed) == (4096, "synthetic:7")
    assert (settings.feed_speed, settings.results_dataset) == ("2.5", "demo")
    assert settings.log_level == "debug"
    settings.require_safe()


def test_the_older_name_of_the_host_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORVEN_HOST", "127.0.0.2")
    assert Settings.load().bind_host == "127.0.0.2"
    monkeypatch.setenv("FORVEN_BIND_HOST", "127.0.0.3")
    assert Settings.load().bind_host == "127.0.0.3"


WRONG = [
    ("PORT", "80a", "a whole number from 0 to 65535, found '80a'"),
    ("PORT", "65536", "a whole number from 0 to 65535, found '65536'"),
    ("BIND_HOST", "a b", "an address or a name to listen at, found 'a b'"),
    ("HOST", "/x", "an address or a name to listen at, found '/x'"),
    ("CLIENT_BASE", "localhost:1", "an address as http://HOST:PORT, found 'localhost:1'"),
    ("AUTH_REQUIRED", "maybe", "true or false, found 'maybe'"),
    ("ALLOWED_HOSTS", "a:80", "host names without ports, separated by commas, found"),
    ("ALLOWED_HOSTS", ",", "host names without ports, separated by commas, found"),
    ("CORS_ORIGINS", "*", "origins as http://HOST:PORT, separated by commas, found"),
    ("CORS_ORIGINS", "http://a/", "origins as http://HOST:PORT, separated by commas, found"),
    ("RATE_LIMIT_DEFAULT", "0/minute", "a rate as 600/minute (second, minute or hour), found"),
    ("MAX_BODY_BYTES", "1", "a whole number from 1024 to 262144, found '1'"),
    ("MAX_BODY_BYTES", "262145", "a whole number from 1024 to 262144, found '262145'"),
    ("FEED_SPEED", "0", "a positive number or max, found '0'"),
    ("FEED_SPEED", "nan", "a positive number or max, found 'nan'"),
    ("FEED_SPEED", "fast", "a positive number or max, found 'fast'"),
    ("EXECUTION_MODE", "live", "paper, the only mode there is, found 'live'"),
    ("LOG_LEVEL", "loud", "debug, info, warning or error, found 'loud'"),
    ("API_KEY", "two words", "a key of printable ASCII characters without spaces, found a value"),
    ("OPERATOR_KEY", "schlüssel", "a key of printable ASCII characters without spaces, found a"),
]


@pytest.mark.parametrize(("name", "value", "complaint"), WRONG)
def test_what_is_wrong_is_said_in_one_line_with_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(f"FORVEN_{name}", value)
    with pytest.raises(InvalidSetting) as refused:
        Settings.load()
    text = str(refused.value)
    assert text.startswith(f"FORVEN_{name}: expected {complaint}")
    assert "\n" not in text
    if name.endswith("_KEY"):
        assert value not in text


def test_keys_are_in_no_text_of_the_settings() -> None:
    settings = Settings.load(
        api_key="hush-1", operator_key="hush-2", database_url="postgresql://u:hush-3@h/n"
    )
    for text in (
        repr(settings),
        str(settings),
        settings.model_dump_json(),
        str(settings.warnings()),
    ):
        assert "hush" not in text


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "FORVEN_API_KEY and FORVEN_OPERATOR_KEY"),
        ({"api_key": "a"}, "FORVEN_OPERATOR_KEY"),
        ({"operator_key": "b"}, "FORVEN_API_KEY"),
        ({"api_key": "a", "operator_key": "b"}, None),
    ],
)
@pytest.mark.parametrize("reason", [{"auth_required": True}, {"bind_host": "0.0.0.0"}])
def test_both_keys_are_needed_beyond_this_machine_and_where_asked_for(
    given: dict[str, object], missing: str | None, reason: dict[str, object]
) -> None:
    settings = Settings.load(**given, **reason)
    if missing is None:
        settings.require_safe()
        assert settings.warnings() == []
        return
    with pytest.raises(UnsafeSettings, match=f"{missing} not set"):
        settings.require_safe()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_on_this_machine_keys_may_be_missing_and_that_is_said(host: str) -> None:
    settings = Settings.load(bind_host=host)
    settings.require_safe()
    assert "no key is set" in settings.warnings()[0]
    assert "503" in Settings.load(api_key="a").warnings()[0]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example.com"])
def test_other_addresses_are_beyond_this_machine(host: str) -> None:
    assert not Settings.load(bind_host=host).binds_loopback
