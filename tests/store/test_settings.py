import pytest

from forven.primitives.errors import InvalidInput
from forven.store.store import Store


def test_a_document_is_kept_under_its_name(store: Store) -> None:
    with store.transaction() as tables:
        assert tables.settings.get("beat") is None
        assert tables.settings.get("beat", 5) == 5
        tables.settings.put("beat", {"ns": 2**62, "text": "é\0\ud800"})
        tables.settings.put("beat", {"ns": 2**70, "text": "é\0\ud800"})
    with store.reading() as tables:
        assert tables.settings.get("beat") == {"ns": 2**70, "text": "é\0\ud800"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_what_is_no_json_is_refused(store: Store, value: object) -> None:
    with store.transaction() as tables, pytest.raises(InvalidInput, match="a JSON document"):
        tables.settings.put("beat", value)
