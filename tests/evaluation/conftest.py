"""Tiny data sets and tiny, untrained models of them: 8×8 pixels, grey with ten classes or RGB with attributes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from generative.conditions import Class
from generative.data.avatars.labels import draw
from generative.data.known import DATASETS
from generative.library import weights
from generative.models.autoencoders.vae import VAE, VAEConfig
from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN, GatedPixelCNNConfig
from generative.models.autoregressive.pixelcnn import PixelCNN, PixelCNNConfig
from generative.models.classifier import Classifier, ClassifierConfig
from generative.models.diffusion.ddpm import DDPM, DDPMConfig
from generative.models.energy.equilibrium import EquilibriumConfig, EquilibriumMatching
from generative.models.gans.contenders import LSGAN
from generative.models.gans.cyclegan import CycleGANConfig, PencilCycleGAN, SunglassesCycleGAN
from generative.models.gans.dcgan import DCGAN, DCGANConfig
from generative.models.model import Model

SIZE = 8
CLASSES = DATASETS["mnist"].classes
COUNTS = {"train": 60, "test": 40}


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


def tiny_avatars(folder: Path, split: str, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise, with the labels of real avatars."""
    labels = draw(split, COUNTS[split])
    generator = torch.Generator().manual_seed(len(labels))
    return torch.randint(256, (len(labels), 3, size, size), generator=generator).to(torch.uint8), labels


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data root with 60 training and 40 test images of each data set; those of fashion-mnist are larger."""
    root, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for folder, size in (("MNIST", SIZE), ("FashionMNIST", SIZE + 3)):
        raw = root / folder / "raw"
        raw.mkdir(parents=True)
        for name, count in (("train", COUNTS["train"]), ("t10k", COUNTS["test"])):
            write_idx(raw / f"{name}-images-idx3-ubyte", rng.integers(0, 256, (count, size, size)))
            write_idx(raw / f"{name}-labels-idx1-ubyte", np.arange(count) % len(CLASSES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DATASETS, "mnist", replace(DATASETS["mnist"], size=SIZE, sizes=(SIZE,)))
        patch.setitem(DATASETS, "mnist-fixed", replace(DATASETS["mnist-fixed"], size=SIZE, sizes=(SIZE,)))
        patch.setitem(DATASETS, "stacked-mnist", replace(DATASETS["stacked-mnist"], size=SIZE, sizes=(SIZE,)))
        patch.setitem(DATASETS, "avatars", replace(DATASETS["avatars"], load=tiny_avatars, size=SIZE, sizes=(SIZE,)))
        yield root


MAKERS: dict[str, Callable[[], Model]] = {
    "mnist/vae": lambda: VAE(VAEConfig((Class(CLASSES),), SIZE, channels=4, latent=3)),
    "mnist/dcgan": lambda: DCGAN(
        DCGANConfig((Class(CLASSES),), SIZE, latent=3, class_embedding=2, generator_channels=4)
    ),
    "mnist/gated-pixelcnn": lambda: GatedPixelCNN(
        GatedPixelCNNConfig((Class(CLASSES),), SIZE, channels=4, first_kernel=3, dilations=(1,))
    ),
    "mnist/pixelcnn": lambda: PixelCNN(PixelCNNConfig((), SIZE, channels=4, first_kernel=3, blocks=1)),
    "mnist/ddpm": lambda: DDPM(
        DDPMConfig((Class(CLASSES),), SIZE, channels=(16, 16), layers_per_block=1, attention=(False, False))
    ),
    "mnist/equilibrium": lambda: EquilibriumMatching(
        EquilibriumConfig((Class(CLASSES),), SIZE, channels=(16, 16), options={"steps": 3})
    ),
    "mnist/classifier": lambda: Classifier(ClassifierConfig((), SIZE, labels=CLASSES, channels=4)),
    "mnist-fixed/pixelcnn": lambda: PixelCNN(PixelCNNConfig.tiny((), levels=2)),
    "mnist-fixed/vae": lambda: VAE(VAEConfig.tiny((), levels=2)),
    "stacked-mnist/lsgan": lambda: LSGAN(DCGANConfig((), SIZE, 3, latent=3, generator_channels=4)),
    "stacked-mnist/classifier": lambda: Classifier(
        ClassifierConfig((), SIZE, 3, labels=DATASETS["stacked-mnist"].labels, channels=4, by_channel=True)
    ),
    "avatars/pixelcnn": lambda: PixelCNN(PixelCNNConfig((), SIZE, 3, channels=3, first_kernel=3, blocks=1)),
    "avatars/cyclegan-pencil": lambda: PencilCycleGAN(CycleGANConfig((), SIZE, 3, channels=2, blocks=1)),
    "avatars/cyclegan-sunglasses": lambda: SunglassesCycleGAN(CycleGANConfig((), SIZE, 3, channels=2, blocks=1)),
    "avatars/classifier": lambda: Classifier(
        ClassifierConfig((), SIZE, 3, labels=DATASETS["avatars"].labels, channels=4)
    ),
}


@pytest.fixture
def save_model(tmp_path: Path) -> Callable[..., Path]:
    """``save_model("mnist/vae")`` writes that checkpoint below tmp_path / "checkpoints" and returns that root."""

    def save(*ids: str) -> Path:
        for id in ids:
            torch.manual_seed(0)
            weights.save(tmp_path / "checkpoints" / id, id.partition("/")[2], MAKERS[id](), {})
        return tmp_path / "checkpoints"

    return save
