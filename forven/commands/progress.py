"""Progress on standard error: drawn on a terminal alone, and not where JSON was asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from forven.commands.lazy import load

_DRAWING = "forven.commands.bars"
"""Loaded where something is drawn: a command whose output is piped starts sooner without it."""


@contextmanager
def session_progress(total: int, quiet: bool) -> Iterator[Callable[[object], None]]:
    """Yield a function to call with each session (or day) that is done."""
    if quiet or not sys.stderr.isatty():
        yield _unseen
        return
    with load(_DRAWING).sessions_bar(total) as observe:
        yield observe


@contextmanager
def runs_progress(total: int, quiet: bool) -> Iterator[Callable[[int, str], None]]:
    """Yield a function to call with how many runs of so many are done, and a word on them."""
    if quiet or not sys.stderr.isatty():
        yield _unseen_runs
        return
    with load(_DRAWING).runs_bar(total) as observe:
        yield observe


@contextmanager
def compiling() -> Iterator[None]:
    """Say that kernels are being compiled, with a running clock where there is a terminal."""
    text = "compiling kernels for this machine, once: up to a minute or two"
    if not sys.stderr.isatty():
        click.echo(text, err=True)
        yield
        return
    with load(_DRAWING).clock_bar(text):
        yield


def _unseen(_: object) -> None:
    """Take note of a day that is done where nobody watches."""


def _unseen_runs(_: int, __: str) -> None:
    """Take note of runs that are done where nobody watches."""
