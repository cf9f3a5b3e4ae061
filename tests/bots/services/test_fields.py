"""Fields of queries: exact times, ids in one spelling."""

import pytest

from forven.bots.errors import InvalidField, InvalidStrategyId, NotFound
from forven.bots.services.fields import moment_of, uuid_of
from forven.primitives.time import rfc3339


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2024-01-02T14:34:30Z", "2024-01-02T14:34:30Z"),
        ("2024-01-02T09:34:30-05:00", "2024-01-02T14:34:30Z"),
        ("2024-01-02T14:34:30.5Z", "2024-01-02T14:34:30.5Z"),
        ("2024-01-02T14:34:30.000000001Z", "2024-01-02T14:34:30.000000001Z"),
        ("2024-01-02T20:04:30.123456789+05:30", "2024-01-02T14:34:30.123456789Z"),
    ],
)
def test_a_time_is_exact_to_the_nanosecond_in_any_zone(text, spelled):
    assert rfc3339(moment_of(text, "after")) == spelled


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-02",
        "2024-01-02 14:34:30Z",
        "2024-01-02T14:34Z",
        "2024-01-02T25:00:00Z",
        "2024-02-30T14:34:30Z",
        "2024-01-02T14:34:30.Z",
        "2024-01-02T14:34:30.0000000001Z",
        "2024-01-02T14:34:30+25:00",
    ],
)
def test_what_is_no_time_is_refused_with_its_path(text):
    with pytest.raises(InvalidField, match="after: expected an RFC 3339 time"):
        moment_of(text, "after")


def test_an_id_has_one_spelling():
    assert uuid_of("7F7A1C1E-0000-4000-8000-00000000000A", "id").endswith("a")


@pytest.mark.parametrize(
    "value", ["7f7a1c1e00004000800000000000000a", "{7f7a1c1e-0000-4000-8000-00000000000a}", 5, None]
)
@pytest.mark.parametrize("error", [InvalidStrategyId, NotFound])
def test_other_spellings_of_an_id_are_refused(value, error):
    with pytest.raises(error, match="expected a UUID"):
        uuid_of(value, "id", error)
