from dataclasses import replace

import pytest
import torch
from torch import Tensor

from generative.data.known import DATASETS
from generative.evaluation.attributes import accuracies, clear, parts, seen

AVATARS = DATASETS["avatars"]
ATTRIBUTES = {"glasses": ("none", "clear", "sun"), "skin": ("pale", "light", "brown", "dark")}
FACES = replace(AVATARS, attributes=ATTRIBUTES, seen={})


def logits(*probabilities: tuple[list[float], list[float]]) -> Tensor:
    """Of images, from the probabilities of the values of both attributes; a part's logits may have any offset."""
    return torch.tensor([[p * 1.0 for p in glasses + skin] for glasses, skin in probabilities]).log() + 5


SURE = ([0.9, 0.05, 0.05], [0.1, 0.7, 0.1, 0.1])
TORN = ([0.9, 0.05, 0.05], [0.4, 0.4, 0.1, 0.1])
OTHER = ([0.1, 0.1, 0.8], [0.1, 0.1, 0.1, 0.7])


def test_each_attribute_has_probabilities_of_its_own() -> None:
    glasses, skin = parts(logits(SURE), ATTRIBUTES)
    torch.testing.assert_close(glasses.exp(), torch.tensor([SURE[0]]))
    torch.testing.assert_close(skin.exp(), torch.tensor([SURE[1]]))


def test_accuracy_is_counted_for_each_attribute() -> None:
    found = accuracies(logits(SURE, OTHER), torch.tensor([[0, 1], [1, 3]]), FACES)
    assert found == {"glasses": 0.5, "skin": 1.0}


def test_an_image_is_clear_when_every_attribute_is() -> None:
    assert clear(logits(SURE, OTHER), FACES).all()
    assert clear(logits(SURE, TORN, TORN, OTHER), FACES).double().mean() == 0.5


@pytest.fixture
def heads() -> Tensor:
    """Labels of a bald head without a beard and of one with a beard."""
    bald = dict.fromkeys(AVATARS.attributes, 0)
    bearded = bald | {"facial hair": AVATARS.attributes["facial hair"].index("beard")}
    return torch.tensor([list(bald.values()), list(bearded.values())])


def test_hair_colour_counts_only_where_something_has_it(heads: Tensor) -> None:
    column = list(AVATARS.attributes).index("hair colour")
    visible = seen(heads, AVATARS)
    assert visible[:, column].tolist() == [False, True]
    assert visible.sum().item() == 2 * len(AVATARS.attributes) - 1

    sizes = [len(values) for values in AVATARS.attributes.values()]
    tables = [torch.nn.functional.one_hot(heads[:, i], size) * 9.0 for i, size in enumerate(sizes)]
    tables[column] = torch.zeros(2, sizes[column])  # it cannot tell
    assert clear(torch.cat(tables, 1), AVATARS).double().mean() == 0.5
    wrong = heads.clone()
    wrong[0, column] = 5
    assert accuracies(torch.cat(tables, 1), wrong, AVATARS)["hair colour"] == 1
