"""The work of `forven backtest`: check what was asked, run it, show it and save it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from forven.commands.lazy import load
from forven.commands.process_age import process_age_ns
from forven.commands.progress import session_progress
from forven.market.catalog import Catalog
from forven.primitives.errors import CannotWrite
from forven.primitives.timer import REPORT
from forven.research.result import BacktestResult
from forven.research.services import BacktestRequest, PreparedBacktest, prepare

_BYTES_PER_MEGABYTE = 1_000_000
_SUMMARY, _PROFILE = "forven.commands.summary", "forven.commands.profile_table"
"""Loaded where tables are drawn: JSON does without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be made of a result: files, and JSON in place of tables."""

    report: Path | None
    parquet: Path | None
    as_json: bool


def run(report: Path | None, parquet: Path | None, as_json: bool, **asked: Any) -> None:
    """Run a backtest as the command's options ask for it; errors as in `services.prepare`."""
    start_up_ns = process_age_ns() if asked["profile"] else None
    if report is not None:
        check_file(report)
    if parquet is not None:
        check_folder(parquet)
    prepared = prepare(BacktestRequest(**asked, with_paths=report is not None), Catalog())
    with session_progress(len(prepared.days), quiet=as_json) as observer:
        result = prepared.run(observer)
    wanted = Wanted(report=report, parquet=parquet, as_json=as_json)
    if as_json:
        _print_json(prepared, result, wanted, start_up_ns)
    else:
        _print_tables(prepared, result, wanted, start_up_ns)


def _print_tables(
    prepared: PreparedBacktest, result: BacktestResult, wanted: Wanted, start_up_ns: int | None
) -> None:
    """Print the result, write the files, and say where the time went if that was asked for."""
    with prepared.timer.phase(REPORT):
        load(_SUMMARY).print_summary(result)
        _write_files(result, wanted)
    profile = prepared.profile(start_up_ns)
    if profile is not None:
        load(_PROFILE).print_profile(profile)


def _print_json(
    prepared: PreparedBacktest, result: BacktestResult, wanted: Wanted, start_up_ns: int | None
) -> None:
    """Write the files, then print the document, whose profile counts them; it is printed anyway."""
    with prepared.timer.phase(REPORT):
        document = result.as_document()
    try:
        with prepared.timer.phase(REPORT):
            _write_files(result, wanted)
    finally:
        profile = prepared.profile(start_up_ns)
        if profile is not None:
            document["profile"] = profile.as_document()
        click.echo(json.dumps(document, indent=2, allow_nan=False))


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


def _write_files(result: BacktestResult, wanted: Wanted) -> None:
    """Write what was asked for, and say where it is and how large."""
    if wanted.report is not None:
        tell_file("report", result.write_report(wanted.report))
    if wanted.parquet is not None:
        for path in result.write_parquet(wanted.parquet):
            tell_file("parquet", path)


def tell_file(what: str, path: Path) -> None:
    """Say on standard error which file was written."""
    megabytes = path.stat().st_size / _BYTES_PER_MEGABYTE
    click.echo(f"{what}: {path} ({megabytes:.1f} MB)", err=True)
