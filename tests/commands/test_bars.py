"""Bars as a terminal shows them: days counted, a running clock, and nothing left behind."""

import io
from datetime import date

from forven.commands import bars


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def watched(monkeypatch):
    """Return the terminal that standard error is from now on."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(bars.sys, "stderr", terminal)
    return terminal


def test_a_bar_counts_the_days_and_names_the_last(monkeypatch):
    terminal = watched(monkeypatch)
    with bars.sessions_bar(2) as observe:
        observe(date(2024, 1, 2))
        observe(date(2024, 1, 3))
    assert "2024-01-03" in terminal.getvalue()
    assert "2/2" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")  # the line is wiped


def test_a_clock_runs_beside_the_text(monkeypatch):
    terminal = watched(monkeypatch)
    with bars.clock_bar("compiling"):
        pass
    assert "compiling" in terminal.getvalue()
    assert "0:00:00" in terminal.getvalue()
