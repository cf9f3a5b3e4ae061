"""Where a sweep is kept: a manifest, a Parquet file a chunk while it runs, the results at its end.

A part that is there and whole is not computed again. Nothing is changed in place: a kill at any
moment leaves whole files. The order of writes is manifest, parts, results, the manifest again with
their digest, and only then are the parts deleted: what has a digest is finished.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from forven.primitives.errors import CannotWrite, ForvenError, InvalidInput
from forven.primitives.identifiers import content_hash
from forven.primitives.storage import whole_file, write_whole
from forven.research.sweeps.digest import table_digest
from forven.research.sweeps.lock import held

MANIFEST_FILE = "sweep.json"
RESULTS_FILE = "results.parquet"
_PARTS = "parts"
_LOCK = "sweep.lock"
_TORN = (f".{MANIFEST_FILE}.*.part", f".{RESULTS_FILE}.*.part")
"""Names of what a kill leaves of a file that was being written."""
_MARK = b"forven_sweep"


class OtherSweep(ForvenError):
    """The folder holds another sweep than the one that was asked for."""


class UnsoundSweep(InvalidInput):
    """A file of a sweep is torn, or was changed since it was written."""


class SweepFolder:
    """The files of one sweep; `plan_hash` says which."""

    def __init__(self, folder: Path, plan_hash: str) -> None:
        self.folder = folder
        self.plan_hash = plan_hash

    @contextlib.contextmanager
    def taken(self, document: dict[str, object]) -> Iterator[None]:
        """Make the folder, or take up the one that is there, and hold it alone.

        errors  OtherSweep, FolderInUse, CannotWrite; InvalidInput for a manifest that is none
        """
        self.manifest()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"{self.folder}: could not be made ({error.strerror})") from error
        with held(self.folder / _LOCK):
            manifest = self.manifest()
            for pattern in _TORN:
                for path in self.folder.glob(pattern):
                    path.unlink()
            if manifest is None:
                self.write_manifest({"plan_hash": self.plan_hash, "plan": document})
            yield

    def manifest(self) -> dict[str, Any] | None:
        """Return what `sweep.json` says of this sweep; None where nothing is there yet.

        errors  OtherSweep, UnsoundSweep
        """
        manifest = read_manifest(self.folder / MANIFEST_FILE)
        if manifest is not None and manifest["plan_hash"] != self.plan_hash:
            raise OtherSweep(
                f"{self.folder}: expected this sweep or an empty folder, found another one "
                f"({manifest['plan'].get('strategy', 'of unknown strategy')}); name "
                "another folder, or delete that one"
            )
        if manifest is None and self._has_others():
            raise OtherSweep(
                f"{self.folder}: expected a sweep or an empty folder, found other files; "
                "name another folder"
            )
        return manifest

    def is_finished(self) -> bool:
        """Return whether the results are there, and the manifest has their digest."""
        return "digest" in (self.manifest() or {}) and self.results().is_file()

    def write_manifest(self, document: dict[str, Any]) -> None:
        """Write `sweep.json` whole."""
        content = json.dumps(document, indent=1, allow_nan=False) + "\n"
        write_whole(self.folder / MANIFEST_FILE, content.encode())

    def part(self, number: int, rows: int) -> pa.Table | None:
        """Return a chunk that is whole: of this sweep and of so many rows; else None."""
        return self._read(self._part_path(number), rows)

    def write_part(self, number: int, table: pa.Table) -> None:
        """Write a chunk whole."""
        path = self._part_path(number)
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"{path.parent}: could not be made ({error.strerror})") from error
        with whole_file(path) as temporary:
            pq.write_table(
                self._marked(table), temporary, compression="zstd", write_page_checksum=True
            )

    def results(self) -> Path:
        """Return where the results are, or will be."""
        return self.folder / RESULTS_FILE

    def has_results(self, chunks: list[tuple[int, int]]) -> bool:
        """Return whether the results are whole, of this sweep, and those of the parts there are.

        So they are where a sweep was killed after it wrote them, before the manifest had a digest.
        """
        table = self._read(self.results(), chunks[-1][1])
        if table is None:
            return False
        for number, (begin, end) in enumerate(chunks):
            part = self.part(number, end - begin)
            if part is None:
                continue
            rows = table.slice(begin, end - begin)
            if table_digest(part.to_batches()) != table_digest(rows.to_batches()):
                return False
        return True

    def join_parts(self, chunks: list[tuple[int, int]]) -> None:
        """Write all parts as one file."""
        with whole_file(self.results()) as path, contextlib.ExitStack() as stack:
            writer = None
            for number, (begin, end) in enumerate(chunks):
                table = self.part(number, end - begin)
                if table is None:
                    raise UnsoundSweep(
                        f"{self._part_path(number)}: expected {end - begin} rows of this sweep, "
                        "found none; run the same command again"
                    )
                if writer is None:
                    writer = stack.enter_context(
                        pq.ParquetWriter(
                            path, table.schema, compression="zstd", write_page_checksum=True
                        )
                    )
                writer.write_table(table)

    def clear_parts(self) -> None:
        """Delete the parts."""
        folder = self.folder / _PARTS
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def _has_others(self) -> bool:
        """Return whether there is a file that no sweep left when it was killed at its start."""
        if not self.folder.is_dir():
            return False
        known = (_LOCK, *_TORN)
        return any(not any(path.match(one) for one in known) for path in self.folder.iterdir())

    def _part_path(self, number: int) -> Path:
        return self.folder / _PARTS / f"part-{number:06d}.parquet"

    def _marked(self, table: pa.Table) -> pa.Table:
        return table.replace_schema_metadata({_MARK: self.plan_hash.encode()})

    def _read(self, path: Path, rows: int) -> pa.Table | None:
        """Return a table of this sweep with so many rows; None where it is not that, or torn."""
        if not path.is_file():
            return None
        try:
            table = pq.read_table(path, page_checksum_verification=True)
        except (OSError, pa.ArrowException):
            return None
        marked = (table.schema.metadata or {}).get(_MARK) == self.plan_hash.encode()
        return table if marked and table.num_rows == rows else None


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return a manifest with a plan and its hash; None where there is no file; UnsoundSweep."""
    if not path.is_file():
        return None
    expected = f"{path}: expected the manifest of a sweep"
    mend = f"delete the folder {path.parent} and run the same command again"
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnsoundSweep(f"{expected}, found {error}; {mend}") from error
    if not isinstance(read, dict) or not isinstance(read.get("plan"), dict):
        raise UnsoundSweep(f"{expected}, found no plan in it; {mend}")
    if not isinstance(read.get("plan_hash"), str):
        raise UnsoundSweep(f"{expected}, found no hash of its plan; {mend}")
    if content_hash(read["plan"]) != read["plan_hash"]:
        raise UnsoundSweep(f"{expected}, found a plan that was changed since; {mend}")
    return read
