"""How long frames took from the feed to the commit: the latest ones, and their quantiles."""

import threading

import numpy as np

KEPT = 4_096
_NANOSECONDS_PER_MILLISECOND = 1e6


class Latencies:
    """The latencies of the latest frames; one thread adds, any thread asks."""

    def __init__(self, kept: int = KEPT) -> None:
        self._values = np.zeros(kept, np.int64)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, latency_ns: int) -> None:
        """Keep one more."""
        with self._lock:
            self._values[self._count % len(self._values)] = latency_ns
            self._count += 1

    def quantile_ms(self, share: float) -> float | None:
        """Return the latency in milliseconds that `share` of the frames did not exceed."""
        with self._lock:
            known = self._values[: self._count].copy()
        if not len(known):
            return None
        return float(np.quantile(known, share, method="higher")) / _NANOSECONDS_PER_MILLISECOND
