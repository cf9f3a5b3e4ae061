"""The digest of a sweep's table: two sweeps are compared by it, and files are held to it."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa


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
