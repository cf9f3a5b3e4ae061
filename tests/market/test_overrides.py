import json

import pytest

from forven.market.overrides import SHIPPED_FILE, load_overrides, read_overrides
from forven.primitives.errors import UntrustedData

ENTRY = {"date": "2025-06-10", "status": "closed", "reason": "a", "source": "b"}


def written(tmp_path, document):
    path = tmp_path / "overrides.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_every_shipped_entry_names_its_reason_and_source():
    overrides = read_overrides(SHIPPED_FILE)
    assert len(overrides) >= 10
    assert all(entry.reason and entry.source for entry in overrides.values())
    assert load_overrides() == overrides


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "override file"),
        ([], "version and entries"),
        ({"version": 2, "entries": []}, "version 1"),
        ({"version": 1, "entries": [ENTRY, ENTRY]}, "twice"),
        ({"version": 1, "entries": [{**ENTRY, "date": "10.6.2025"}]}, r"entries\[0\].*YYYY-MM-DD"),
        ({"version": 1, "entries": [{**ENTRY, "status": "shut"}]}, "status"),
        ({"version": 1, "entries": [{**ENTRY, "close": "13:00"}]}, "close"),
        ({"version": 1, "entries": [{**ENTRY, "status": "early_close"}]}, "close"),
        (
            {"version": 1, "entries": [{**ENTRY, "status": "early_close", "close": "16:30"}]},
            "between 09:30 and 16:00",
        ),
        ({"version": 1, "entries": [{**ENTRY, "source": ""}]}, "source"),
        ({"version": 1, "entries": [{**ENTRY, "note": "x"}]}, "note"),
    ],
)
def test_a_file_that_is_not_as_described_is_refused_by_entry_and_reason(tmp_path, document, reason):
    path = written(tmp_path, document)
    with pytest.raises(UntrustedData, match=f"overrides.json.*{reason}"):
        read_overrides(path)
