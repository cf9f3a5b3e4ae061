"""Arrow tables of a perpetual's ticks as int64 columns: views where Arrow's memory allows it."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forven.market.perpetual import schema
from forven.primitives.errors import UntrustedData

_MISMATCH = "; make the table with the schemas of forven.market.perpetual.schema"


def table_columns(
    what: str, table: pa.Table, expected: pa.Schema
) -> dict[str, npt.NDArray[np.int64]]:
    """Return a table's columns by name; UntrustedData names a column, row and reason.

    what  the table's name in an error: `quotes`, `trades`, `marks`
    `arrival` is `ts` where the table has none.
    """
    fields = list(expected)
    if "arrival" in table.column_names:
        fields.append(schema.ARRIVAL)
    columns = {field.name: _column(what, table, field) for field in fields}
    if "arrival" not in columns:
        columns["arrival"] = columns["ts"]
    return columns


def _column(what: str, table: pa.Table, field: pa.Field) -> npt.NDArray[np.int64]:
    """Return one column, whatever its chunks; copied only if it has several or is narrower."""
    if table.column_names.count(field.name) != 1:
        raise UntrustedData(
            f"{what}: expected one column {field.name!r}, found "
            f"{', '.join(table.column_names)}{_MISMATCH}"
        )
    column = table.column(field.name)
    if column.type != field.type:
        raise UntrustedData(
            f"{what}.{field.name}: expected {field.type}, found {column.type}{_MISMATCH}"
        )
    if column.null_count:
        row = int(pc.index(pc.is_null(column), True).as_py())
        raise UntrustedData(
            f"{what}.{field.name}, row {row}: expected no null (a missing side is "
            f"{schema.MISSING}), found {column.null_count}"
        )
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    chunks = [chunk.to_numpy(zero_copy_only=True) for chunk in column.chunks if len(chunk)]
    joined = chunks[0] if len(chunks) == 1 else np.concatenate([np.zeros(0, np.int64), *chunks])
    return joined.astype(np.int64, copy=False)
