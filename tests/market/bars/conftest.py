"""What tests of imports of bars share: a file written and imported."""

import pytest

from forven.market.bars.catalog import BarCatalog
from forven.market.bars.importing import BarImportRequest, import_bars
from tests.market.bars.made_files import HEADER, NOW


@pytest.fixture
def bring(tmp_path):
    """Return a function that writes a file's lines and imports it."""
    catalog = BarCatalog(tmp_path / "home")

    def run(lines, *, header=HEADER, name="bars.csv", **asked):
        paths = []
        for number, part in enumerate(lines if isinstance(lines[0], list) else [lines]):
            path = tmp_path / f"{number}-{name}"
            path.write_text("\n".join([header, *part]) + "\n", "utf-8")
            paths.append(path)
        given = {"symbol": "BTC", "timeframe": "1h", "calendar": "always", "stamp": "start"}
        request = BarImportRequest(
            name="made", paths=tuple(paths), now_ns=NOW, replace=True, **{**given, **asked}
        )
        report = import_bars(request, catalog)
        assert catalog.open("made").content_hash == report.manifest.content_hash
        assert catalog.manifest("made") == report.manifest
        return report

    run.catalog = catalog
    return run
