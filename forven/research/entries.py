"""Why a backtest has no entries, in words for whom its zeros alone would leave guessing."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from forven.engine.journal import code_name
from forven.kernels import schema
from forven.research.records import SessionRecord

_WORDS = {
    schema.REASON_NO_STRIKE: "found no valid strike in the chain",
    schema.REASON_NO_UNDERLYING: "had no value of the underlying",
    schema.REASON_NO_FORWARD: "had no forward price",
    schema.REASON_BUYING_POWER: "refused for want of buying power",
}
_NOT_TRIED = "it tried none, since its weekdays, times or windows are in none of these sessions"


def no_entry_text(records: Sequence[SessionRecord]) -> str:
    """Return that no entry was filled and what became of those that were tried.

    records  sessions without a filled entry, chosen fills
    """
    tried: Counter[str] = Counter()
    for record in records:
        tried.update(_ends(record))
    ends = ", ".join(f"{count:,} {what}" for what, count in tried.most_common()) or _NOT_TRIED
    return f"No entry was filled, so that no figure says anything of the strategy: {ends}."


def _ends(record: SessionRecord) -> Counter[str]:
    """Return how the tries of one session ended, counted by their words."""
    rows = record.rows
    kinds = rows[:, schema.JOURNAL_KIND]
    skipped = rows[kinds == schema.EVENT_ENTRY_SKIPPED]
    rejected = rows[kinds == schema.EVENT_ORDER_REJECTED]
    placed = rows[kinds == schema.EVENT_ORDER_PLACED][:, schema.JOURNAL_ORDER]
    orders = rejected[:, schema.JOURNAL_ORDER]
    ends = Counter(_words(reason) for reason in skipped[:, schema.JOURNAL_B].tolist())
    ends.update(_words(reason) for reason in rejected[:, schema.JOURNAL_A].tolist())
    unfilled = int(np.count_nonzero(~np.isin(placed, orders)))
    if unfilled:
        ends["placed and not filled"] = unfilled
    return ends


def _words(reason: int) -> str:
    """Return a reason of the journal in words."""
    return _WORDS.get(reason, f"refused ({code_name('REASON', reason).replace('_', ' ')})")
