"""One perpetual from one moment to another as the kernel sees it: read-only integer arrays."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from forven.kernels import perpetual_schema as schema
from forven.kernels.schema import INT64_MAX, MISSING
from forven.market.perpetual.contract import PerpetualContract
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash, canonical_json


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PerpetualStream:
    """A stream's frames, laid out as `forven.kernels.perpetual_schema` says; T frames, P prints.

    book      int64 [BOOK_ROWS, T]            prints  int64 [P, PRINT_WIDTH]
    fundings  int64 [F, FUNDING_WIDTH], sorted by time
    open_ns   fundings at or before it are not this stream's
    end_ns    the session ends at the first frame at or after it; None: the data may go on
    counts    rows left out, mended or noted, by kind
    """

    contract: PerpetualContract
    book: npt.NDArray[np.int64]
    prints: npt.NDArray[np.int64]
    fundings: npt.NDArray[np.int64]
    open_ns: int
    end_ns: int | None
    counts: dict[str, int]

    def __post_init__(self) -> None:
        expected = {
            "book": (schema.BOOK_ROWS, self.book.shape[-1]),
            "prints": (len(self.prints), schema.PRINT_WIDTH),
            "fundings": (len(self.fundings), schema.FUNDING_WIDTH),
        }
        for name, shape in expected.items():
            array = getattr(self, name)
            if array.dtype != np.int64 or array.shape != shape or not array.flags.c_contiguous:
                raise InvalidInput(
                    f"{name}: expected contiguous int64 {shape}, found {array.dtype} {array.shape}"
                )
            array.setflags(write=False)
        if not self.book.shape[1]:
            raise InvalidInput("book: expected at least one frame, found none")
        if int(self.book[schema.BOOK_PRINTS, -1]) != len(self.prints):
            raise InvalidInput(
                f"book: expected a print cursor that ends at {len(self.prints)}, "
                f"found {int(self.book[schema.BOOK_PRINTS, -1])}"
            )

    @property
    def frame_count(self) -> int:
        """Frames of the stream, the one at its end included."""
        return int(self.book.shape[1])

    @property
    def ts(self) -> npt.NDArray[np.int64]:
        """(T,) the frames' moments, nanoseconds UTC."""
        return self.book[schema.BOOK_TS]

    @property
    def is_blocked(self) -> npt.NDArray[np.bool_]:
        """(T,) where a side is missing, the bid is above the ask or the mark is not known yet."""
        bid, ask, mark2 = self.book[[schema.BOOK_BID, schema.BOOK_ASK, schema.BOOK_MARK2]]
        return (bid == MISSING) | (ask == MISSING) | (bid > ask) | (mark2 == MISSING)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the contract, the bounds and every array."""
        head = canonical_json(
            {
                "contract": self.contract.to_json(),
                "open_ns": self.open_ns,
                "end_ns": self.end_ns,
                "shapes": [self.book.shape, self.prints.shape, self.fundings.shape],
            }
        )
        arrays = (self.book, self.prints, self.fundings)
        views = (a.astype("<i8", copy=False).data.cast("B") for a in arrays if a.size)
        return bytes_hash([head.encode("ascii"), *views])

    def contract_row(self, orders: int) -> npt.NDArray[np.int64]:
        """Return the kernel's contract row; `orders` a state row has room for."""
        end_ns = INT64_MAX if self.end_ns is None else self.end_ns
        return self.contract.row(self.open_ns, end_ns, orders)

    def frame_at(self, ts: int) -> int:
        """Return the first frame at or after `ts`; `frame_count` if the stream ends before it."""
        return int(np.searchsorted(self.ts, ts, side="left"))

    def __getstate__(self) -> list[object]:
        return [getattr(self, field.name) for field in fields(self)]

    def __setstate__(self, state: list[object]) -> None:
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)
        self.__post_init__()  # pickling forgets that arrays are read-only
