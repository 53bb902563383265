"""PixelCNN++: what a pixel sees through streams and strides, and the sweep against the whole network."""

import itertools
import json
from dataclasses import asdict

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from generative.errors import BadCheckpoint
from generative.models.autoregressive.pixel_model import FullSweep
from generative.models.autoregressive.pixelcnnpp import PixelCNNPP, PixelCNNPPConfig
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.autoregressive import PixelCNNPPRecipe
from tests.building import build

# (channels, blocks, size): no stride, one, two, three; with a resolution that has no blocks of its own
SHAPES = [((4,), (2,), 5), ((3, 5), (1, 1), 6), ((4, 5, 6), (1, 2, 1), 8), ((3, 3, 4, 3), (1, 0, 1, 1), 8)]
shapes = pytest.mark.parametrize(("channels", "blocks", "size"), SHAPES)


class NaivePixelCNNPP(PixelCNNPP):
    def sweep(self, canvas: Tensor, labels: Tensor | None) -> FullSweep:
        return FullSweep(self, canvas, labels)


def made(kind=PixelCNNPP, seed: int = 0, **config: object) -> PixelCNNPP:
    """A model with larger weights than at the beginning of training, so that all of it counts."""
    torch.manual_seed(seed)
    model = kind(PixelCNNPPConfig(**{"size": 8, "image_channels": 3, "components": 4, **config}))
    with torch.no_grad():
        model.head.weight.mul_(100)
        for parameter in model.parameters():
            parameter.mul_(1.5)
    return model.double().eval()


@shapes
@pytest.mark.parametrize("image_channels", [1, 3])
def test_no_pixel_depends_on_itself_or_a_later_one(channels, blocks, size, image_channels) -> None:
    model = made(channels=channels, blocks=blocks, size=size, image_channels=image_channels)
    # One copy of an image for each pixel, so that one gradient tells what all of them see.
    pixels = torch.arange(size**2)
    image = torch.rand(1, image_channels, size, size, dtype=torch.float64)
    images = image.repeat(len(pixels), 1, 1, 1).requires_grad_()
    own = model(images).flatten(2)[pixels, :, pixels]
    (gradient,) = torch.autograd.grad((own * torch.randn_like(own)).sum(), images)
    seen = (gradient != 0).flatten(2)
    for here in pixels.tolist():
        assert not seen[here, :, here:].any()
        if here:
            before = here - 1 if here % size else here - size  # to the left, or above
            assert seen[here, :, before].all()


def test_strides_reach_across_the_image() -> None:
    model = made(channels=(4, 5, 6), blocks=(1, 1, 1), size=16)
    images = torch.rand(1, 3, 16, 16, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(images)[0, :, 12, 12].square().sum(), images)
    assert (gradient[0] != 0).flatten(1)[:, : 12 * 16 + 12].all()


@settings(max_examples=12, deadline=None)
@given(
    shape=st.sampled_from(SHAPES),
    image_channels=st.sampled_from([1, 3]),
    components=st.integers(1, 6),
    frequencies=st.integers(0, 3),
    count=st.integers(1, 3),
    seed=st.integers(0, 999),
    data=st.data(),
)
@torch.inference_mode()
def test_the_sweep_says_what_the_network_says_also_of_reordered_images(
    shape, image_channels, components, frequencies, count, seed, data
) -> None:
    channels, blocks, size = shape
    network = {"channels": channels, "blocks": blocks, "components": components, "frequencies": frequencies}
    config = {"size": size, **network}
    model = made(seed=seed, image_channels=image_channels, **config)
    canvas = torch.randint(0, 256, (count, image_channels, size, size)).double() / 255
    sweep = model.sweep(canvas, None)
    index = torch.arange(count)
    for row in range(size):
        if row:
            index = torch.tensor(data.draw(st.lists(st.integers(0, count - 1), min_size=count, max_size=count)))
            sweep.reorder(index)
            canvas.copy_(canvas[index])
            canvas[:, :, row:] = torch.randint(0, 256, canvas[:, :, row:].shape).double() / 255
        expected = model.tables(model(canvas), canvas)[:, :, :, row]
        for column, channel in itertools.product(range(size), range(image_channels)):
            needed = data.draw(st.booleans())
            logits = sweep.logits(row, column, channel, needed)
            assert (logits is not None) == needed
            if needed:
                torch.testing.assert_close(logits, expected[:, channel, :, column])


@settings(max_examples=6, deadline=None)
@given(
    shape=st.sampled_from([((3, 5), (1, 1), 6), ((3, 4, 3), (1, 0, 1), 4)]),
    image_channels=st.sampled_from([1, 3]),
    candidates=st.integers(1, 3),
    seed=st.integers(0, 999),
    hole=st.tuples(st.integers(0, 2), st.integers(3, 4), st.integers(0, 2), st.integers(3, 4)),
)
def test_the_sweep_draws_the_values_that_the_naive_loop_draws(shape, image_channels, candidates, seed, hole) -> None:
    channels, blocks, size = shape
    config = {"channels": channels, "blocks": blocks, "size": size, "image_channels": image_channels, "components": 3}
    known = torch.randint(0, 256, (1, image_channels, size, size)).double() / 255
    mask = torch.zeros(size, size, dtype=torch.bool)
    mask[hole[0] : hole[1], hole[2] : hole[3]] = True
    options = PixelCNNPP.Options(candidates=candidates)
    fast, naive = (
        drain(made(kind, seed, **config).complete(known, mask, Seeds(seed, 2), options)).images
        for kind in (PixelCNNPP, NaivePixelCNNPP)
    )
    assert fast.equal(naive)
    assert fast[..., ~mask].equal(known.float()[..., ~mask].expand(2, -1, -1))


def test_dropout_is_for_training_only() -> None:
    model, images = made(dropout=0.5), torch.rand(1, 3, 8, 8, dtype=torch.float64)
    assert model(images).equal(model(images))
    model.train()
    assert not model(images).equal(model(images))


def test_a_config_read_from_json_builds_the_same_network() -> None:
    config = PixelCNNPPConfig(size=8, image_channels=3, channels=(4, 6), blocks=(1, 1), dropout=0.1)
    model = build("pixelcnnpp", json.loads(json.dumps(asdict(config))))
    assert model.config == config and not model.training


@pytest.mark.parametrize(
    ("config", "words"), [({"size": 10}, "10 cannot be halved 2 times"), ({"blocks": [1]}, "shorter")]
)
def test_a_config_that_does_not_fit_is_refused(config, words) -> None:
    with pytest.raises(BadCheckpoint, match=words):
        build("pixelcnnpp", {"classes": [], "size": 8, **config})


def test_the_committed_size_fits_its_budget() -> None:
    model = PixelCNNPP(PixelCNNPPConfig(size=32, image_channels=3))
    assert 2 * model.parameter_count <= 3e6  # bytes in half precision


def test_training_lowers_the_surprise_of_a_few_pictures() -> None:
    torch.manual_seed(0)
    model = PixelCNNPP(PixelCNNPPConfig((), size=8, image_channels=3, channels=(8, 8), blocks=(1, 1), dropout=0.1))
    recipe, images = PixelCNNPPRecipe(model.train()), (torch.rand(4, 3, 8, 8) * 255).round() / 255
    losses = []
    for _ in range(30):
        with torch.autocast("cpu", torch.bfloat16):
            loss, _ = recipe.loss(images, None)
        recipe.optimisers["model"].zero_grad()
        loss.backward()
        recipe.optimisers["model"].step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.3
