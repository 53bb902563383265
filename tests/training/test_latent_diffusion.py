"""How latent diffusion is taught: over another's latents, told true sentences."""

from pathlib import Path

import pytest
import torch

from generative.conditions import Caption
from generative.data.known import DATASETS
from generative.errors import NotSupported
from generative.library import weights
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.training.autoencoders import KLAutoencoderRecipe
from generative.training.diffusion import LatentDiffusionRecipe

AVATARS = DATASETS["avatars"]
CAPTION = next(told for told in AVATARS.labelled if isinstance(told, Caption))
LOOKS = {"size": 8, "image_channels": 3}


def made(tmp_path: Path, latent: int = 2) -> LatentDiffusionRecipe:
    torch.manual_seed(0)
    autoencoder = KLAutoencoder(KLAutoencoder.Config.tiny(**LOOKS))
    weights.save(tmp_path / "avatars" / "kl-autoencoder", "kl-autoencoder", autoencoder, {}, "avatars")
    config = LatentDiffusion.Config.tiny(told=(CAPTION,), latent=latent, **LOOKS)
    return LatentDiffusionRecipe(LatentDiffusion(config))


def test_it_takes_over_the_autoencoder_of_its_data_set(tmp_path: Path) -> None:
    recipe = made(tmp_path)
    recipe.prepare(AVATARS, tmp_path)
    learnt, images = weights.load(tmp_path / "avatars" / "kl-autoencoder"), torch.rand(4, 3, 8, 8)
    assert recipe.model.autoencoder.shrink(images).equal(learnt.shrink(images))
    assert not any(weight.requires_grad for weight in recipe.model.autoencoder.parameters())


def test_without_an_autoencoder_or_with_another_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match="train avatars/kl-autoencoder"):
        made(tmp_path).prepare(AVATARS, tmp_path / "elsewhere")
    with pytest.raises(NotSupported, match="settings differ"):
        made(tmp_path, latent=3).prepare(AVATARS, tmp_path)


def test_a_few_steps_lower_the_error(tmp_path: Path) -> None:
    recipe = made(tmp_path)
    recipe.prepare(AVATARS, tmp_path)
    images, labels, losses = torch.rand(16, 3, 8, 8), AVATARS.rendered.labels("train")[:16], []
    for step in range(40):
        torch.manual_seed(step % 4)
        loss, record = recipe.loss(images, labels)
        recipe.optimisers["model"].zero_grad()
        loss.backward()
        recipe.optimisers["model"].step()
        losses.append(float(record["mse"]))
    assert sum(losses[-4:]) < 0.95 * sum(losses[:4])


def test_when_the_autoencoder_has_learnt_its_latents_get_one_spread_and_previews_their_decoder() -> None:
    torch.manual_seed(0)
    model = KLAutoencoder(KLAutoencoder.Config.tiny(**LOOKS))
    images = torch.randint(256, (60, 3, 8, 8), dtype=torch.uint8)
    KLAutoencoderRecipe(model).finish(model, images)
    latents = model.shrink(images / 255)
    torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(2), atol=1e-3, rtol=0)
    mean = (images / 255).mean(0)
    with torch.inference_mode():
        error = (model.preview(latents) - images / 255).square().mean()
    assert error < (mean - images / 255).square().mean()
