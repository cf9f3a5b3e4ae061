import pytest

from forven.engine.reprice import ClosingReprice, OpeningReprice, RepricePolicy
from forven.primitives.errors import InvalidInput

BLOCKS = [OpeningReprice, ClosingReprice]


def test_defaults_are_the_published_ones():
    assert RepricePolicy().to_json() == {
        "opening": {
            "enabled": True,
            "nudge_after_seconds": 20,
            "min_interval_seconds": 4,
            "flat_tolerance_ticks": 1,
            "max_concession": "0.20",
        },
        "closing": {
            "enabled": True,
            "nudge_after_seconds": 15,
            "min_interval_seconds": 4,
            "flat_tolerance_ticks": 1,
        },
    }


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("nudge_after_seconds", 1, 600),
        ("min_interval_seconds", 1, 120),
        ("flat_tolerance_ticks", 1, 20),
    ],
)
def test_whole_fields_keep_their_bounds_in_both_blocks(block, field, least, most):
    assert getattr(block(**{field: least}), field) == least
    assert getattr(block(**{field: most}), field) == most
    for wrong in (least - 1, most + 1, 2.0, "2", False):
        with pytest.raises(InvalidInput, match=f"^{field} must be .* from {least} to {most}, was"):
            block(**{field: wrong})


@pytest.mark.parametrize("block", BLOCKS)
def test_enabled_is_true_or_false_only(block):
    assert block(enabled=False).enabled is False
    with pytest.raises(InvalidInput, match="enabled must be true or false"):
        block(enabled=0)


@pytest.mark.parametrize(
    ("text", "quanta"), [("0", 0), ("0.00", 0), ("0.05", 5), ("0.2", 20), ("10", 1_000)]
)
def test_a_concession_is_a_multiple_of_five_cents(text, quanta):
    block = OpeningReprice(max_concession=text)
    assert block.max_concession_quanta == quanta
    assert block == OpeningReprice(max_concession=block.max_concession)


@pytest.mark.parametrize("text", ["-0.05", "10.05", "0.03", "0.051", 0.2, None, "", "1/4"])
def test_another_concession_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^max_concession must be .* 0.00 to 10.00 in steps"):
        OpeningReprice(max_concession=text)


def test_left_out_blocks_and_fields_take_their_defaults():
    policy = RepricePolicy.from_json({"closing": {"nudge_after_seconds": 30}})
    assert policy.opening == OpeningReprice()
    assert policy.closing == ClosingReprice(nudge_after_seconds=30)
    assert RepricePolicy.from_json(policy.to_json()) == policy


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"closing": {"max_concession": "0.20"}}, "reprice.closing.max_concession is no field"),
        ({"opening": {"nudge_after_seconds": 0}}, "reprice.opening.nudge_after_seconds must be"),
        ({"opening": None}, "reprice.opening must be an object, was null"),
        ({"entries": {}}, "reprice.entries is no field of reprice; its fields are opening, closin"),
        ("on", "reprice must be an object"),
    ],
)
def test_a_bad_document_names_the_field(document, text):
    with pytest.raises(InvalidInput, match=f"^{text}"):
        RepricePolicy.from_json(document)
