"""The bundled training images are those of the data set."""

import pytest
import torch

from generative.data.dataset import data_root
from generative.data.known import DATASETS, read
from generative.data.subset import COUNT, RENDERED, shrunk, subset


def test_images_are_the_first_of_the_training_split() -> None:
    if not DATASETS["fashion-mnist"].here(data_root()):
        pytest.skip("Fashion-MNIST is not here: name a data root in GENERATIVE_DATA")
    assert torch.equal(subset("fashion-mnist").tiles, read("fashion-mnist", "train")[0][:COUNT])


def test_avatars_are_looked_up_by_what_they_look_like_from_afar() -> None:
    few = subset("avatars")
    assert few.tiles.shape == (COUNT, 3, RENDERED, RENDERED)
    places = torch.tensor([0, 51, COUNT - 1])
    painted = few.images(places, 64)
    assert torch.equal(few.tiles[places], shrunk(painted.float(), RENDERED).round().to(torch.uint8))


def test_there_is_none_of_a_data_set_that_bundles_none() -> None:
    assert subset("mnist") is None
