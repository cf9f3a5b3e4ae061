"""The progress bar: on a terminal only, counting the days, gone at the end."""

import io
from datetime import date

import pytest

from forven.commands import progress


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_terminal_sees_the_days_unless_json_was_asked_for(monkeypatch, quiet, shown):
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    with progress.session_progress(2, quiet=quiet) as observe:
        observe(date(2024, 1, 2))
        observe(date(2024, 1, 3))
    assert ("2024-01-03" in terminal.getvalue()) == shown
    assert ("2/2" in terminal.getvalue()) == shown


def test_a_pipe_sees_nothing(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", pipe)
    with progress.session_progress(1, quiet=False) as observe:
        observe(date(2024, 1, 2))
    assert pipe.getvalue() == ""


def test_compiling_is_said_in_one_plain_line_where_there_is_no_terminal(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", pipe)
    with progress.compiling():
        pass
    assert pipe.getvalue() == "compiling kernels for this machine, once: up to a minute or two\n"


def test_compiling_shows_a_clock_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    with progress.compiling():
        pass
    assert "0:00:00" in terminal.getvalue()
