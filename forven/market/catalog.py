"""The catalog of datasets under the data root: what there is, opening one, writing one."""

import shutil
from pathlib import Path

from forven.market.dataset import Dataset
from forven.market.home import home_folder
from forven.market.manifest import BARS, TICKS, checked_name, is_name, kind_of
from forven.market.tick_files import writing
from forven.market.writer import DatasetWriter, WritePlan, restore_all, restore_former
from forven.primitives.errors import InvalidInput, UnknownDataset

_FOLDER = "datasets"


class Catalog:
    """The datasets of one data root: `home`, else `FORVEN_HOME`, else `~/.forven`."""

    def __init__(self, home: Path | None = None) -> None:
        self.folder = home_folder(home) / _FOLDER

    def names(self, kind: str | None = None) -> list[str]:
        """Return the names of the datasets, sorted; of one kind if it is given."""
        if not self.folder.is_dir():
            return []
        restore_all(self.folder)
        return sorted(
            path.name
            for path in self.folder.iterdir()
            if path.is_dir() and is_name(path.name) and kind in (None, kind_of(path))
        )

    def kind(self, name: str) -> str:
        """Return whether a dataset holds ticks or bars; UnknownDataset lists what there is."""
        self.check_known(name)
        return kind_of(self.folder / name)

    def exists(self, name: str) -> bool:
        """Return whether there is a dataset of that name."""
        folder = self.folder / checked_name(name)
        restore_former(folder)
        return folder.is_dir()

    def open(self, name: str) -> Dataset:
        """Return a dataset of option quotes.

        errors  UnknownDataset lists what there is, UntrustedData: damaged, InvalidInput: of bars
        """
        if self.kind(name) == BARS:
            raise InvalidInput(
                f"dataset {name!r} holds bars, expected days of option quotes; name one of these: "
                f"{', '.join(self.names(TICKS)) or 'there are none yet'} (`forven data list` shows "
                "which is which). Bars are for strategies over bars"
            )
        return Dataset(name, self.folder / name)

    def check_known(self, name: str) -> None:
        """Refuse a name that no dataset has; UnknownDataset lists what there is."""
        if not self.exists(name):
            names = self.names()
            there = f"there are: {', '.join(names)}" if names else "there are none yet"
            raise UnknownDataset(
                f"no dataset {name!r} in {self.folder}; {there}. `forven data synthesize NAME` "
                "makes a synthetic one, `forven data import` reads files"
            )

    def create(
        self,
        name: str,
        source: str,
        description: str = "",
        *,
        append: bool = False,
        replace: bool = False,
        seed: int | None = None,
    ) -> DatasetWriter:
        """Return the writer of a dataset, to be used in a `with` block.

        append   add days to the dataset if there is one: it keeps its source and description, and
                 a day that it has already is refused unless `replace`
        seed     that makes every day; a dataset of several seeds, or of any record, has none
        replace  without `append`: the dataset that is there gives way to the new one
        errors   InvalidInput: the name is not allowed, or taken
        """
        there = self.exists(name)
        if there and not append and not replace:
            raise InvalidInput(
                f"dataset {name!r} is there already; ask to append to it or to replace it, "
                "or choose another name"
            )
        folder = self.folder / name
        append = append and there
        if append:
            manifest = self.open(name).manifest
            source, description = manifest.source, manifest.description
            seed = seed if seed == manifest.seed else None
        return DatasetWriter(
            WritePlan(
                folder=folder,
                source=source,
                description=description,
                append=append,
                replace=replace,
                seed=seed,
            )
        )

    def remove(self, name: str) -> None:
        """Delete a dataset; UnknownDataset if there is none of that name."""
        self.check_known(name)
        folder = self.folder / name
        doomed = folder.with_name(f".{name}.removed")
        with writing(folder):
            shutil.rmtree(doomed, ignore_errors=True)
            folder.rename(doomed)
            shutil.rmtree(doomed)
