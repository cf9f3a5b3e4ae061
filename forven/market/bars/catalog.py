"""The series of bars in the catalog: opening one, writing one, adding to one."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from forven.market.bars.bars import Bars
from forven.market.bars.merging import merge
from forven.market.bars.storage import (
    BarManifest,
    manifest_of,
    read_bar_manifest,
    read_series,
    write_series,
)
from forven.market.catalog import Catalog
from forven.market.manifest import BARS
from forven.market.tick_files import writing
from forven.market.writer import manifest_bytes, put_in_place
from forven.primitives.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a series came from: a text, a note, the counts of its import, the seed if made up."""

    source: str
    description: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    seed: int | None = None


class BarCatalog:
    """The datasets of bars of one data root; they share names and place with those of ticks."""

    def __init__(self, home: Path | None = None) -> None:
        self._catalog = Catalog(home)
        self.folder = self._catalog.folder

    def names(self) -> list[str]:
        """Return the names of the datasets of bars, sorted."""
        return self._catalog.names(BARS)

    def exists(self, name: str) -> bool:
        """Return whether there is a dataset of that name, of either kind."""
        return self._catalog.exists(name)

    def open(self, name: str) -> Bars:
        """Return a series of bars.

        errors  UnknownDataset lists what there is, UntrustedData: damaged, InvalidInput: of ticks
        """
        self._check_bars(name)
        return read_series(self.folder / name)

    def manifest(self, name: str) -> BarManifest:
        """Return what a series says of itself, without reading its bars; errors as for `open`."""
        self._check_bars(name)
        return read_bar_manifest(self.folder / name)

    def write(
        self,
        name: str,
        bars: Bars,
        provenance: Provenance,
        *,
        append: bool = False,
        replace: bool = False,
    ) -> BarManifest:
        """Write a series as a dataset, all of it or nothing, and return what it says of itself.

        append   add bars to those that are there, as `merge` does; source and note stay
        replace  without `append`: the dataset that is there, of either kind, gives way
        errors   InvalidInput: the name is not allowed or taken, or the series do not fit together
        """
        there = self.exists(name)
        if there and not append and not replace:
            raise InvalidInput(
                f"dataset {name!r} is there already; ask to append to it or to replace it, "
                "or choose another name"
            )
        before = manifest_bytes(self.folder / name)
        manifest = manifest_of(
            bars,
            provenance.source,
            provenance.description,
            dict(provenance.counts),
            provenance.seed,
        )
        if append and there:
            bars, manifest = self._added(name, bars, manifest)
        self._write(name, bars, manifest, before)
        return manifest

    def remove(self, name: str) -> None:
        """Delete a dataset of bars; UnknownDataset if there is none of that name."""
        self._check_bars(name)
        self._catalog.remove(name)

    def _added(self, name: str, bars: Bars, new: BarManifest) -> tuple[Bars, BarManifest]:
        """Return the series that is there with the new bars, and what it says of itself."""
        former = self.manifest(name)
        merged, counts = merge(self.open(name), bars)
        total = dict(Counter(former.counts) + Counter(new.counts) + Counter(counts))
        seed = former.seed if former.seed == new.seed else None
        return merged, manifest_of(merged, former.source, former.description, total, seed)

    def _write(self, name: str, bars: Bars, manifest: BarManifest, before: bytes | None) -> None:
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f".{name}.new-", dir=self.folder))
        try:
            with writing(aside):
                aside.chmod(0o755)
            write_series(aside, bars, manifest)
            put_in_place(aside, self.folder / name, before)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _check_bars(self, name: str) -> None:
        if self._catalog.kind(name) != BARS:
            raise InvalidInput(
                f"dataset {name!r} holds days of option quotes, expected bars; name one of these: "
                f"{', '.join(self.names()) or 'there are none yet'}. `forven data import-bars` "
                "reads files of bars, `forven data synthesize-bars NAME` makes some up"
            )


def open_bars(name: str, catalog: BarCatalog | None = None) -> Bars:
    """Return a series of the catalog by name; errors as for `BarCatalog.open`."""
    return (catalog or BarCatalog()).open(name)
