"""The reading example of `docs/STORE.md` reads a tape."""

import re
import subprocess
import sys
from pathlib import Path

from forven.store.tapes import TapeWriter
from tests.architecture.sources import ROOT
from tests.store.made_tapes import FEED_DAY, odd_frames


def test_the_example_prints_every_quote_of_a_tape(tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/STORE.md").read_text("utf-8"), re.S)
    path = tmp_path / "tape.arrows"
    writer = TapeWriter.open(path, FEED_DAY)
    for frame in odd_frames():
        writer.append(frame, durable=False)
    writer.close()
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, timeout=120, check=True
    )
    expected = [
        f"{frame.ts} {FEED_DAY.symbols[instrument]} {bid} {ask}"
        for frame in odd_frames()
        for instrument, bid, ask in zip(frame.instruments, frame.bids, frame.asks, strict=True)
    ]
    assert done.stdout.splitlines() == expected
    assert done.stderr == ""
