"""The results of a sweep: a row a run, its leaderboard, and the digest two sweeps compare by."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forven.primitives.errors import InvalidInput
from forven.research.sweeps.folder import MANIFEST_FILE, RESULTS_FILE

TRAIN, TEST = "train_", "test_"


@dataclass(frozen=True, kw_only=True)
class SweepResults:
    """A finished sweep.

    table     a row a run in the order of the combinations: `run`, the parameters, `warmup_bars`,
              and every metric of METRICS.md, under `train_` and `test_` where there is a cut
    document  the plan        digest  SHA-256 of the table's columns: equal sweeps, equal digests
    """

    table: pa.Table
    document: dict[str, Any]
    digest: str
    backend: str

    @classmethod
    def read(cls, folder: Path) -> "SweepResults":
        """Return the results that a finished sweep left in a folder."""
        try:
            manifest = json.loads((folder / MANIFEST_FILE).read_text())
            table = pq.read_table(folder / RESULTS_FILE)
            return cls(
                table=table,
                document=manifest["plan"],
                digest=manifest["digest"],
                backend=manifest["backend"],
            )
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise InvalidInput(
                f"{folder}: expected a finished sweep, found {type(error).__name__}: {error}"
            ) from error

    @property
    def parameters(self) -> list[str]:
        """The names of what varies, in order."""
        return list(self.document["parameters"])

    @property
    def kind(self) -> str:
        """Over what it ran: `bars` or `sessions`."""
        return str(self.document["kind"])

    @property
    def is_split(self) -> bool:
        """Whether there are a train and a test segment."""
        return self.document["train_pct"] is not None

    def column(self, metric: str, test: bool = False) -> str:
        """Return the name of a metric's column: of the train segment where there are two."""
        name = ((TEST if test else TRAIN) if self.is_split else "") + metric
        if name not in self.table.column_names:
            known = sorted(
                column.removeprefix(TRAIN)
                for column in self.table.column_names
                if not self.is_split or column.startswith(TRAIN)
            )
            raise InvalidInput(f"metric {metric!r}: expected one of {', '.join(known)}")
        return name

    def leaders(self, metric: str = "sharpe", count: int = 10) -> pa.Table:
        """Return the best runs by a metric (of the train segment), the highest first.

        Where it is not defined a run comes last; equals keep the order of the combinations.
        """
        values = pc.cast(self.table[self.column(metric)], pa.float64()).to_numpy()
        ranked = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")
        return self.table.take(pa.array(ranked[:count]))


def table_digest(batches: Iterable[pa.RecordBatch]) -> str:
    """Return the SHA-256 over a table's columns, wherever it is cut into batches."""
    columns: dict[str, Any] = {}
    for batch in batches:
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            hasher = columns.setdefault(name, hashlib.sha256(name.encode()))
            hasher.update(_bytes_of(values))
    whole = hashlib.sha256()
    for hasher in columns.values():
        whole.update(hasher.digest())
    return whole.hexdigest()


def _bytes_of(values: pa.Array) -> bytes:
    """Return values as bytes, every NaN the same one."""
    if pa.types.is_floating(values.type):
        floats = values.to_numpy(zero_copy_only=False)
        return np.where(np.isnan(floats), np.nan, floats).tobytes()
    if pa.types.is_integer(values.type) or pa.types.is_boolean(values.type):
        return values.to_numpy(zero_copy_only=False).tobytes()
    return "\0".join(map(str, values.to_pylist())).encode() + b"\0"
