"""A stored dataset, read day by day: its range, its days as frames, their quality and identity."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.manifest import Manifest, day_folder, read_manifest
from forven.market.quality import DayQuality, quality_of
from forven.market.tick_files import DayRecord, damage_text, read_day, read_record
from forven.market.ticks import DayTicks
from forven.primitives.errors import EmptyRange, UntrustedData
from forven.primitives.identifiers import content_hash
from forven.primitives.timer import FRAMES, READ, UNTIMED, Timer


class Dataset:
    """One dataset of the catalog; nothing but its manifest is read before a day is asked for."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)

    def days(self, from_day: date | None = None, to_day: date | None = None) -> list[date]:
        """Return the days from one date to another, both included; EmptyRange if there is none."""
        known = sorted(self.manifest.days)
        first = from_day or date.min
        last = to_day or date.max
        found = [day for day in known if first <= day <= last]
        if not found:
            asked = f"{from_day or 'its start'} to {to_day or 'its end'}"
            turned = ", which ends before it begins" if first > last else ""
            raise EmptyRange(
                f"dataset {self.name!r} has no day in {asked}{turned}; it holds {_covers(known)}"
            )
        return found

    def record(self, day: date) -> DayRecord:
        """Return what is known of a day without reading its ticks."""
        if day not in self.manifest.days:
            self.days(day, day)
        folder = day_folder(self.folder, day)
        record = read_record(folder)
        entry = self.manifest.days[day]
        if record.content_hash != entry.content_hash or record.bounds.day != day:
            reason = "the day is not the one that dataset.json lists"
            raise UntrustedData(damage_text(folder, reason))
        return record

    def load_ticks(self, day: date) -> DayTicks:
        """Return a day's ticks; UntrustedData if they are not those that were written."""
        return read_day(day_folder(self.folder, day), self.record(day))

    def load(self, day: date, *, settled: bool = True, timer: Timer = UNTIMED) -> MarketDay:
        """Return a day's frames.

        settled  a settlement value is needed, as to run the day: UntrustedData if there is none
        timer    is told how long reading the files took, and building the frames
        """
        with timer.phase(READ):
            record = self.record(day)
            if settled:
                self._check_settled(record)
            ticks = read_day(day_folder(self.folder, day), record)
        with timer.phase(FRAMES):
            return build_day(ticks, record.bounds, content_hash=record.content_hash)

    def _check_settled(self, record: DayRecord) -> None:
        """Refuse a day without a settlement value."""
        if record.settlement is None:
            raise UntrustedData(
                f"dataset {self.name!r}, {record.bounds.day}: expected a settlement value, found "
                f"none, and no {record.underlying} print in the last 5 minutes before the close to "
                "stand in; import the day again, replacing it, with `forven data import "
                "--settlement VALUE`"
            )

    def quality(self, day: date) -> DayQuality:
        """Return what a day's data is worth: gaps, crossed quotes, missing sides and so on."""
        record = self.record(day)
        ticks = read_day(day_folder(self.folder, day), record)
        return quality_of(ticks, build_day(ticks, record.bounds, content_hash=record.content_hash))

    def underlying_close(self, day: date) -> int | None:
        """Return the official settlement, else the underlying's last print of the session."""
        return self.record(day).underlying_close

    def content_hash_of(self, days: Sequence[date]) -> str:
        """Return the identity of the content of some days, in the order given."""
        listed = [[day.isoformat(), self.record(day).content_hash] for day in days]
        return content_hash({"format": "forven dataset 1", "days": listed})

    def size_bytes(self) -> int:
        """Return how many bytes the dataset's files take on disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def _covers(days: list[date]) -> str:
    """Return in words which days there are."""
    if len(days) < 2:
        return f"{days[0]} alone" if days else "no day"
    return f"{len(days)} days from {days[0]} to {days[-1]}"
