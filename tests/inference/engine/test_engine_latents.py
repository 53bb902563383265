"""The engine's latent spaces: what it gives, and what it refuses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from generative.answers import Verdict
from generative.errors import BadCheckpoint, InvalidOption, NotSupported, UnknownModel
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_DECODED, MAX_PROJECTIONS, MAX_SCORED
from generative.inference.inputs import FARTHEST
from generative.inference.latent.atlas import Atlas, atlas_of
from generative.inference.latent.reconstruction import reconstruct
from generative.inference.sources import found
from generative.library import weights
from generative.seeds import MAX_SEED
from tests.building import build

CONFIGS = {
    "vae": {"channels": 4, "latent": 3},
    "vae-2d": {"channels": 4, "hidden": 8},
    "ae": {"hidden": 8, "latent": 5},
    "conv-ae": {"channels": 4, "hidden": 8, "latent": 5},
    "denoising-ae": {"channels": 4, "hidden": 8, "latent": 5},
    "dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4, "class_embedding": 2},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
}
DIMS = {"vae": 3, "vae-2d": 2, "ae": 5, "conv-ae": 5, "denoising-ae": 5, "dcgan": 6}
ENCODERS = [kind for kind in DIMS if kind != "dcgan"]


def axes(dims: int) -> Atlas:
    """Each direction is along an axis of the space."""
    return Atlas(
        attributes={"glasses": ("none", "sun")},
        difference=2 * torch.eye(dims)[[1, 0, 1]],
        normal=torch.eye(dims)[[1, 0, 1]],
        exchange=torch.ones(3),
        values=torch.eye(dims)[:2],
        reading=torch.zeros(2, dims + 1),
        mean=torch.zeros(dims),
        std=torch.ones(dims),
        sensitivity=torch.arange(dims).float(),
        centre=torch.zeros(dims),
        axes=torch.eye(dims)[:2],
        points=torch.zeros(3, 2),
        labels=torch.zeros(3, 1, dtype=torch.int64),
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in CONFIGS.items():
        torch.manual_seed(0)
        model = build(kind, {"classes": ["a", "b"], "size": 8, **config})
        weights.save(root / "toys" / kind, kind, model, {})
    axes(3).save(root / "toys" / "vae")
    (root / "toys" / "ae" / "atlas.safetensors").write_bytes(b"no tensors")
    return root


IMAGE = torch.zeros(1, 1, 8, 8)


def wish(machine: Engine, ability: str, id: Any, seed: int, count: int, **about: Any) -> dict[str, Any]:
    return {"ability": ability, "model": id, "seed": seed, "count": count, **about}


def latents(machine: Engine, wish: dict[str, Any]) -> Tensor:
    return machine.answer(machine.request(**wish | {"ability": "interpolates"}))


def sample(machine: Engine, wish: dict[str, Any]) -> Iterator[Frame]:
    return machine.run(machine.request(**wish))


def project(machine: Engine, wish: dict[str, Any], image: Tensor) -> Iterator[Frame]:
    return machine.run(machine.request(**wish, images=image))


def encode(machine: Engine, id: Any, images: Tensor) -> Tensor:
    return machine.answer(machine.request("encodes", id, images=images))


def decode(machine: Engine, id: Any, latents: Tensor) -> Tensor:
    return machine.answer(machine.request("decodes", id, latents=latents))


def judge(machine: Engine, id: Any, images: Tensor, condition: Any = None) -> Verdict:
    return machine.answer(machine.request("judges", id, condition=condition, images=images))


def locate(machine: Engine, id: Any, image: Tensor) -> Tensor:
    return found(machine, machine.able(id, "interpolates"), image)


def atlas(machine: Engine, id: Any) -> Atlas:
    return atlas_of(machine.able(id, "interpolates"))


@pytest.fixture
def machine(root: Path) -> Engine:
    return Engine(root, "cpu")


@pytest.mark.parametrize("kind", DIMS)
def test_the_latents_of_seeds_decode_to_what_is_sampled(machine: Engine, kind: str) -> None:
    request = wish(machine, "samples", f"toys/{kind}", 3, 4)
    codes = latents(machine, request)
    assert codes.shape == (4, DIMS[kind]) and codes.device.type == "cpu"
    (frame,) = sample(machine, request)
    torch.testing.assert_close(decode(machine, f"toys/{kind}", codes), frame.images)


def test_latents_heed_the_options(machine: Engine) -> None:
    def at(**options: object) -> Tensor:
        return latents(machine, wish(machine, "samples", "toys/vae-2d", 0, 2, options=options))

    torch.testing.assert_close(at(temperature=0.5), at() / 2)
    assert not at(temperature=0.0).any()


@pytest.mark.parametrize("kind", ENCODERS)
def test_pictures_become_latents_and_pictures_again(machine: Engine, kind: str) -> None:
    id, images = f"toys/{kind}", torch.rand(3, 1, 8, 8)
    latents = encode(machine, id, images)
    assert latents.shape == (3, DIMS[kind]) and latents.isfinite().all()
    torch.testing.assert_close(locate(machine, id, images[1]), latents[1])
    decoded = decode(machine, id, latents)
    assert decoded.shape == images.shape and decoded.min() >= 0 and decoded.max() <= 1
    done = reconstruct(machine, id, images)
    torch.testing.assert_close(done.result, decoded)
    assert (done.sample is not None) == ("infers" in machine.entry(id).abilities)


def test_noise_comes_from_the_seed(machine: Engine) -> None:
    images = torch.rand(2, 1, 8, 8)
    first, second = (reconstruct(machine, "toys/ae", images, 0.4, seed) for seed in (7, 8))
    assert not torch.equal(first.shown, second.shown)
    torch.testing.assert_close(first.shown[1] - images[1], (first.shown - images)[1])
    again = reconstruct(machine, "toys/ae", images[1:], 0.4, 8)
    assert torch.equal(first.shown[1], again.shown[0])  # the second picture has the next seed


def test_a_model_without_an_encoder_searches(machine: Engine) -> None:
    request = wish(machine, "projects", "toys/dcgan", 0, 2, options={"search_steps": 30})
    image = decode(machine, "toys/dcgan", latents(machine, wish(machine, "samples", "toys/dcgan", 9, 1)))[0]
    frames = list(project(machine, request, image))
    first, last = frames[0], frames[-1]
    assert last.step == last.total and last.latents.shape == (2, DIMS["dcgan"])
    assert (last.figures["loss"] <= first.figures["loss"]).all()
    torch.testing.assert_close(decode(machine, "toys/dcgan", last.latents), last.images.cpu())
    assert locate(machine, "toys/dcgan", image).shape == (DIMS["dcgan"],)


def test_a_search_frees_the_device_when_it_is_closed(machine: Engine, frees_the_device: Callable) -> None:
    search = project(machine, wish(machine, "projects", "toys/dcgan", 0, 1), torch.zeros(1, 8, 8))
    frees_the_device(search, lambda: encode(machine, "toys/ae", torch.zeros(1, 1, 8, 8)))


def test_a_verdict_has_a_scale_and_the_best_class_is_the_highest(machine: Engine) -> None:
    images = torch.rand(3, 1, 8, 8)
    best, a, b = (judge(machine, "toys/dcgan", images, label) for label in (None, "a", "b"))
    assert best.score.shape == (3,) and best.scale == a.scale and best.scale.real > best.scale.forged
    torch.testing.assert_close(best.score, torch.maximum(a.score, b.score))


def test_an_atlas_is_read_once_and_comes_back_as_it_was(machine: Engine) -> None:
    known = atlas(machine, "toys/vae")
    assert known is atlas(machine, "toys/vae")
    assert known.directions == ("glasses", "glasses: none", "glasses: sun") and known.by_importance == [2, 1, 0]
    assert torch.equal(known.normal, torch.eye(3)[[1, 0, 1]]) and known.attributes == {"glasses": ("none", "sun")}


@pytest.mark.parametrize(
    ("id", "error", "words"),
    [
        ("toys/conv-ae", BadCheckpoint, "atlas.safetensors is missing.* evaluate"),
        ("toys/ae", BadCheckpoint, "damaged"),
        ("toys/ddpm", NotSupported, "cannot walk between images"),
        (["toys/vae"], UnknownModel, "no model"),
    ],
)
def test_an_atlas_that_is_not_there_is_told(machine: Engine, id: object, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        atlas(machine, id)


@pytest.mark.parametrize(
    ("call", "words", "error", "field"),
    [
        (lambda e: encode(e, "toys/dcgan", IMAGE), "DCGAN cannot encode", NotSupported, "model"),
        (lambda e: encode(e, "toys/va", IMAGE), "Did you mean toys/vae", UnknownModel, "model"),
        (lambda e: encode(e, None, IMAGE), "no model None", UnknownModel, "model"),
        (lambda e: encode(e, "toys/ae", IMAGE[:0]), "From 1 to 64 .* not 0", InvalidOption, "images"),
        (lambda e: encode(e, "toys/ae", IMAGE.expand(MAX_SCORED + 1, -1, -1, -1)), "not 65", InvalidOption, "images"),
        (
            lambda e: encode(e, "toys/ae", torch.zeros(1, 1, 9, 8)),
            r"\(1, 8, 8\), not \(1, 9, 8\)",
            InvalidOption,
            "images",
        ),
        (lambda e: encode(e, "toys/ae", torch.zeros(1, 3, 8, 8)), r"not \(3, 8, 8\)", InvalidOption, "images"),
        (lambda e: locate(e, "toys/ddpm", IMAGE[0]), "cannot walk between images", NotSupported, "model"),
        (lambda e: locate(e, "toys/ae", torch.zeros(3, 8, 8)), r"not \(3, 8, 8\)", InvalidOption, "images"),
        (lambda e: latents(e, wish(e, "samples", "toys/ddpm", 0, 1)), "cannot walk", NotSupported, "model"),
        (lambda e: reconstruct(e, "toys/dcgan", IMAGE), "cannot encode", NotSupported, "model"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, -0.1), "noise must be .* 0 to 1", InvalidOption, "noise"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, float("nan")), "noise must be", InvalidOption, "noise"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, "0.3"), "noise must be .* '0.3'", InvalidOption, "noise"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, True), "noise must be", InvalidOption, "noise"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, 0.1, -1), "seed must be", InvalidOption, "seed"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, 0.1, MAX_SEED + 1), "seed must be", InvalidOption, "seed"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE, 0.1, None), "seed must be", InvalidOption, "seed"),
        (lambda e: reconstruct(e, "toys/ae", IMAGE[:0], 0.1, 0), "not 0", InvalidOption, "images"),
        (lambda e: judge(e, "toys/vae", IMAGE), "cannot tell real images from forged", NotSupported, "model"),
        (lambda e: judge(e, "toys/dcgan", IMAGE, "c"), "no class 'c'", InvalidOption, "class"),
        (lambda e: judge(e, "toys/dcgan", IMAGE[:0]), "not 0", InvalidOption, "images"),
        (lambda e: judge(e, "toys/dcgan", torch.zeros(1, 1, 9, 9)), r"not \(1, 9, 9\)", InvalidOption, "images"),
        (
            lambda e: e.request(**wish(e, "projects", "toys/vae", 0, 1), images=IMAGE),
            "cannot search",
            NotSupported,
            "model",
        ),
        (
            lambda e: e.request(**wish(e, "projects", "toys/dcgan", 0, MAX_PROJECTIONS + 1), images=IMAGE),
            "1 to 8",
            InvalidOption,
            "count",
        ),
    ],
)
def test_a_wrong_wish_is_refused_by_name(machine: Engine, call, words: str, error: type, field: str) -> None:
    with pytest.raises(error, match=words) as caught:
        call(machine)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (torch.zeros(0, 3), "From 1 to 256 .* not 0"),
        (torch.zeros(MAX_DECODED + 1, 3), "not 257"),
        (torch.zeros(2, 4), "A latent of VAE is 3 numbers"),
        (torch.zeros(3), "3 numbers"),
        (torch.zeros(1, 1, 3), "3 numbers"),
        (torch.tensor([[0, float("nan"), 0]]), "none beyond 1,000,000"),
        (torch.tensor([[0, float("inf"), 0]]), "none beyond 1,000,000"),
        (torch.tensor([[0, -2e6, 0]]), "none beyond 1,000,000"),
        (torch.tensor([[0, 1e300, 0]], dtype=torch.float64), "none beyond 1,000,000"),
    ],
)
def test_latents_that_cannot_be_decoded_are_refused(machine: Engine, latents: torch.Tensor, words: str) -> None:
    with pytest.raises(InvalidOption, match=words) as caught:
        decode(machine, "toys/vae", latents)
    assert caught.value.field == "latents"


@pytest.mark.parametrize("kind", DIMS)
def test_latents_from_afar_decode_to_images_all_the_same(machine: Engine, kind: str) -> None:
    for value in (FARTHEST, -FARTHEST):
        images = decode(machine, f"toys/{kind}", torch.full((1, DIMS[kind]), value))
        assert images.isfinite().all() and images.min() >= 0 and images.max() <= 1


@pytest.mark.parametrize("dtype", [torch.float64, torch.int64])
def test_latents_may_be_of_any_kind_of_number(machine: Engine, dtype: torch.dtype) -> None:
    assert torch.equal(
        decode(machine, "toys/vae", torch.ones(1, 3, dtype=dtype)), decode(machine, "toys/vae", torch.ones(1, 3))
    )


def test_as_many_latents_as_the_limit_allows_are_decoded(machine: Engine) -> None:
    assert len(decode(machine, "toys/vae", torch.zeros(MAX_DECODED, 3))) == MAX_DECODED
