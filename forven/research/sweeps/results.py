"""The results of a sweep: a row a run, its leaderboard, and the digest two sweeps compare by."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from forven.primitives.errors import InvalidInput
from forven.research.metrics.judgement import Judgement
from forven.research.sweeps.digest import table_digest
from forven.research.sweeps.folder import MANIFEST_FILE, RESULTS_FILE, UnsoundSweep, read_manifest
from forven.research.sweeps.ranking import TEST, TIE_METRIC, TRAIN, best_first, judgement_of


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
        """Return the results that a finished sweep left in a folder, held to their digest.

        errors  InvalidInput where there are none, UnsoundSweep where they are not what was written
        """
        manifest = read_manifest(folder / MANIFEST_FILE)
        path = folder / RESULTS_FILE
        if manifest is None:
            raise InvalidInput(f"{folder}: expected a sweep, found no {MANIFEST_FILE} in it")
        if "digest" not in manifest or not path.is_file():
            raise InvalidInput(
                f"{folder}: expected a finished sweep, found one that was cut short; run the same "
                "command again, and it goes on"
            )
        mend = f"delete {path} and run the same command again"
        try:
            table = pq.read_table(path, page_checksum_verification=True)
        except (OSError, pa.ArrowException) as error:
            raise UnsoundSweep(
                f"{path}: expected the results of a sweep, found {error}; {mend}"
            ) from error
        table = table.replace_schema_metadata(None)
        found, said = table_digest(table.to_batches()), str(manifest["digest"])
        if found != said:
            raise UnsoundSweep(
                f"{path}: expected the digest {said[:12]} of {MANIFEST_FILE}, found {found[:12]}: "
                f"one of the two was changed since they were written; {mend}"
            )
        backend = str(manifest.get("backend", ""))
        return cls(table=table, document=manifest["plan"], digest=found, backend=backend)

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

    def judgement(self, metric: str) -> Judgement:
        """Return which way a metric is better; errors: InvalidInput for one that is none."""
        return judgement_of(self.kind, metric, bool(self.document.get("has_detail", True)))

    def values(self, metric: str, test: bool = False) -> npt.NDArray[np.float64]:
        """Return a metric of all runs in their order, NaN where it is not defined."""
        column = self.table[self.column(metric, test)]
        return np.asarray(pc.cast(column, pa.float64()).to_numpy())

    def ranked(self, metric: str) -> npt.NDArray[np.int64]:
        """Return the rows from the best to the worst by a metric (of the train segment).

        Of one that is better low, as `max_drawdown`, the lowest comes first; of one that is
        neither, as `total_trades`, the highest. Where it is not defined a run comes last; among
        equals the higher total return comes first, then the earlier combination.
        """
        judgement = self.judgement(metric)
        return best_first(self.values(metric), judgement, self.values(TIE_METRIC))

    def leaders(self, metric: str = "sharpe", count: int = 10) -> pa.Table:
        """Return the first runs of `ranked`."""
        return self.table.take(pa.array(self.ranked(metric)[:count]))
