"""A tiny data set on disk and tiny, untrained models of it: 8×8 pixels, ten classes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generative.data.datasets import DATASETS
from generative.inference import checkpoints
from generative.models.autoencoders.vae import VAE, VAEConfig
from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN, GatedPixelCNNConfig
from generative.models.classifier import Classifier, ClassifierConfig
from generative.models.diffusion.ddpm import DDPM, DDPMConfig
from generative.models.gans.dcgan import DCGAN, DCGANConfig

SIZE = 8
CLASSES = DATASETS["mnist"].classes


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def write_idx(path: Path, array: np.ndarray) -> None:
    """The format of the MNIST files: 0, 0, type 8 (uint8), rank, the sizes as big-endian int32, the bytes."""
    sizes = np.array(array.shape, dtype=">i4").tobytes()
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes())


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A data root with an "mnist" of 60 training and 40 test images."""
    root = tmp_path_factory.mktemp("data")
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, count in (("train", 60), ("t10k", 40)):
        write_idx(raw / f"{name}-images-idx3-ubyte", rng.integers(0, 256, (count, SIZE, SIZE)))
        write_idx(raw / f"{name}-labels-idx1-ubyte", np.arange(count) % len(CLASSES))
    return root


@pytest.fixture
def save_model(tmp_path):
    """``save_model("vae")`` writes mnist/vae below tmp_path / "checkpoints" and returns that root."""
    makers = {
        "vae": lambda: VAE(VAEConfig(CLASSES, SIZE, channels=4, latent=3)),
        "dcgan": lambda: DCGAN(DCGANConfig(CLASSES, SIZE, latent=3, class_embedding=2, generator_channels=4)),
        "gated-pixelcnn": lambda: GatedPixelCNN(
            GatedPixelCNNConfig(CLASSES, SIZE, channels=4, first_kernel=3, dilations=(1,))
        ),
        "ddpm": lambda: DDPM(
            DDPMConfig(CLASSES, SIZE, channels=(16, 16), layers_per_block=1, attention=(False, False))
        ),
        "classifier": lambda: Classifier(ClassifierConfig(CLASSES, SIZE, channels=4)),
    }

    def save(*kinds: str) -> Path:
        for kind in kinds:
            torch.manual_seed(0)
            checkpoints.save(tmp_path / "checkpoints" / "mnist" / kind, kind, makers[kind](), {})
        return tmp_path / "checkpoints"

    return save
