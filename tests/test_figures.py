"""What can be measured, and how it is told."""

import pytest

from generative.figures import FIGURES, MAIN, amount, cell, estimate, measured, quantity, real, spread
from tests.committed import ENTRIES

METRICS = [pytest.param(entry.metrics, id=entry.id) for entry in ENTRIES]


def test_every_figure_has_words_and_a_direction_that_makes_sense() -> None:
    for id, of in FIGURES.items():
        assert of.id == id and of.title and of.help.endswith("."), id
    assert {"fid", "density", "coverage", "bits_per_dim", "bits_per_dim_bound"} <= set(MAIN)
    assert FIGURES["bits_per_dim"].words.endswith("Lower is better.")
    assert not FIGURES["nearest_training"].better  # near may be a copy, and far may be nonsense


def test_a_part_of_a_figure_is_told_as_one() -> None:
    assert quantity("auroc_other_dataset").title == "AUROC of likelihood, other dataset"
    assert quantity("direction_success_normal").unit == "share"
    assert quantity("bits_per_dim_bound").title == "Bits/dim, at most"
    assert quantity("something_else").title == "Something else"


@pytest.mark.parametrize(
    ("id", "value", "words"),
    [
        ("class_agreement", 0.912, "91.2 %"),
        ("bits_per_dim", 2.912, "2.91 bits/dim"),
        ("nearest_training", 0.1231, "0.123"),
        ("parameters", 1234567, "1,234,567"),
        ("file_size", 8_632_736, "8.6 MB"),
        ("ms_per_image", 127.123, "127.1 ms/image"),
    ],
)
def test_an_amount_has_the_figures_decimals_and_unit(id: str, value: float, words: str) -> None:
    assert amount(id, {"value": value}) == estimate(id, {"value": value}) == words


@pytest.mark.parametrize(
    ("id", "value", "interval", "words"),
    [
        ("fid", 0.2893, [0.1988, 0.3799], "0.29 ± 0.09"),
        ("class_agreement", 0.986, [0.9787, 0.9933], "98.6 ± 0.7 %"),
        ("bits_per_dim", 2.912, [2.891, 2.933], "2.91 ± 0.02 bits/dim"),
        ("bits_per_dim", 2.912, [2.91, 2.914], "2.91 bits/dim"),
        ("recall", 0.0, [0.0, 0.0], "0.00"),
        ("fid", 0.2893, [0.1988, "?"], "0.29"),
    ],
)
def test_an_estimate_says_how_far_it_may_be_off_where_that_was_measured(
    id: str, value: float, interval: list, words: str
) -> None:
    figure = {"value": value, "interval": interval}
    assert estimate(id, figure) == words and words.startswith(cell(id, figure)) and "±" not in amount(id, figure)


def test_intervals_and_real_values_are_told_where_they_are_known() -> None:
    figure = {"value": 0.5, "interval": [0.456, 0.544], "real": {"value": 0.89, "how": "."}}
    assert spread("precision", figure) == "0.46 to 0.54" and real("precision", figure) == "0.89"
    for odd in ({}, {"interval": [1]}, {"interval": ["a", "b"]}, {"interval": 3, "real": 3}, {"real": {"value": "x"}}):
        assert spread("precision", odd) == real("precision", odd) == ""


def test_what_else_metrics_hold_is_no_figure() -> None:
    metrics = {"recall": {"value": 1}, "fid": {"value": 2.0}, "protocol": {"date": ""}, "odd": 3, "bad": {"value": "x"}}
    assert list(measured(metrics)) == ["fid", "recall"]


@pytest.mark.parametrize("metrics", METRICS)
def test_every_figure_of_a_checkpoint_is_known_and_in_its_unit(metrics: dict) -> None:
    for id, figure in measured(metrics).items():
        assert quantity(id).help, id
        assert figure["unit"] == quantity(id).unit, id
