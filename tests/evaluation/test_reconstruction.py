"""Figures of reconstructions."""

from pathlib import Path

import pytest
import torch

from generative.data.dataset import Dataset
from generative.evaluation.reconstruction import reconstruction
from generative.evaluation.run import Run


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
