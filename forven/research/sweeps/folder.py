"""Where a sweep is kept: a manifest, a Parquet file a chunk while it runs, the results at its end.

A part that is there and whole is not computed again. Nothing is changed in place: a kill at any
moment leaves whole parts, and a torn one is recognised and made anew.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.storage import whole_file, write_whole

MANIFEST_FILE = "sweep.json"
RESULTS_FILE = "results.parquet"
_PARTS = "parts"
_MARK = b"forven_sweep"


class OtherSweep(ForvenError):
    """The folder holds another sweep than the one that was asked for."""


class SweepFolder:
    """The files of one sweep; `plan_hash` says which."""

    def __init__(self, folder: Path, plan_hash: str) -> None:
        self.folder = folder
        self.plan_hash = plan_hash

    def open(self, document: dict[str, object]) -> None:
        """Make the folder, or take up the one that is there; errors: OtherSweep."""
        manifest = self.manifest()
        if manifest is not None and manifest.get("plan_hash") != self.plan_hash:
            raise OtherSweep(
                f"{self.folder}: expected this sweep or an empty folder, found another one "
                f"({manifest.get('plan', {}).get('strategy', 'of unknown strategy')}); name "
                "another folder, or delete that one"
            )
        if manifest is None:
            if self.folder.exists() and any(self.folder.iterdir()):
                raise OtherSweep(
                    f"{self.folder}: expected a sweep or an empty folder, found other files; "
                    "name another folder"
                )
            self.write_manifest({"plan_hash": self.plan_hash, "plan": document})
        (self.folder / _PARTS).mkdir(exist_ok=True)

    def manifest(self) -> dict[str, Any] | None:
        """Return what `sweep.json` says; None where there is none, or none that can be read."""
        path = self.folder / MANIFEST_FILE
        if not path.is_file():
            return None
        try:
            read = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{path}: expected a sweep's manifest, found {error}") from error
        if not isinstance(read, dict):
            raise InvalidInput(f"{path}: expected a sweep's manifest, found other JSON")
        return read

    def write_manifest(self, document: dict[str, Any]) -> None:
        """Write `sweep.json` whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(document, indent=1, allow_nan=False) + "\n"
        write_whole(self.folder / MANIFEST_FILE, content.encode())

    def part(self, number: int, rows: int) -> pa.Table | None:
        """Return a chunk that is whole: of this sweep and of so many rows; else None."""
        path = self._part_path(number)
        if not path.is_file():
            return None
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowException):
            return None
        marked = (table.schema.metadata or {}).get(_MARK) == self.plan_hash.encode()
        return table if marked and table.num_rows == rows else None

    def write_part(self, number: int, table: pa.Table) -> None:
        """Write a chunk whole."""
        marked = table.replace_schema_metadata({_MARK: self.plan_hash.encode()})
        with whole_file(self._part_path(number)) as path:
            pq.write_table(marked, path, compression="zstd")

    def results(self) -> Path:
        """Return where the results are, or will be."""
        return self.folder / RESULTS_FILE

    def join_parts(self, chunks: list[tuple[int, int]]) -> None:
        """Write all parts as one file, then delete them."""
        with whole_file(self.results()) as path:
            writer = None
            for number, (begin, end) in enumerate(chunks):
                table = self.part(number, end - begin)
                if table is None:
                    raise InvalidInput(
                        f"{self._part_path(number)}: expected {end - begin} rows of this sweep, "
                        "found none; run it again"
                    )
                if writer is None:
                    writer = pq.ParquetWriter(path, table.schema, compression="zstd")
                writer.write_table(table)
            if writer is not None:
                writer.close()
        self.clear_parts()

    def clear_parts(self) -> None:
        """Delete the parts."""
        folder = self.folder / _PARTS
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def _part_path(self, number: int) -> Path:
        return self.folder / _PARTS / f"part-{number:06d}.parquet"
