"""A GAN that grows while it learns."""

import pytest
import torch
import torch.nn.functional as F
from accelerate import Accelerator

from generative.models.gans.style_networks import enlarged
from generative.models.gans.stylegan import StyleGAN, StyleGANConfig
from generative.training.growing import StyleGANRecipe, as_grown, grown_by
from generative.training.recipe import Batch


def test_it_grows_from_the_smallest_size_to_the_last_and_never_shrinks() -> None:
    way = [grown_by(step / 1000, 3) for step in range(1001)]
    assert way[0] == 0 and way[-1] == 3 and way == sorted(way)
    assert {0.0, 1.0, 2.0, 3.0} <= set(way), "every size has time of its own"
    assert sum(grown == 3 for grown in way) > 450, "the last has most of it"


def test_real_pictures_get_their_detail_as_it_fades_in() -> None:
    images = torch.rand(2, 3, 32, 32)
    assert as_grown(images, 3, 3).equal(images)
    assert as_grown(images, 1, 3).allclose(F.avg_pool2d(images, 4))
    small, large = F.avg_pool2d(images, 4), F.avg_pool2d(images, 2)
    torch.testing.assert_close(as_grown(images, 1.25, 3), 0.75 * enlarged(small) + 0.25 * large)


@pytest.mark.parametrize("progress", [0.0, 0.1, 0.15, 0.5, 1.0])
def test_only_what_there_is_by_now_learns(progress: float) -> None:
    torch.manual_seed(0)
    model = StyleGAN(StyleGANConfig.tiny(size=16, image_channels=3)).train()
    recipe, batch = StyleGANRecipe(model), Batch(torch.rand(8, 3, 16, 16), torch.zeros(8, 1))
    for optimiser in recipe.optimisers.values():
        optimiser.param_groups[0]["lr"] = 1e-3
    recipe.progress = progress
    before = [layer.convolution.weight.clone() for layer in model.generator.synthesis.layers]
    stems = [stem.weight.clone() for stem in model.discriminator.stems]
    record = recipe.step(Accelerator(cpu=True), (batch,))
    assert all(torch.isfinite(value) for value in record.values()) and {"d_loss", "g_loss"} <= {*record}
    pairs = zip(before, model.generator.synthesis.layers, strict=True)
    moved = [not w.equal(layer.convolution.weight) for w, layer in pairs]
    there = 2 * -int(-recipe.grown // 1) + 1
    assert moved == [i < there for i in range(len(moved))]
    learning = [not w.equal(stem.weight) for w, stem in zip(stems, model.discriminator.stems, strict=True)]
    top = -int(-recipe.grown // 1)
    assert learning == [i == top or (i == top - 1 and recipe.grown % 1 > 0) for i in range(3)]


def test_the_colours_of_earlier_sizes_go_on_learning_the_picture_made_small() -> None:
    torch.manual_seed(0)
    model = StyleGAN(StyleGANConfig.tiny(size=16, image_channels=3))
    recipe = StyleGANRecipe(model)
    recipe.progress = 1.0
    pictures, maps = recipe.forge(8, torch.device("cpu"))
    loss = recipe.likeness(pictures.detach(), maps)
    loss.backward()
    learnt = {name for name, weight in model.named_parameters() if weight.grad is not None}
    assert learnt == {f"generator.synthesis.colours.{i}.{kind}" for i in (0, 1) for kind in ("weight", "bias")}
    assert float(loss) > 0


def test_most_pictures_change_their_style_on_the_way() -> None:
    torch.manual_seed(0)
    recipe = StyleGANRecipe(StyleGAN(StyleGANConfig.tiny(size=16)))
    recipe.progress, seen = 1.0, []
    recipe.networks["generator"].register_forward_pre_hook(lambda _, given: seen.append(given[2]))
    recipe.forge(2000, torch.device("cpu"))
    shares = torch.bincount(seen[0], minlength=7) / 2000
    assert shares[0] == 0 and float(shares[6]) == pytest.approx(0.1, abs=0.03)
    assert shares[1:6].allclose(torch.tensor(0.18), atol=0.04)
