"""What every registered model answers, whatever it can do: the types and shapes that the rest relies on."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from generative.answers import Likelihood, Space, Verdict
from generative.errors import GenerativeError, InvalidOption
from generative.frame import Frame, View, check_finite
from generative.models.model import Model
from generative.models.registry import MODELS
from generative.protocols import (
    Bridges,
    Classifies,
    Completes,
    Composes,
    Descends,
    Encodes,
    Guides,
    Infers,
    Interpolates,
    Judges,
    Noises,
    Predicts,
    Projects,
    Samples,
    Scores,
    Slopes,
    Translates,
    Writes,
)
from generative.seeds import Seeds

N, SHAPE = 2, (1, 8, 8)
IMAGES = torch.rand(N, *SHAPE, generator=torch.Generator().manual_seed(0))
MASK = torch.zeros(8, 8, dtype=torch.bool)
MASK[2:5, 2:5] = True


@pytest.fixture(params=MODELS, scope="module")
def model(request: pytest.FixtureRequest, tiny: Callable[..., Model]) -> Model:
    """Of every registered kind, with every weight moved a little from where it starts."""
    made = tiny(request.param).requires_grad_(False)
    for weight in made.parameters():
        weight.add_(0.01 * torch.randn_like(weight))
    return made


def able(model: Model, protocol: type) -> Model:
    if not isinstance(model, protocol):
        pytest.skip(f"{model.title} cannot")
    return model


def check_frames(frames: list[Frame]) -> None:
    assert [frame.step for frame in frames][-1] == frames[-1].total
    for frame in frames:
        check_finite(frame)
        assert frame.images.shape == (N, *SHAPE) and frame.images.dtype == torch.float32
        assert frame.images.min() >= 0 and frame.images.max() <= 1
        assert set(frame.views) == set(frames[0].views)
        for view in frame.views.values():
            assert isinstance(view, View) and view.title and view.help and view.images.shape == frame.images.shape
            assert view.low <= view.images.min() and view.images.max() <= view.high + 1e-4
        assert all(figure.shape == (N,) for figure in frame.figures.values())


def test_samples(model: Model) -> None:
    able(model, Samples)
    check_frames(list(model.sample(Seeds(0, N))))
    assert isinstance(model.evaluations(model.Options()), int)


def test_completes(model: Model) -> None:
    able(model, Completes)
    frames = list(model.complete(IMAGES, MASK, Seeds(0, N)))
    check_frames(frames)
    ranked = bool(set(frames[-1].figures) & {"bits_per_dim", "bits_per_token", "energy"})
    assert ranked == isinstance(model, Scores)


def test_guides(model: Model) -> None:
    able(model, Guides)
    check_frames(list(model.guide(Seeds(0, N), "b", model.Options(num_inference_steps=2), "a")))


def test_noises(model: Model) -> None:
    able(model, Noises)
    frames = list(model.noised(IMAGES, [0, model.num_timesteps - 1], Seeds(0, N)))
    check_frames(frames)
    assert all("x_t" in frame.views and set(frame.figures) == {"loss"} for frame in frames)


def test_translates(model: Model) -> None:
    able(model, Translates)
    for to in model.pair.names:
        for images in (IMAGES, IMAGES[:1]):
            frames = list(model.translate(images, Seeds(0, N), to))
            check_frames(frames)
            assert {"given", "back", "recovered"} <= set(frames[-1].views)
            assert {"cycle_error", "disturbed_error"} <= set(frames[-1].figures)


def test_interpolates(model: Model) -> None:
    able(model, Interpolates)
    assert model.spaces and all(isinstance(space, Space) and space.title for space in model.spaces)
    assert len({space.name for space in model.spaces}) == len(model.spaces)
    first = model.space()
    assert first is not None and first == model.space(first.name) == model.spaces[0] and first.path in ("slerp", "lerp")
    latents = model.latents(Seeds(0, N))
    assert latents.shape == (N, *first.shape) and math.prod(first.shape) == model.dims
    assert model.decode(latents, first.name).equal(model.decode(latents))
    assert model.decode(latents).shape == (N, *SHAPE)
    with pytest.raises(InvalidOption, match="has no space 'v'"):
        model.decode(latents, "v")


def test_encodes(model: Model) -> None:
    able(model, Encodes)
    assert model.encode(IMAGES).shape == (N, model.dims)
    assert model.encode(IMAGES * 3 - 1).shape == (N, model.dims)  # noise may leave [0, 1]
    if isinstance(model, Infers):
        assert [part.shape for part in model.posterior(IMAGES)] == [(N, model.dims)] * 2


def test_projects(model: Model) -> None:
    able(model, Projects)
    frames = list(model.project(IMAGES, Seeds(0, N), model.Options(search_steps=10)))
    check_frames(frames)
    assert all(frame.latents.shape == (N, model.dims) and set(frame.figures) == {"loss"} for frame in frames)


def test_judges(model: Model) -> None:
    able(model, Judges)
    verdict = model.judge(IMAGES)
    assert isinstance(verdict, Verdict) and verdict.score.shape == (N,) and verdict.scale.title
    assert verdict.scale.real != verdict.scale.forged
    if verdict.scale.probability:
        assert ((verdict.scale.probability(verdict.score) - 0.5).abs() <= 0.5).all()


def test_scores(model: Model) -> None:
    able(model, Scores)
    found = model.score(IMAGES)
    assert isinstance(found, Likelihood) and found.kind in ("exact", "tokens", "bound", "unnormalised")
    assert found.nats.shape == (N,) and found.nats.isfinite().all()
    assert found.values * found.together == IMAGES[0].numel()
    torch.testing.assert_close(found.bits_per_dim, found.nats / math.log(2) / found.values)
    if found.parts is not None:
        assert found.parts.shape == found.bits.shape == IMAGES.shape
        torch.testing.assert_close(found.parts.sum((1, 2, 3)), found.nats)
    if model.config.told:
        if found.kind != "unnormalised":  # energies of classes may have no common scale
            assert found.posterior.shape == (N, 3)
            torch.testing.assert_close(found.posterior.sum(1), torch.ones(N))
        told = model.score(IMAGES, torch.tensor([0, 2]))
        assert told.told.tolist() == [0, 2] and told.posterior is None
    joined = Likelihood.joined([found, found])
    assert joined.nats.shape == (2 * N,) and (joined.parts is None) == (found.parts is None)


def test_descends(model: Model) -> None:
    able(model, Descends)
    frames = list(model.descend(IMAGES[:1], Seeds(0, N)))
    check_frames(frames)
    assert all("energy" in frame.figures for frame in frames)


def test_composes(model: Model) -> None:
    able(model, Composes)
    check_frames(list(model.compose("c", Seeds(0, N), None, "a")))


def test_bridges(model: Model) -> None:
    able(model, Bridges)
    check_frames(list(model.between("c", Seeds(0, N), None, "a")))


def test_slopes(model: Model) -> None:
    able(model, Slopes)
    assert model.pull(IMAGES).shape == IMAGES.shape


def test_predicts(model: Model) -> None:
    able(model, Predicts)
    table = model.distribution(IMAGES[0], 2, 3)
    assert table.shape == (1, 256) and float(table.sum()) == pytest.approx(1, abs=1e-4)
    assert model.receptive_field(2, 3).shape == (8, 8)


def test_writes(model: Model) -> None:
    able(model, Writes)
    written = model.write("a b", Seeds(0, N))
    assert len(written.texts) == len(written.bits) == N and written.begun == 3
    assert len(written.alphabet) == len(written.chances) == len(written.bent)
    torch.testing.assert_close(written.chances.sum(), torch.tensor(1.0))


def test_classifies(model: Model) -> None:
    able(model, Classifies)
    assert model.classify(IMAGES).shape == (N, 3) and model.features(IMAGES).ndim == 2


WRONG = {
    "a list": IMAGES.tolist(),
    "bytes": (IMAGES * 255).byte(),
    "one picture without a batch": IMAGES[0],
    "another size": torch.rand(N, 1, 9, 9),
    "three channels": IMAGES.expand(-1, 3, -1, -1),
    "none at all": IMAGES[:0],
    "NaN": IMAGES * torch.nan,
    "infinite": IMAGES / 0,
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("ask", ["score", "encode", "judge", "complete", "translate"])
def test_pictures_that_it_cannot_take_are_refused_in_words(model: Model, ask: str, wrong: str) -> None:
    if not hasattr(model, ask):
        pytest.skip(f"{model.title} cannot")
    more = (
        (MASK, Seeds(0, N)) if ask == "complete" else (Seeds(0, N), model.pair.names[0]) if ask == "translate" else ()
    )
    with pytest.raises(InvalidOption) as refused:
        answer = getattr(model, ask)(WRONG[wrong], *more)
        if ask in ("complete", "translate"):
            next(answer)
    assert refused.value.field == "images"


@pytest.mark.parametrize("wrong", ["shape", "NaN", "integers"])
def test_latents_that_it_cannot_decode_are_refused_in_words(model: Model, wrong: str) -> None:
    able(model, Interpolates)
    latents: Tensor = torch.zeros(N, model.dims)
    latents = {"shape": latents[:, 1:], "NaN": latents / 0, "integers": latents.long()}[wrong]
    with pytest.raises(InvalidOption) as refused:
        model.decode(latents)
    assert refused.value.field == "latents"


def test_pictures_in_8_bit_values_are_refused_with_the_remedy(model: Model) -> None:
    able(model, Scores)
    with pytest.raises(InvalidOption, match="Divide 8-bit values by 255"):
        model.score(IMAGES * 255)


def test_labels_that_are_no_classes_of_it_are_refused_in_words(model: Model) -> None:
    able(model, Scores)
    for labels in (torch.tensor([0, 3]), torch.tensor([0]), torch.tensor([0.0, 1.0]), ["a", "b"]):
        with pytest.raises(GenerativeError, match=r"labels must be|knows no classes"):
            model.score(IMAGES, labels)
