"""Writes a dataset aside and puts it in its place at once, so that no half of one is ever seen."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from forven.market.bounds import SessionBounds
from forven.market.manifest import (
    MANIFEST_FILE,
    DayEntry,
    Manifest,
    day_folder,
    read_manifest,
)
from forven.market.tick_files import DayRecord, write_day, writing
from forven.market.ticks import DayTicks
from forven.primitives.errors import CannotWrite, InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePlan:
    """What a writer is to do.

    folder   the dataset's final place           append   keep the days that are there
    replace  days (append) or the dataset that are there may be replaced
    """

    folder: Path
    source: str
    description: str
    append: bool
    replace: bool
    seed: int | None = None


class DatasetWriter:
    """A context manager: days are added inside, the dataset appears when it ends without error.

    On an error or an interrupt nothing is left and what was there before stays as it was.
    """

    def __init__(self, plan: WritePlan) -> None:
        self._plan = plan
        self._aside: Path | None = None
        self._days: dict[date, DayEntry] = {}
        self._kept: set[date] = set()
        self._before: bytes | None = None

    def __enter__(self) -> "DatasetWriter":
        folder = self._plan.folder
        with writing(folder.parent):
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
        try:
            self._aside.chmod(0o755)
            self._before = manifest_bytes(folder)
            if self._plan.append:
                self._take_over(folder)
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            self._discard()

    def add_day(self, ticks: DayTicks, bounds: SessionBounds) -> DayRecord:
        """Check a day's ticks and write them; the same day twice is refused.

        errors  UntrustedData: no day that can be run    InvalidInput: the day is there already
                CannotWrite: disk full, no permission
        """
        if self._aside is None:
            raise InvalidInput("add_day: expected to be inside the writer's `with` block")
        folder = day_folder(self._aside, bounds.day)
        if bounds.day in self._days:
            if bounds.day not in self._kept or not self._plan.replace:
                raise InvalidInput(
                    f"dataset {self._plan.folder.name!r} has the day {bounds.day} already; "
                    "ask to replace it, or leave it out"
                )
            with writing(folder):
                shutil.rmtree(folder)
            self._kept.discard(bounds.day)
            del self._days[bounds.day]
        record = write_day(folder, ticks, bounds)
        self._days[bounds.day] = DayEntry(
            content_hash=record.content_hash,
            quote_rows=record.quote_rows,
            print_rows=record.print_rows,
        )
        return record

    def _take_over(self, folder: Path) -> None:
        """Link the files of the days that are there into the new folder."""
        self._days.update(read_manifest(folder).days)
        self._kept.update(self._days)
        with writing(folder):
            for day in self._days:
                shutil.copytree(
                    day_folder(folder, day),
                    day_folder(self._aside_folder(), day),
                    copy_function=_link_or_copy,
                )

    def _commit(self) -> None:
        plan, aside = self._plan, self._aside_folder()
        if not self._days:
            raise InvalidInput(f"dataset {plan.folder.name!r}: expected at least one day, got none")
        Manifest(
            source=plan.source, description=plan.description, days=self._days, seed=plan.seed
        ).write(aside)
        put_in_place(aside, plan.folder, self._before)

    def _aside_folder(self) -> Path:
        if self._aside is None:
            raise InvalidInput("expected to be inside the writer's `with` block")
        return self._aside

    def _discard(self) -> None:
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)
            self._aside = None


def put_in_place(aside: Path, folder: Path, before: bytes | None) -> None:
    """Put a new dataset where it belongs, in one step; one that is there gives way to it.

    before  the manifest that was there when writing began: CannotWrite if it is another one now
    """
    if manifest_bytes(folder) != before:
        raise CannotWrite(
            f"dataset {folder.name!r} was changed by somebody else meanwhile; try again"
        )
    former = former_folder(folder)
    with writing(folder):
        if before is not None:
            shutil.rmtree(former, ignore_errors=True)
            folder.rename(former)
        try:
            aside.rename(folder)
        except BaseException:
            restore_former(folder)
            raise
        shutil.rmtree(former, ignore_errors=True)


def former_folder(folder: Path) -> Path:
    """Return where a dataset stands for the instant in which its replacement takes its place."""
    return folder.with_name(f".{folder.name}.former")


def restore_former(folder: Path) -> None:
    """Put a dataset back whose replacement was cut off before it took its place."""
    former = former_folder(folder)
    if former.is_dir() and not folder.exists():
        former.rename(folder)


def restore_all(parent: Path) -> None:
    """Put back every dataset of a folder whose replacement was cut off."""
    for former in parent.glob(".*.former"):
        restore_former(parent / former.name[1 : -len(".former")])


def manifest_bytes(folder: Path) -> bytes | None:
    """Return a dataset's manifest as it is on disk; None if there is no such dataset."""
    try:
        return (folder / MANIFEST_FILE).read_bytes()
    except FileNotFoundError:
        return b"" if folder.exists() else None
    except OSError as error:
        raise CannotWrite(f"{folder / MANIFEST_FILE}: {error.strerror}") from error


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
