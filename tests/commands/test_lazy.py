"""Lazy groups: sub-commands by name, imported when used."""

import gc
import sys

import click
import pytest
from click.testing import CliRunner

from forven.commands.lazy import LazyGroup, Listed, load


def test_help_shows_every_summary_and_imports_nothing():
    listed = {"later": Listed("no.such.module", "Comes later.")}
    group = click.group("top", cls=LazyGroup, listed=listed)(lambda: None)
    shown = CliRunner().invoke(group, ["--help"])
    assert shown.exit_code == 0
    assert "later  Comes later." in shown.output
    assert "no.such.module" not in sys.modules


def test_a_name_that_is_not_listed_is_refused():
    group = click.group("top", cls=LazyGroup, listed={})(lambda: None)
    assert CliRunner().invoke(group, ["other"]).exit_code == 2


def test_a_command_whose_kernels_are_not_compiled_says_that_it_takes_a_while(capsys):
    listed = {"later": Listed("forven.commands.bench", "Later.", kernels=("no.such_kernel",))}
    group = click.group("top", cls=LazyGroup, listed=listed)(lambda: None)
    assert group.get_command(None, "later") is not None
    assert "compiling kernels for this machine, once" in capsys.readouterr().err


def test_a_command_whose_kernels_are_there_or_needs_none_is_silent(capsys):
    listed = {"later": Listed("forven.commands.bench", "Later.")}
    group = click.group("top", cls=LazyGroup, listed=listed)(lambda: None)
    assert group.get_command(None, "later") is not None
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("enabled", [True, False])
def test_loading_leaves_the_collector_as_it_was(enabled):
    (gc.enable if enabled else gc.disable)()
    try:
        load("forven.commands.bench")
        with pytest.raises(ModuleNotFoundError):
            load("no.such.module")
        assert gc.isenabled() == enabled
    finally:
        gc.enable()
