"""What holds for every model with an encoder, and what is special to autoencoders without a prior."""

from collections.abc import Callable

import pytest
import torch

from generative.errors import BadCheckpoint
from generative.models.model import Model, drain
from generative.models.registry import MODELS
from generative.protocols import Encodes
from generative.seeds import Seeds
from tests.building import build

KINDS = [name for name, kind in MODELS.items() if hasattr(kind, "encode")]
WITHOUT_PRIOR = ["ae", "denoising-ae", "conv-ae"]
Tiny = Callable[..., Model]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [8, 28, 32, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_pictures_become_latents_and_latents_pictures(tiny: Tiny, kind: str, size: int, channels: int) -> None:
    more = {"grid": size // 4} if kind.endswith("vqvae") else {}  # it halves pictures down to its tokens
    model, images = tiny(kind, size=size, image_channels=channels, **more), torch.rand(2, channels, size, size)
    assert isinstance(model, Encodes)
    latents = model.encode(images)
    assert latents.shape == (2, model.dims) and latents.isfinite().all()
    decoded = model.decode(latents)
    assert decoded.shape == images.shape and decoded.dtype == torch.float32
    assert decoded.min() >= 0 and decoded.max() <= 1
    assert drain(model.sample(Seeds(0, 3))).images.shape == (3, channels, size, size)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_the_same_latent_in_any_batch(tiny: Tiny, kind: str) -> None:
    model = tiny(kind)
    images = torch.stack([torch.rand(1, 8, 8), torch.zeros(1, 8, 8), torch.ones(1, 8, 8)])
    together = model.encode(images)
    torch.testing.assert_close(together, torch.cat([model.encode(image[None]) for image in images]))
    if not kind.endswith("vqvae"):  # whose codebook holds one code for everything until it is trained
        assert not together[0].allclose(together[1])


@pytest.mark.parametrize("kind", ["conv-ae", "vae-2d", "vae"])
@pytest.mark.parametrize(("size", "multiple"), [(30, 4), (36, 8)])
def test_a_size_that_cannot_be_halved_is_refused(kind: str, size: int, multiple: int) -> None:
    with pytest.raises(BadCheckpoint, match=f"multiple of {multiple} pixels, not {size}"):
        build(kind, {"classes": [], "size": size})


def stripes(count: int) -> torch.Tensor:
    """(N, 1, 8, 8): stripes of random brightness, which a few numbers describe."""
    shades = torch.rand(count, 1, 2, 1, generator=torch.Generator().manual_seed(0))
    return shades.repeat_interleave(4, 2).expand(-1, -1, -1, 8).contiguous()


@pytest.mark.parametrize("kind", WITHOUT_PRIOR)
def test_codes_of_the_training_images_have_mean_0_and_variance_1(tiny: Tiny, kind: str) -> None:
    """As the noise has that is drawn instead of them."""
    model, images = tiny(kind).train(), stripes(64)
    with torch.no_grad():
        for _ in range(150):  # the running mean forgets its start
            model(images)
    codes = model.eval().encode(images)
    torch.testing.assert_close(codes.mean(0), torch.zeros(3), atol=0.05, rtol=0)
    torch.testing.assert_close(codes.std(0), torch.ones(3), atol=0.05, rtol=0)


@pytest.mark.parametrize("kind", WITHOUT_PRIOR)
def test_what_is_trained_is_what_reconstructs(tiny: Tiny, kind: str) -> None:
    model, images = tiny(kind), stripes(4)
    torch.testing.assert_close(model(images), model.decode(model.encode(images)))


@pytest.mark.parametrize("kind", WITHOUT_PRIOR)
def test_temperature_0_decodes_the_mean_code(tiny: Tiny, kind: str) -> None:
    model = tiny(kind)
    assert not model.latents(Seeds(0, 2), model.Options(temperature=0)).any()
    wide, plain = (model.latents(Seeds(0, 2), model.Options(temperature=t)) for t in (2, 1))
    torch.testing.assert_close(wide, 2 * plain)


def test_a_fully_connected_autoencoder_takes_any_size() -> None:
    model = build("ae", {"classes": [], "size": 30, "hidden": 8, "latent": 2})
    assert model.decode(model.encode(torch.rand(1, 1, 30, 30))).shape == (1, 1, 30, 30)
