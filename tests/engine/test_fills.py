from dataclasses import replace

import pytest

from forven.engine.fills import FILL_PRESETS, FillModel
from forven.primitives.errors import InvalidInput


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("live", (10_000, 1, False, True, 0)),
        ("backtest", (10_000, 0, True, False, 1)),
        ("half", (5_000, 0, True, False, 0)),
        ("natural", (0, 0, True, False, 0)),
    ],
)
def test_presets_have_the_published_numbers(name, numbers):
    model = FillModel.preset(name)
    assert model.name == name
    assert numbers == (
        model.lambda_bps,
        model.conceded_ticks,
        model.same_tick,
        model.repricing,
        model.slippage_ticks,
    )


def test_there_are_four_presets_and_an_unknown_one_lists_them():
    assert FILL_PRESETS == ("live", "backtest", "half", "natural")
    with pytest.raises(InvalidInput, match=r"live, backtest, half, natural, was 'mid'"):
        FillModel.preset("mid")


@pytest.mark.parametrize("name", FILL_PRESETS)
def test_a_preset_survives_json_and_can_be_named(name):
    model = FillModel.preset(name)
    assert FillModel.from_json(model.to_json()) == model
    assert FillModel.from_json(name) == model


def custom(**changes: object) -> FillModel:
    return replace(FillModel.preset("half"), **{"name": "mine", **changes})


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("lambda_bps", 0, 10_000), ("conceded_ticks", 0, 20), ("slippage_ticks", 0, 20)],
)
def test_whole_fields_keep_their_bounds(field, least, most):
    assert getattr(custom(**{field: least}), field) == least
    assert getattr(custom(**{field: most}), field) == most
    for wrong in (least - 1, most + 1, True, 1.0, "1", None):
        with pytest.raises(InvalidInput, match=f"^{field} must be .* from {least} to {most}, was"):
            custom(**{field: wrong})


@pytest.mark.parametrize("field", ["same_tick", "repricing"])
def test_flags_are_true_or_false_only(field):
    with pytest.raises(InvalidInput, match=f"{field} must be true or false, was 1"):
        custom(**{field: 1})


def test_other_numbers_may_not_carry_the_name_of_a_preset():
    with pytest.raises(InvalidInput, match="name must not be 'backtest'"):
        replace(FillModel.preset("backtest"), slippage_ticks=3)


def test_another_slippage_changes_the_name_with_it():
    backtest = FillModel.preset("backtest")
    assert backtest.with_slippage(1) is backtest
    changed = backtest.with_slippage(2)
    assert (changed.slippage_ticks, changed.name) == (2, "backtest slippage 2")
    assert changed.with_slippage(3).name == "backtest slippage 3"
    assert FillModel.from_json(changed.to_json()) == changed


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"lambda": "1.5"}, r"fills.lambda must be a decimal string from 0.00 to 1.00"),
        ({"lambda": 0.5}, r"fills.lambda must be a decimal string"),
        ({"same_tick": "yes"}, r"fills.same_tick must be true or false"),
        ({"extra": 1}, r"fills.extra is no field of fills"),
        ({"lambda_bps": 1}, r"fills.lambda_bps is no field of fills"),
    ],
)
def test_a_bad_document_names_the_field(change, text):
    document = {**FillModel.preset("half").to_json(), "name": "mine", **change}
    with pytest.raises(InvalidInput, match=text):
        FillModel.from_json(document)


def test_a_document_must_have_every_field():
    document = FillModel.preset("half").to_json()
    del document["repricing"]
    with pytest.raises(InvalidInput, match=r"fills.repricing must be given"):
        FillModel.from_json(document)
