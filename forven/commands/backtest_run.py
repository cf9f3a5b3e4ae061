"""The work of `forven backtest`: check what was asked, run it, show it and save it."""

import importlib
import json
import os
from pathlib import Path
from typing import Any

import click

from forven.commands.progress import session_progress
from forven.market.catalog import Catalog
from forven.primitives.errors import CannotWrite
from forven.research.result import BacktestResult
from forven.research.services import BacktestRequest, prepare

_BYTES_PER_MEGABYTE = 1_000_000
_TABLES = "forven.commands.summary"
"""Loaded where tables are drawn: JSON does without."""


def run(report: Path | None, parquet: Path | None, as_json: bool, **asked: Any) -> None:
    """Run a backtest as the command's options ask for it; errors as in `services.prepare`."""
    if report is not None:
        check_file(report)
    if parquet is not None:
        check_folder(parquet)
    prepared = prepare(BacktestRequest(**asked, with_paths=report is not None), Catalog())
    with session_progress(len(prepared.days), quiet=as_json) as observer:
        result = prepared.run(observer)
    if as_json:
        click.echo(json.dumps(result.as_document(), indent=2, allow_nan=False))
    else:
        importlib.import_module(_TABLES).print_summary(result)
    _write_files(result, report, parquet)


def check_file(path: Path) -> None:
    """Refuse a path that no file can be written to, before hours of work; CannotWrite."""
    if not path.parent.is_dir():
        raise CannotWrite(
            f"{path}: expected an existing folder, found none at {path.parent}; make it first"
        )
    if path.is_dir():
        raise CannotWrite(f"{path}: expected the name of a file, found a folder")
    if path.exists() and not path.is_file():
        raise CannotWrite(f"{path}: expected the name of a file, found a device or a pipe")
    _check_access(path.parent)


def check_folder(path: Path) -> None:
    """Refuse a folder that cannot be written into or made; CannotWrite."""
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not there.is_dir():
        raise CannotWrite(f"{path}: expected a folder, found a file at {there}")
    _check_access(there)


def _check_access(folder: Path) -> None:
    """Refuse a folder that this user may not write into."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotWrite(f"{folder}: expected a folder to write into, found no permission")


def _write_files(result: BacktestResult, report: Path | None, parquet: Path | None) -> None:
    """Write what was asked for, and say where it is and how large."""
    if report is not None:
        _tell("report", result.write_report(report))
    if parquet is not None:
        for path in result.write_parquet(parquet):
            _tell("parquet", path)


def _tell(what: str, path: Path) -> None:
    """Say on standard error which file was written."""
    megabytes = path.stat().st_size / _BYTES_PER_MEGABYTE
    click.echo(f"{what}: {path} ({megabytes:.1f} MB)", err=True)
