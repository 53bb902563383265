"""The atlas of a space whose directions are known: two latents, one for each half of the image."""

from pathlib import Path

import pytest
import torch

from generative.data.dataset import Dataset
from generative.evaluation import latent_space
from generative.evaluation.composition import composition
from generative.evaluation.distance.space import Labelled, Space
from generative.evaluation.latent_space import chart, measured
from generative.evaluation.reference import Reference
from generative.evaluation.run import Run
from generative.inference.latent.atlas import METHODS, directions, read_atlas
from generative.inference.latent.formula import Term
from generative.models.model import ImageConfig
from generative.seeds import Seeds, normal

HELD_OUT = ({"left": "lit", "right": "dark"},)
HALVES = {"left": ("none", "lit"), "right": ("dark", "lit")}


class Lamps:
    """The first latent lights the left half, the second the right one, the third nothing."""

    dims = 3

    def latents(self, seeds, options=None):
        return normal(seeds.generators(), 3)

    def decode(self, latents):
        halves = torch.sigmoid(4 * latents[:, :2])
        return halves[:, None, None].repeat_interleave(4, -1).expand(-1, 1, 8, -1)


class LampsEncoder(Lamps):
    def encode(self, images):
        halves = torch.stack([images[..., :4].mean((1, 2, 3)), images[..., 4:].mean((1, 2, 3))], 1)
        return torch.cat([torch.logit(halves.clamp(0.01, 0.99)) / 4, torch.zeros(len(images), 1)], 1)


class Watcher:
    """Sees which half is lit."""

    config = ImageConfig(size=8)

    def classify(self, images):
        halves = torch.stack([images[..., :4].mean((1, 2, 3)), images[..., 4:].mean((1, 2, 3))], 1)
        return torch.stack([-halves[:, 0], halves[:, 0] - 1, -halves[:, 1], halves[:, 1] - 1], 1) * 20


def load(root: Path, split: str, size: int):
    latents = normal(Seeds(0 if split == "train" else 5000, 400).generators(), 3)
    images = (Lamps().decode(latents) * 255).round().to(torch.uint8)
    return images, (latents[:, :2] > 0).long()


@pytest.fixture(params=[Lamps, LampsEncoder])
def space(request, monkeypatch) -> Space:
    monkeypatch.setattr(latent_space, "KNOWN", 400)
    monkeypatch.setattr("generative.data.known.read", lambda id, split, root, size: load(root, split, size))
    toy = Dataset("toy", "Toy", load, (), 8, 1, "", "", sizes=(8,), attributes=HALVES, held_out=HELD_OUT)
    run = Run(toy, 8, Path(), None, 10, 10, 0, torch.device("cpu"))
    return Space(request.param(), run, Reference("toy/watcher", Watcher(), torch.empty(0), torch.empty(0), {}))


def test_there_is_a_direction_for_each_value_and_for_any_value_but_none():
    assert [d.name for d in directions(HALVES)] == ["left", "left: none", "left: lit", "right: dark", "right: lit"]
    left = directions(HALVES)[0]
    assert left.holds(torch.tensor([[0, 1], [1, 0]])).tolist() == [False, True]


@pytest.mark.parametrize("method", METHODS)
def test_a_direction_does_what_it_is_called_and_nothing_else(space, method):
    atlas = chart(space, space.labelled("train", 400))
    for name, axis, sign in (("left: lit", 0, 1), ("left: none", 0, -1), ("right: lit", 1, 1), ("left", 0, 1)):
        start = -sign * torch.eye(3)[axis]  # where it is not yet so
        step = atlas.moved(start, [Term(name, 1.0)], method) - start
        assert sign * step[axis] / step.norm() > 0.97, (name, step)
    pool = space.as_shown(space.labelled("test", 400).latents)
    for row in measured(space, atlas, pool, method).values():
        assert row["success"] >= 0.9
        assert row["leakage"] <= 0.1


def test_a_space_of_independent_halves_composes_what_it_has_not_seen(space):
    pool, atlas = space.as_shown(space.labelled("test", 400).latents), chart(space, space.labelled("train", 400))
    figures = composition(space, atlas, pool)
    assert figures["composed_unseen"].value >= 0.9 and figures["composed_seen"].value >= 0.9
    assert "never occur in training" in figures["composed_unseen"].how
    nothing = Labelled(pool.latents[:0], pool.labels[:0], pool.seen[:0])
    assert composition(space, atlas, nothing) == {}


def test_the_map_and_the_order_of_dimensions_follow_what_changes_the_image(space):
    atlas = chart(space, space.labelled("train", 400))
    assert atlas.by_importance[-1] == 2
    assert atlas.sensitivity[2] == 0
    x, y = atlas.points.T
    torch.testing.assert_close(atlas.place(x, y)[:, :2], space.labelled("test", 1000).latents[:, :2], atol=0.2, rtol=0)


def test_an_atlas_comes_back_as_it_was_saved(space, tmp_path):
    atlas = chart(space, space.labelled("train", 400))
    atlas.save(tmp_path)
    again = read_atlas(tmp_path)
    assert again.attributes == HALVES
    for latent, shown in (([2.0, -2.0, 0.0], (1, 0)), ([-2.0, 2.0, 0.0], (0, 1))):
        assert again.shown(torch.tensor(latent)) == shown
    assert again.directions == atlas.directions
    torch.testing.assert_close(again.normal, atlas.normal, atol=1e-2, rtol=1e-2)
    assert torch.equal(again.labels, atlas.labels)
