import pytest

from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import InvalidInput


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("seed", 2**63),
        ("frame_seconds", 0),
        ("frame_seconds", 7),
        ("frame_seconds", 3_600),
        ("index_quanta", 1),
        ("volatility", float("nan")),
        ("volatility", 0.0),
        ("variance_premium", 9.0),
        ("spread_scale", 0.0),
        ("near_strikes", 4),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name_with_what_was_found(name, value):
    with pytest.raises(InvalidInput, match=rf"^{name}: expected .* found {value}"):
        SyntheticSpec(**{"seed": 1, name: value})


def test_every_setting_is_among_the_plain_values():
    spec = SyntheticSpec(seed=5, frame_seconds=60)
    assert SyntheticSpec(**spec.as_dict()) == spec
