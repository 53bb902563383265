"""A DCGAN that is told any of the attributes, by name; what it is not told is up to the seed."""

from collections.abc import Callable

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor

from generative.conditions import UNTOLD, Attributes
from generative.errors import InvalidOption
from generative.models.gans.conditional import ConditionalDCGAN
from generative.models.model import drain
from generative.seeds import Seeds, normal
from generative.training.gans import ConditionalGANRecipe, GANRecipe
from generative.training.recipe import Batch

TOLD = Attributes((("side", ("left", "right")), ("tone", ("grey", "white"))))
IMAGES = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model(tiny: Callable[..., ConditionalDCGAN]) -> ConditionalDCGAN:
    return tiny("conditional-dcgan", told=(TOLD,), class_embedding=8)


def test_what_is_told_adds_its_embeddings_behind_the_noise_and_what_is_not_adds_nothing(
    model: ConditionalDCGAN,
) -> None:
    asked = {"none": None, "right": {"side": "right"}, "white": "tone: white", "both": "side: right, tone: white"}
    codes = {name: model.latents(Seeds(0, 3), condition=said) for name, said in asked.items()}
    assert model.dims == 4 + 8 and model.spaces[0].title == "Noise and attributes"
    assert codes["none"][:, 4:].eq(0).all() and all(code[:, :4].equal(codes["none"][:, :4]) for code in codes.values())
    torch.testing.assert_close(codes["right"] + codes["white"] - codes["none"], codes["both"])
    drawn = {name: drain(model.sample(Seeds(0, 3), condition=said)).images for name, said in asked.items()}
    assert drawn["both"].equal(model.decode(codes["both"])) and not drawn["both"].equal(drawn["right"])
    with pytest.raises(InvalidOption, match="Did you mean right"):
        model.latents(Seeds(0, 1), condition={"side": "rihgt"})


def test_a_picture_is_judged_as_what_it_is_told_to_be(model: ConditionalDCGAN) -> None:
    untold = torch.full((5, 2), UNTOLD)
    right, white, both = (untold.clone() for _ in range(3))
    right[:, 0] = white[:, 1] = 1
    both[:] = 1
    score = {name: model.judge(IMAGES, told).score for name, told in {"right": right, "white": white}.items()}
    torch.testing.assert_close(model.judge(IMAGES).score, model.judge(IMAGES, untold).score)
    assert not score["right"].equal(score["white"])
    sums = score["right"] + score["white"] - model.judge(IMAGES).score
    torch.testing.assert_close(model.judge(IMAGES, both).score, sums)
    with pytest.raises(InvalidOption, match="5 × 2 int64, -1 for untold and at most 1, 1"):
        model.judge(IMAGES, both + 1)


def test_candidates_are_judged_as_what_was_asked_for(model: ConditionalDCGAN) -> None:
    chosen = model.latents(Seeds(0, 4), model.Options(candidates=6), "side: right")
    told = TOLD.tensor((("side", "right"),), Seeds(0, 6))
    noise = normal(Seeds(0, 4).generators(), 6, 4)
    every = torch.stack([model.generator.code(z, told) for z in noise])
    realness = torch.stack([model.judge(model.decode(codes), told).score for codes in every])
    assert chosen.equal(every[torch.arange(4), realness.argmax(1)])


def pictures(labels: Tensor) -> Tensor:
    """(N, 1, 8, 8): half of each is black; the other, on its side, has its tone."""
    images = torch.zeros(len(labels), 1, 8, 8)
    for image, (side, tone) in zip(images, labels.tolist(), strict=True):
        image[0, :, 4 * side : 4 * side + 4] = (0.5, 1.0)[tone]
    return images


def test_it_learns_to_draw_what_it_is_told() -> None:
    torch.manual_seed(0)
    config = ConditionalDCGAN.Config.tiny(told=(TOLD,), generator_channels=16, discriminator_channels=16, latent=8)
    model, accelerator = ConditionalDCGAN(config).train(), Accelerator(cpu=True)
    recipe = ConditionalGANRecipe(model)
    for optimiser in recipe.optimisers.values():
        for group in optimiser.param_groups:
            group["lr"] = 1e-3
    for recipe.taken in range(100):
        labels = torch.randint(2, (32, 2))
        model.train()
        recipe.step(accelerator, (Batch(pictures(labels), labels),))
    model.eval()
    drawn = {side: drain(model.sample(Seeds(0, 64), condition={"side": side})).images for side in ("left", "right")}
    assert on_the_right(drawn["right"]).float().mean() > 0.9 and on_the_right(drawn["left"]).float().mean() < 0.1


def on_the_right(images: Tensor) -> Tensor:
    """(N,) bool: where the right half is the lighter one."""
    left, right = images.mean((1, 2)).view(len(images), 2, 4).mean(2).T
    return right > left


def test_the_discriminator_is_also_asked_for_every_value_that_was_told(model: ConditionalDCGAN) -> None:
    recipe, labels = ConditionalGANRecipe(model), torch.tensor([[0, 1], [1, UNTOLD]])
    logits, values = recipe.networks["discriminator"](IMAGES[:2], labels)
    torch.testing.assert_close(logits, model.discriminator(IMAGES[:2], labels))
    side, tone = values[:, :2].log_softmax(1), values[:, 2:].log_softmax(1)
    expected = -(side[0, 0] + tone[0, 1] + side[1, 1]) / 4
    torch.testing.assert_close(recipe.mistaken(values, labels), expected)
    alone = torch.tensor([[1, UNTOLD], [UNTOLD, UNTOLD]])
    more = recipe.networks["discriminator"](IMAGES[:2], alone)[0] - model.judge((IMAGES[:2] + 1) / 2).score
    torch.testing.assert_close(more, torch.stack([values[0, 1], torch.zeros(())]), atol=1e-5, rtol=1e-4)


def test_in_training_each_attribute_is_left_out_half_the_time_and_all_of_them_once_in_ten(
    model: ConditionalDCGAN,
) -> None:
    torch.manual_seed(0)
    told = ConditionalGANRecipe(model).told(torch.ones(4000, 2, dtype=torch.int64))
    assert set(told.flatten().tolist()) == {UNTOLD, 1}
    assert (told == 1).float().mean() == pytest.approx(0.9 * 0.5, abs=0.02)
    assert (told == UNTOLD).all(1).float().mean() == pytest.approx(0.1 + 0.9 / 4, abs=0.03)


def test_one_that_is_told_classes_or_nothing_is_told_them_always(tiny: Callable[..., ConditionalDCGAN]) -> None:
    labels = torch.tensor([0, 1, 2])
    assert GANRecipe(tiny("dcgan")).told(labels) is labels
    assert tiny("dcgan", told=()).config.attributes == ()
