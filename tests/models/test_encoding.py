"""What enters a pixel model of a value."""

import math

import pytest
import torch

from generative.models.autoregressive.encoding import Encoding


def test_without_frequencies_a_value_enters_as_it_is() -> None:
    values = torch.rand(2, 3, 4, 4)
    assert Encoding(3, 0).features == 3 and Encoding(3, 0)(values).equal(values * 2 - 1)


def test_each_channel_is_followed_by_its_sines_and_cosines_of_doubling_frequencies() -> None:
    values = torch.tensor([[[0.1], [0.3]]])
    entered = Encoding(2, 2)(values)
    turns = [2 * math.pi * 0.3, 4 * math.pi * 0.3]
    own = [2 * 0.3 - 1, *map(math.sin, turns), *map(math.cos, turns)]
    assert entered.shape == (1, 10, 1) and entered[0, 5:, 0].tolist() == pytest.approx(own, abs=1e-6)


def test_all_values_of_a_byte_enter_differently_and_none_as_the_zeros_beside_the_map() -> None:
    values = torch.arange(256).view(256, 1) / 255
    entered = Encoding(1, 6)(values)
    assert torch.cdist(entered, entered).fill_diagonal_(torch.inf).min() > 0.1
    assert entered.norm(dim=1).min() > 2


def test_it_has_nothing_to_learn_and_nothing_to_store() -> None:
    encoding = Encoding(3, 6)
    assert not list(encoding.parameters()) and not encoding.state_dict()
