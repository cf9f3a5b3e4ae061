"""Loading on demand: a sub-command's module when it is used, its work when it really runs."""

import gc
import importlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import click

_PROGRESS = "forven.commands.progress"


def load(module: str, *kernels: str) -> ModuleType:
    """Import a module; where kernels it needs are not compiled yet, say that this takes a while.

    kernels  as in `session.advance`: those whose compilation is long
    """
    with _nothing_collected():
        if not kernels:
            return importlib.import_module(module)
        door = _door()
        with _compiling() if door.await_compiling(kernels) else nullcontext():
            for part in door.parts_behind(kernels):
                door.load(part)
            return importlib.import_module(module)


def _compiling() -> AbstractContextManager[None]:
    """Return what says that kernels are compiled."""
    said: AbstractContextManager[None] = importlib.import_module(_PROGRESS).compiling()
    return said


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage: what imports make stays, and going through it again takes a fifth of
    the start. It is set aside afterwards, so that later collections pass it by.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.enable()


def _door() -> ModuleType:
    """Return the kernels' door: only where kernels are needed may it refuse to open."""
    return importlib.import_module("forven.kernels.backend")


@dataclass(frozen=True, slots=True)
class Listed:
    """A sub-command as a group lists it; its module exposes it under `attribute`.

    kernels  those that importing the module compiles where they are not on disk, as for `load`
    """

    module: str
    summary: str
    attribute: str = "command"
    kernels: tuple[str, ...] = ()


class LazyGroup(click.Group):
    """A group that knows its sub-commands by name; `listed` is in the order of the help text."""

    def __init__(self, *parts: Any, listed: Mapping[str, Listed], **more: Any) -> None:
        super().__init__(*parts, **more)
        self.listed = listed

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's name
        """Return the names in the order they are listed."""
        return list(self.listed)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's name
        cmd_name: str,
    ) -> click.Command | None:
        """Return a sub-command, importing its module; None if there is none of that name."""
        if cmd_name not in self.listed:
            return None
        found = self.listed[cmd_name]
        command: click.Command = getattr(load(found.module, *found.kernels), found.attribute)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's name
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of sub-commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.summary) for name, found in self.listed.items()])
