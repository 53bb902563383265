"""What each recipe asks of its model: the losses against what they stand for, and the sizes that they begin with."""

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from generative.data.avatars import labels as avatar_labels
from generative.data.known import DATASETS
from generative.models.gans.objectives import slope
from generative.models.model import Model, drain
from generative.models.registry import MODELS
from generative.protocols import Samples
from generative.seeds import Seeds
from generative.training.loop import Trainer
from generative.training.recipe import Batch, Recipe
from generative.training.recipes import recipe_of
from tests.building import build

TINY = {"classes": [], "size": 8, "channels": 8, "hidden": 32, "latent": 4}
OWN_SIZES = [
    name for name, kind in MODELS.items() if kind.family in ("autoencoders", "gans") and issubclass(kind, Samples)
]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("kind", OWN_SIZES)
def test_the_model_that_a_recipe_begins_with_draws_pictures_of_its_data_set(
    kind: str, dataset: str, tmp_path: Path
) -> None:
    model = Trainer(f"{dataset}/{kind}", steps=1, runs=tmp_path, root=tmp_path).model.eval()
    size = model.config.size
    assert size in DATASETS[dataset].sizes and all(told in DATASETS[dataset].labelled for told in model.config.told)
    assert drain(model.sample(Seeds(0, 2))).images.shape == (2, DATASETS[dataset].channels, size, size)
    assert kind != "vae-2d" or model.dims == 2


def test_what_a_recipe_changes_for_a_data_set_is_known_to_the_model() -> None:
    for kind, model in MODELS.items():
        for dataset, config in recipe_of(model).configs.items():
            build(kind, {"classes": list(DATASETS[dataset].classes), **config})


def squares(count: int) -> Tensor:
    """(N, 1, 8, 8): a white square of 4×4 pixels in one of the four corners."""
    images = torch.zeros(count, 1, 8, 8)
    for n in range(count):
        top, left = 4 * (n // 2 % 2), 4 * (n % 2)
        images[n, :, top : top + 4, left : left + 4] = 1
    return images


def made(kind: str, **config: int) -> tuple[Recipe, Model]:
    torch.manual_seed(0)
    model = build(kind, {**TINY, **config}).train()
    return recipe_of(type(model))(model), model


def test_the_denoiser_is_shown_noise_of_many_strengths_and_the_autoencoder_none() -> None:
    images = torch.full((200, 1, 8, 8), 0.5)
    assert made("conv-ae")[0].shown(images) is images
    recipe = made("denoising-ae")[0]
    noise = recipe.shown(images) - images
    strengths = noise.flatten(1).std(1)
    assert strengths.min() < 0.1 and 0.7 < strengths.max() < 1.2 * recipe.strongest
    assert strengths.mean() == pytest.approx(recipe.strongest / 2, abs=0.05)
    assert abs(noise.mean()) < 0.01
    assert images.eq(0.5).all()


@pytest.mark.parametrize("kind", ["conv-ae", "denoising-ae"])
def test_the_loss_is_how_far_the_result_is_from_the_clean_picture(kind: str) -> None:
    recipe, images = made(kind)[0], squares(16)
    recipe.networks["model"] = nn.Identity()  # gives back what it is shown
    torch.manual_seed(1)
    shown = recipe.shown(images)
    torch.manual_seed(1)
    assert recipe.loss(images, torch.zeros(16))[0] == F.mse_loss(shown, images)


def learn(recipe: Recipe, images: Tensor, steps: int) -> list[float]:
    """The loss of each step."""
    losses, labels = [], torch.zeros(len(images), dtype=torch.long)
    for _ in range(steps):
        recipe.optimisers["model"].zero_grad()
        loss, _ = recipe.loss(images, labels)
        loss.backward()
        recipe.optimisers["model"].step()
        losses.append(float(loss.detach()))
    return losses


def test_the_denoiser_learns_to_make_the_clean_picture() -> None:
    recipe, model = made("denoising-ae")
    images = squares(32)
    losses = learn(recipe, images, 80)
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])
    noisy = images + 0.5 * torch.randn(images.shape, generator=torch.Generator().manual_seed(2))
    restored = model.eval().decode(model.encode(noisy))
    assert F.mse_loss(restored, images) < 0.4 * F.mse_loss(noisy, images)


@pytest.mark.parametrize("kind", ["conv-ae", "vae", "vae-2d"])
def test_a_few_steps_lower_the_loss(kind: str) -> None:
    recipe, _ = made(kind)
    recipe.progress = 1.0
    losses = learn(recipe, squares(32), 40)
    assert sum(losses[-5:]) < sum(losses[:5])


def test_the_vae_fades_the_divergence_in_and_weighs_it_by_the_channels() -> None:
    recipe, model = made("vae")
    model.eval()  # without the running statistics of batch norm, the same each time
    images, labels = squares(4), torch.zeros(4, dtype=torch.long)
    parts = []
    for recipe.progress in (0.0, 0.05, 0.1, 0.9):
        torch.manual_seed(0)
        loss, record = recipe.loss(images, labels)
        parts.append(float(loss.detach()))
    kl = float(record["kl"]) / 64
    assert parts[1] - parts[0] == pytest.approx(recipe.beta * kl / 2, rel=1e-3, abs=1e-5)
    assert parts[2] - parts[0] == pytest.approx(recipe.beta * kl, rel=1e-3, abs=1e-5)
    assert parts[3] == parts[2]
    torch.manual_seed(0)
    with torch.no_grad():
        bound = model(images, labels, torch.randn(4, 4))
    nats = float((bound.kl - bound.reconstruction).mean())
    assert float(record["bits_per_dim"]) == pytest.approx(nats / math.log(2) / 64, rel=1e-4)


def test_a_mixture_is_fitted_to_the_codes_when_training_is_over() -> None:
    recipe, model = made("vae", components=2)
    model.eval()
    images = squares(40)
    codes = model.encode(images)
    before = model.prior.log_prob(codes).mean()
    recipe.finish(model, (images * 255).to(torch.uint8))
    assert model.prior.log_prob(codes).mean() > before
    recipe, plain = made("vae")
    recipe.finish(plain, (images * 255).to(torch.uint8))  # has nothing to fit
    assert not list(plain.prior.parameters())


class Linear(nn.Module):
    """⟨w, x⟩, with a w for each class: its gradient at x is w."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, 1, 3, 3, generator=torch.Generator().manual_seed(0)))

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        return (images * self.weight[labels]).sum((1, 2, 3))


def test_the_slope_of_a_linear_discriminator_is_the_length_of_its_weights() -> None:
    discriminator, labels = Linear(), torch.tensor([0, 0, 0, 1])
    images = torch.rand(4, 1, 3, 3)
    penalty = slope(discriminator, images, labels).mean()
    first, second = discriminator.weight.detach().square().sum((1, 2, 3))
    torch.testing.assert_close(penalty, (3 * first + second) / 4)
    penalty.backward()  # and can be made smaller
    expected = 2 * discriminator.weight.detach() * torch.tensor([3, 1]).view(2, 1, 1, 1) / 4
    torch.testing.assert_close(discriminator.weight.grad, expected)
    assert images.grad is None and not images.requires_grad


def test_the_discriminator_learns_from_mixed_batches_and_judges_by_what_it_has_gathered() -> None:
    torch.manual_seed(0)
    model = build("dcgan", {"classes": [], "size": 8, "generator_channels": 2, "discriminator_channels": 2}).train()
    recipe, seen = recipe_of(type(model))(model), []
    model.discriminator.register_forward_pre_hook(lambda d, inputs: seen.append((d.training, inputs[0].detach())))
    images = squares(4)
    recipe.step(Accelerator(cpu=True), (Batch(images, torch.zeros(4, dtype=torch.long)),))
    (training, both), *judging = seen
    assert training and len(both) == 8 and torch.equal(both[:4], images * 2 - 1)
    assert judging and not any(training for training, _ in judging)


@pytest.mark.parametrize("kind", ["dcgan", "vae", "vae-2d", "denoising-ae"])
def test_a_data_set_without_classes_is_learnt_without_them(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avatar_labels, "COUNTS", {"train": 8, "test": 4})
    small = {
        "dcgan": {"generator_channels": 2, "discriminator_channels": 2, "latent": 2},
        "vae-2d": {"channels": 2, "hidden": 4},
    }
    config = {"size": 32, **small.get(kind, {"channels": 2, "hidden": 4, "latent": 2})}
    place = {"data": tmp_path, "runs": tmp_path / "runs", "root": tmp_path / "checkpoints"}
    run = Trainer(f"avatars/{kind}", steps=2, batch_size=4, config=config, **place)
    run.run()
    assert not run.model.config.told and all(math.isfinite(v) for v in run.rows[-1].values())
