"""The command line in the process of a test, for refusals: each would cost a start."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from forven.cli import run


class Here:
    """Runs `forven` over a data root; what it writes is kept from the terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, home: Path, *words: object) -> SimpleNamespace:
        """Return status, output and errors of a command line."""
        self.monkeypatch.setenv("FORVEN_HOME", str(home))
        self.monkeypatch.setattr(sys, "argv", ["forven", *map(str, words)])
        self.capsys.readouterr()
        status = run()
        out, err = self.capsys.readouterr()
        assert "internal" not in err, err
        return SimpleNamespace(status=status, out=out, err=err)
