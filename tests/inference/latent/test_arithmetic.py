"""Sums of latents."""

import pytest
import torch

from generative.errors import BadCheckpoint, InvalidOption
from generative.inference.latent.arithmetic import MOMENTS, combined, measured, read_edit
from generative.inference.latent.atlas import Atlas


@pytest.fixture
def atlas() -> Atlas:
    flat, tables = torch.zeros(3), torch.eye(3)
    known = dict.fromkeys(("exchange", "mean", "std", "sensitivity", "centre"), flat)
    known |= {
        "values": tables,
        "reading": torch.zeros(3, 4),
        "axes": tables[:2],
        "points": flat[:, None],
        "labels": flat,
    }
    return Atlas({"glasses": ("clear", "sun"), "mouth": ("smile",)}, 2 * tables, tables, **known)


def test_a_formula_moves_the_start_along_its_directions(atlas: Atlas) -> None:
    start = torch.tensor([1.0, 1.0, 1.0])
    done = read_edit("sun - 0.5 smile", "normal", atlas).of(start)
    assert done.latent.tolist() == [1, 2, 0.5] and done.formula == "+ 1 glasses: sun - 0.5 mouth: smile"
    assert done.latents.tolist() == [[1, 1, 1], [1, 2, 0.5]]
    assert read_edit("sun - 0.5 smile", "difference", atlas).of(start).latent.tolist() == [1, 3, 0]
    assert done.way.shape == (MOMENTS, 3) and torch.equal(done.way[[0, -1]], done.latents)


def test_a_formula_in_full_says_the_same(atlas: Atlas) -> None:
    first = read_edit("+ 0.25 smile − 3 clear", "normal", atlas)
    again = read_edit(first.of(torch.zeros(3)).formula, "normal", atlas)
    assert again.terms == first.terms and again.terms[1].name == "glasses: clear"


@pytest.mark.parametrize(
    ("formula", "method", "words"),
    [
        ("+ smil", "normal", "Did you mean .*smile"),
        ("+", "normal", "name is missing"),
        ("5 smile", "normal", "amount of mouth: smile must be a number from .* to 3, not 5"),
        ("smile" + " " * 100_000 + "x", "normal", "at most 1000 characters, not 100006"),
        (None, "normal", "A formula is text, not None"),
        (["smile"], "normal", "A formula is text"),
        ("smile", "mean", "method must be one of exchange, difference, normal"),
        ("smile", None, "method must be one of"),
    ],
)
def test_what_is_no_formula_is_refused(atlas: Atlas, formula: object, method: object, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        read_edit(formula, method, atlas)


def test_the_atlas_of_another_model_is_refused(atlas: Atlas) -> None:
    with pytest.raises(BadCheckpoint, match="3 dimensions and a latent of this model has 4"):
        read_edit("smile", "normal", atlas).of(torch.zeros(4))
    with pytest.raises(BadCheckpoint, match="has 1"):
        read_edit("smile", "normal", atlas).of(torch.zeros(1))


def test_a_minus_b_plus_c_is_of_means() -> None:
    a, b, c = (
        [torch.tensor([4.0, 0.0]), torch.tensor([2.0, 2.0])],
        [torch.tensor([1.0, 1.0])],
        [torch.tensor([0.0, 5.0])],
    )
    done = combined(a, b, c)
    assert done.parts.tolist() == [[3, 1], [1, 1], [0, 5]] and done.latent.tolist() == [2, 5]
    assert done.formula is None
    with pytest.raises(InvalidOption, match="b has none"):
        combined(a, [], c)


def test_what_was_measured_is_told_and_what_is_damaged_is_not() -> None:
    none = {"success": None, "leakage": None}
    table = {"normal": {"sun": {"success": 0.9, "leakage": 0.1}}, "difference": {"sun": {"success": 1}}}
    told = measured({"directions": table}, "sun")
    assert told == {
        "exchange": none,
        "difference": {"success": 1, "leakage": None},
        "normal": {"success": 0.9, "leakage": 0.1},
    }
    for damaged in (None, 3, [], {"normal": 3}, {"normal": {"sun": "x"}}, {"normal": {"sun": {"success": "x"}}}):
        assert measured({"directions": damaged}, "sun")["normal"] == none
    assert measured({"directions": {"normal": {"sun": {"success": float("nan")}}}}, "sun")["normal"] == none
    assert measured({}, "sun") == {"exchange": none, "difference": none, "normal": none}
