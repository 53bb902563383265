"""A generator that draws in layers, each in a style, and has grown from the smallest pictures."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from generative.errors import GenerativeError
from generative.models.gans.equalised import EqualConv, EqualLinear
from generative.models.gans.style_networks import Styled, enlarged
from generative.models.gans.stylegan import StyleGAN, StyleGANConfig
from generative.models.model import drain
from generative.seeds import Seeds


@pytest.fixture
def model() -> StyleGAN:
    """Of 16 pixels: grown twice, six layers."""
    torch.manual_seed(0)
    made = StyleGAN(StyleGANConfig.tiny(size=16, image_channels=3)).eval().requires_grad_(False)
    made.measure()
    return made


@pytest.mark.parametrize("rate", [1.0, 0.1])
def test_equalised_layers_keep_the_strength_of_what_goes_through_whatever_their_width_and_rate(rate: float) -> None:
    for width in (16, 512):
        linear, conv = EqualLinear(width, 400, rate), EqualConv(width, 64, 3)
        assert float(linear.weight.detach().std()) == pytest.approx(1 / rate, rel=0.05)
        assert float(conv.weight.detach().std()) == pytest.approx(1, rel=0.05)
        for layer, x in ((linear, torch.randn(400, width)), (conv, torch.randn(20, width, 8, 8))):
            seen = F.leaky_relu(layer(x).detach(), 0.2)[..., 1:-1].square().mean()
            assert float(seen) == pytest.approx(1, rel=0.2), "the second moment of what the next layer gets"


def test_a_step_moves_what_a_slow_layer_does_less_by_its_rate() -> None:
    moved = []
    for rate in (1.0, 0.1):
        torch.manual_seed(0)
        layer, x = EqualLinear(8, 8, rate), torch.ones(1, 8)
        before = layer(x).detach()
        optimiser = torch.optim.Adam(layer.parameters(), 1e-3)
        layer(x).sum().backward()
        optimiser.step()
        moved.append(float((layer(x).detach() - before).abs().mean()))
    assert moved[0] == pytest.approx(10 * moved[1], rel=1e-2)


def test_a_style_says_mean_and_spread_of_each_map_whatever_they_were() -> None:
    torch.manual_seed(0)
    styled, x, w = Styled(4, 3), torch.randn(2, 3, 6, 6), torch.randn(2, 4)
    seen = styled(5 * x + 7, w)
    scale, shift = styled.read(w).chunk(2, 1)
    torch.testing.assert_close(seen.mean((2, 3)), shift, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(seen.std((2, 3), correction=0), (1 + scale).abs(), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("level", [1, 2])
def test_at_the_start_of_a_stage_both_networks_are_the_smaller_ones(model: StyleGAN, level: int) -> None:
    styles, barely = model.styles(model.latents(Seeds(0, 3))), level - 1 + 1e-6
    small, _ = model.generator.synthesis(styles, level - 1)
    grown, _ = model.generator.synthesis(styles, barely)
    torch.testing.assert_close(grown, enlarged(small), atol=1e-4, rtol=1e-4)
    images = torch.rand(3, 3, 4 << level, 4 << level)
    before = model.discriminator(F.avg_pool2d(images, 2), level - 1)
    torch.testing.assert_close(model.discriminator(images, barely), before, atol=1e-4, rtol=1e-4)


def test_what_is_new_fades_in_evenly(model: StyleGAN) -> None:
    styles = model.styles(model.latents(Seeds(0, 2)))
    before, half, after = (model.generator.synthesis(styles, grown)[0] for grown in (1 + 1e-6, 1.5, 2))
    torch.testing.assert_close(half, (before + after) / 2, atol=1e-4, rtol=1e-3)
    assert (after - before).abs().max() > 0.01


def test_a_style_changes_its_own_layer_and_later_ones_and_nothing_before(model: StyleGAN) -> None:
    styles, others = (model.latents(Seeds(seed, 2), space="w+") for seed in (0, 50))
    for layer in range(6):
        mixed = styles.clone()
        mixed[:, layer] = others[:, layer]
        pairs = zip(model.at_each_size(styles, 2), model.at_each_size(mixed, 2), strict=True)
        changed = [not a.allclose(b, atol=1e-6) for a, b in pairs]
        assert not any(changed[: layer // 2]) and changed[-1], "what is seen at smaller sizes stays"


def test_a_matrix_has_the_row_s_styles_in_some_layers_and_the_column_s_in_all_others(model: StyleGAN) -> None:
    mixed = model.mix(Seeds(0, 2), 50, (3, 4))
    assert mixed.images.shape == (2, 2, 3, 16, 16) and mixed.layers == (3, 4)
    assert mixed.rows.equal(model.decode(model.latents(Seeds(0, 2))))
    styles = model.latents(Seeds(51, 1), space="w+").clone()
    styles[:, 2:4] = model.latents(Seeds(0, 1), space="w+")[:, 2:4]
    torch.testing.assert_close(mixed.images[0, 1], model.decode(styles, "w+")[0], atol=1e-5, rtol=1e-4)
    everything = model.mix(Seeds(0, 2), 50, tuple(range(1, 7))).images
    torch.testing.assert_close(everything[:, 0], mixed.rows, atol=1e-5, rtol=1e-4)
    for layers in ((), (0,), (7,), (2.5,), ("1",)):
        with pytest.raises(GenerativeError, match="layer"):
            model.mix(Seeds(0, 2), 50, layers)


def test_layers_are_named_by_what_they_draw() -> None:
    assert StyleGAN.depths(32) == {"coarse": (1, 2, 3, 4), "middle": (5, 6), "fine": (7, 8)}
    assert StyleGAN.depths(8) == {"middle": (1, 2), "fine": (3, 4)}


def test_truncation_leads_to_the_mean_face(model: StyleGAN) -> None:
    mean = model.decode(model.mean[None])
    faces = drain(model.sample(Seeds(0, 3), model.Options(truncation=0))).images
    torch.testing.assert_close(faces, mean.expand_as(faces), atol=1e-5, rtol=1e-4)
    w, half = (model.latents(Seeds(0, 3), model.Options(truncation=t)) for t in (1, 0.5))
    torch.testing.assert_close(half, (w + model.mean) / 2)
    assert model.latents(Seeds(0, 500)).mean(0).allclose(model.mean, atol=0.2)


def test_every_space_leads_to_the_same_picture(model: StyleGAN) -> None:
    drawn = drain(model.sample(Seeds(3, 2))).images
    for space in model.spaces:
        latents = model.latents(Seeds(3, 2), space=space.name)
        assert latents.shape == (2, *space.shape)
        torch.testing.assert_close(model.decode(latents, space.name), drawn, atol=1e-5, rtol=1e-4)
    z = model.latents(Seeds(3, 2), space="z")
    torch.testing.assert_close(model.decode(3 * z, "z"), drawn, atol=1e-4, rtol=1e-3)


def test_a_search_ends_with_the_style_of_what_it_shows_and_comes_near(model: StyleGAN) -> None:
    model.generator.synthesis.colours[2].weight.mul_(0.1)  # within what is cut off at black and white
    target = model.decode(model.latents(Seeds(7, 1)))
    last = drain(model.project(target, Seeds(0, 1), model.Options(search_steps=60)))
    torch.testing.assert_close(model.decode(last.latents), last.images, atol=1e-4, rtol=1e-3)
    others = model.decode(model.latents(Seeds(100, 100)))
    assert float(last.figures["loss"][0]) < 0.5 * float((others - target).square().mean((1, 2, 3)).min())


def test_a_style_for_each_layer_comes_nearer_to_what_was_mixed(model: StyleGAN) -> None:
    model.generator.synthesis.colours[2].weight.mul_(0.1)
    styles = model.latents(Seeds(7, 1), space="w+").clone()
    styles[:, 2:] = model.latents(Seeds(8, 1), space="w+")[:, 2:]
    target = model.decode(styles, "w+")
    found = {
        space: drain(model.project(target, Seeds(0, 1), model.Options(search_steps=60, search_space=space)))
        for space in ("w", "w+")
    }
    assert found["w+"].latents.shape == (1, model.config.layers, model.config.style)
    torch.testing.assert_close(model.decode(found["w+"].latents, "w+"), found["w+"].images, atol=1e-4, rtol=1e-3)
    assert float(found["w+"].figures["loss"][0]) < 0.8 * float(found["w"].figures["loss"][0])


def test_a_run_shows_the_same_latent_at_each_size(model: StyleGAN) -> None:
    frames = list(model.sample(Seeds(0, 2)))
    assert [frame.label for frame in frames] == ["4 × 4", "8 × 8", "16 × 16"]
    assert all(frame.images.shape == (2, 3, 16, 16) for frame in frames)
    assert pixels(frames[0].images, 4).equal(frames[0].images), "each pixel a square of 4"


def pixels(images: Tensor, factor: int) -> Tensor:
    return enlarged(images[..., ::factor, ::factor], images.shape[-1])


def test_a_picture_is_judged_alike_alone_and_in_company(model: StyleGAN) -> None:
    images = torch.rand(4, 3, 16, 16)
    alone = torch.cat([model.judge(image[None]).score for image in images])
    torch.testing.assert_close(model.judge(images).score, alone, atol=1e-5, rtol=1e-4)
    model.discriminator.train()
    same, mixed = (model.discriminator(batch * 2 - 1, 2) for batch in (images[:1].expand(4, -1, -1, -1), images))
    assert not math.isclose(float(same[0]), float(mixed[0]), rel_tol=1e-6), "in training it sees how much they differ"
