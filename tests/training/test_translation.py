"""What a CycleGAN learns from: two kinds of pictures that never pair up, its losses, and the pool of old forgeries."""

from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from generative.data.dataset import having
from generative.data.known import DATASETS
from generative.errors import NotSupported
from generative.models.gans.domains import pencil
from generative.models.gans.translator import Both
from generative.models.registry import MODELS
from generative.training import portions, translation
from generative.training.loop import Trainer
from generative.training.portions import Pages
from generative.training.recipe import Batch
from generative.training.translation import CycleGANRecipe, Pool
from tests.building import build

TINY = {"size": 8, "channels": 2, "blocks": 1}
FIRST, SECOND = torch.rand(2, 3, 1, 8, 8, generator=torch.Generator().manual_seed(0))


class Darker(nn.Module):
    """Stands for a network: what it is shown, times a weight."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, images: Tensor) -> Tensor:
        return self.by * images


def made() -> CycleGANRecipe:
    torch.manual_seed(0)
    return CycleGANRecipe(build("cyclegan-pencil", TINY).train())


def test_the_losses_are_those_of_the_paper() -> None:
    recipe, (a, b) = made(), (FIRST * 2 - 1, SECOND * 2 - 1)
    to_a, to_b, critic_a, critic_b = 0.9, 0.5, 0.3, 0.7
    recipe.networks = {
        "generators": Both([Darker(to_a), Darker(to_b)]),
        "critics": Both([Darker(critic_a), Darker(critic_b)]),
    }
    recipe.optimisers = {name: torch.optim.SGD(n.parameters(), lr=0.0) for name, n in recipe.networks.items()}
    labels = torch.zeros(3, dtype=torch.long)
    record = recipe.step(Accelerator(cpu=True), (Batch(FIRST, labels), Batch(SECOND, labels)))
    fooled = [(critic_a * to_a * b - 1).square().mean() / 2, (critic_b * to_b * a - 1).square().mean() / 2]
    torch.testing.assert_close(record["g_loss"], sum(fooled))
    there_and_back = (1 - to_a * to_b) * (a.abs().mean() + b.abs().mean())
    torch.testing.assert_close(record["cycle"], there_and_back)
    torch.testing.assert_close(record["identity"], (1 - to_a) * a.abs().mean() + (1 - to_b) * b.abs().mean())
    told = [
        ((critic * real - 1).square().mean() + (critic * forged).square().mean()) / 2
        for critic, real, forged in ((critic_a, a, to_a * b), (critic_b, b, to_b * a))
    ]
    torch.testing.assert_close(record["d_loss"], sum(told))


def test_a_critic_is_shown_forgeries_of_long_ago_and_each_of_them_once() -> None:
    torch.manual_seed(0)
    pool, shown = Pool(10), []
    for step in range(40):
        images = torch.arange(4.0).view(4, 1, 1, 1) + 4 * step
        shown += [int(n) for n in pool.exchange(images).flatten()]
    assert len(pool.images) == 10 and pool.images.unique().numel() == 10
    assert shown[:10] == list(range(10))  # while the pool fills
    later = shown[10:]
    assert 0.35 < sum(n == place for place, n in enumerate(later, start=10)) / len(later) < 0.65
    assert len(set(later)) == len(later)
    assert min(n - place for place, n in enumerate(later, start=10)) < -12


def test_a_run_goes_on_with_the_pools_that_it_had() -> None:
    recipe, labels = made(), torch.zeros(3, dtype=torch.long)
    recipe.step(Accelerator(cpu=True), (Batch(FIRST, labels), Batch(SECOND, labels)))
    resumed = made()
    resumed.restore(recipe.state())
    assert [len(pool.images) for pool in resumed.pools] == [3, 3]
    assert all(mine.images.equal(theirs.images) for mine, theirs in zip(resumed.pools, recipe.pools, strict=True))


@pytest.fixture
def avatars(monkeypatch: pytest.MonkeyPatch) -> tuple[Tensor, Tensor]:
    """Images in the place of the avatars, each of one value, with the labels of the first forty."""
    labels = DATASETS["avatars"].rendered.labels("train")[:40]
    images = torch.arange(40, dtype=torch.uint8).view(40, 1, 1, 1).expand(-1, 3, 8, 8)
    monkeypatch.setattr(portions, "read", lambda *_: (images, labels))
    return images, labels


def seen(kind: str) -> tuple[list[int], list[int]]:
    """Which images an epoch of either portion is made of."""
    reads = CycleGANRecipe(build(kind, {**TINY, "image_channels": 3})).reads
    pages = [Pages(portion, DATASETS["avatars"], None, 0, torch.device("cpu")) for portion in reads]
    return tuple([int(image[0, 0, 0]) for image in each.of_size(8)] for each in pages)


def test_no_picture_is_learnt_from_as_a_drawing_and_in_colour(avatars: tuple[Tensor, Tensor]) -> None:
    drawn, coloured = seen("cyclegan-pencil")
    assert drawn == list(range(0, 40, 2)) and coloured == list(range(1, 40, 2))
    portion, other = made().reads
    assert portion.done is pencil and other.done(FIRST) is FIRST


def test_faces_are_told_apart_by_their_glasses(avatars: tuple[Tensor, Tensor]) -> None:
    for found, value in zip(seen("cyclegan-sunglasses"), ("none", "sun"), strict=True):
        wanted = having(avatars[1], {"glasses": value}, DATASETS["avatars"].attributes)
        assert found == wanted.nonzero()[:, 0].tolist() and found


def test_a_data_set_without_the_labels_of_a_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match='labelled "glasses: none"; Fashion-MNIST has none'):
        Trainer("fashion-mnist/cyclegan-sunglasses", steps=1, runs=tmp_path, root=tmp_path)


def test_a_training_leaves_a_film_of_both_ways(
    avatars: tuple[Tensor, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "CRITIC", 2)
    config = {"size": 32, "channels": 2, "blocks": 1}
    images = torch.rand(40, 3, 32, 32, generator=torch.Generator().manual_seed(0)).mul(255).byte()
    monkeypatch.setattr(portions, "read", lambda *_: (images, avatars[1]))
    run = Trainer("avatars/cyclegan-sunglasses", steps=2, config=config, runs=tmp_path / "runs", root=tmp_path)
    run.run()
    assert len(run.film.images) >= 2 and run.film.images[0].shape == (16, 3, 32, 32)
    assert set(run.rows[-1]) >= {"d_loss", "g_loss", "cycle", "identity"}
    assert issubclass(MODELS["cyclegan-sunglasses"], type(run.model))
