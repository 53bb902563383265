"""Figures of reconstructions."""

from pathlib import Path

import pytest
import torch

from generative.data.dataset import Dataset
from generative.evaluation.reconstruction import reconstruction, usage
from generative.evaluation.run import Run
from generative.models.autoencoders.vqvae import VQVAE


class Copy:
    """An autoencoder that gives back what it sees, darkened by `loss`."""

    title = "Copy"

    def __init__(self, loss: float) -> None:
        self.loss = loss

    def encode(self, images):
        return images.flatten(1)

    def decode(self, latents):
        return latents.view(-1, 1, 16, 16) - self.loss


def load(root: Path, split: str, size: int):
    images = torch.randint(256, (20, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    return images.to(torch.uint8), torch.zeros(20, dtype=torch.int64)


@pytest.mark.parametrize(("loss", "ssim"), [(0.0, 1.0), (0.2, None)])
def test_error_and_similarity_are_those_of_the_pictures(monkeypatch, loss, ssim):
    monkeypatch.setattr("generative.data.known.read", lambda id, split, root, size: load(root, split, size))
    run = Run(Dataset("toy", "Toy", load, (), 16, 1, "", ""), 16, Path(), None, 10, 10, 0, torch.device("cpu"))
    found = reconstruction(Copy(loss), run)
    assert found.figures["reconstruction_rmse"].value == pytest.approx(loss, abs=1e-6)
    assert found.figures["denoised_rmse"].value == pytest.approx((0.25 + loss**2) ** 0.5, rel=0.02)
    assert found.figures["ssim"].value == pytest.approx(ssim) if ssim else found.figures["ssim"].value < 1
    quantiles = found.files["reconstruction.json"]["quantiles"]
    assert len(quantiles) == 101
    assert quantiles == sorted(quantiles)


def test_a_codebook_is_told_how_much_of_it_is_used():
    torch.manual_seed(0)
    model, (images, _) = VQVAE(VQVAE.Config.tiny(size=16, grid=4, codes=40)).eval(), load(Path(), "test", 16)
    found = usage(model, images)
    used = model.tokens(images.float() / 255).unique().numel()
    assert found["codes_used"].value == pytest.approx(used / 40)
    assert 1 <= found["code_perplexity"].value <= used + 1e-4
