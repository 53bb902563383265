"""Searches for the latent of a picture."""

import gc
import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from generative.frame import Frame
from generative.models.gans import projection
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.projection import best_start, rate, search
from generative.models.model import Model, drain
from generative.protocols import Projects
from generative.seeds import Seeds

STEPS = 30


@pytest.fixture(params=["classes", "no classes"])
def gan(request: pytest.FixtureRequest, tiny: Callable[..., Model]) -> DCGAN:
    """One whose pictures differ from each other, as those of a trained one do."""
    model = tiny("dcgan", classes=["a", "b", "c"] if request.param == "classes" else [])
    torch.manual_seed(1)
    for parameter in model.generator.layers.parameters():
        if parameter.ndim == 4:
            torch.nn.init.normal_(parameter, std=0.2)
    return model.requires_grad_(False)


def drawn(gan: DCGAN, seed: int = 99) -> Tensor:
    """A picture that the generator can draw."""
    return drain(gan.sample(Seeds(seed, 1))).images


def find(gan: DCGAN, seeds: Seeds, steps: int = STEPS, **options: object) -> list[Frame]:
    return list(gan.project(drawn(gan), seeds, gan.Options(search_steps=steps, **options)))


def test_a_picture_that_the_generator_draws_is_found(gan: DCGAN) -> None:
    frames = find(gan, Seeds(0, 4), 200)
    first, last = frames[0].figures["loss"], frames[-1].figures["loss"]
    assert isinstance(gan, Projects)
    assert (last < first).all() and last.min() < first.min() / 10
    assert "error" in frames[-1].label


def test_the_last_frame_shows_the_best_that_each_search_has_found(gan: DCGAN) -> None:
    frames, target = find(gan, Seeds(0, 3)), drawn(gan)
    assert [f.step for f in frames] == list(range(1, STEPS + 1)) and {f.total for f in frames} == {STEPS}
    losses = torch.stack([f.figures["loss"] for f in frames])
    assert losses[-1].equal(losses.amin(0))
    for frame in frames:
        assert frame.images.shape == (3, 1, 8, 8) and frame.latents.shape == (3, gan.dims)
        assert not frame.images.requires_grad and not frame.latents.requires_grad
        torch.testing.assert_close(gan.decode(frame.latents), frame.images)
        torch.testing.assert_close((frame.images - target).square().mean((1, 2, 3)), frame.figures["loss"])


def test_long_searches_do_not_send_every_step() -> None:
    frames = list(search(torch.sigmoid, torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1), torch.zeros(1, 1), 200))
    assert len(frames) <= projection.SHOWN + 2 and frames[0].step == 1 and frames[-1].step == 200


def test_a_search_is_the_same_alone_and_among_others(gan: DCGAN) -> None:
    together = find(gan, Seeds(5, 8))[-1]
    for index in (0, 3, 7):
        alone = find(gan, Seeds(5 + index, 1))[-1]
        assert alone.images[0].equal(together.images[index]) and alone.latents[0].equal(together.latents[index])
    assert not together.images[0].equal(together.images[1])


def test_gradients_are_taken_whatever_mode_the_caller_is_in_and_it_stays_in_that(gan: DCGAN) -> None:
    plain = find(gan, Seeds(2, 2))[-1].images
    with torch.inference_mode():
        assert find(gan, Seeds(2, 2))[-1].images.equal(plain)
        assert torch.is_inference_mode_enabled()
    with torch.no_grad():
        last = None
        for frame in gan.project(drawn(gan), Seeds(2, 2), gan.Options(search_steps=STEPS)):
            assert not torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
            last = frame
    assert last is not None and last.images.equal(plain)
    for _ in gan.project(drawn(gan), Seeds(0, 1), gan.Options(search_steps=10)):
        assert torch.is_grad_enabled()


def test_a_search_may_go_from_one_mode_to_another(gan: DCGAN) -> None:
    frames = gan.project(drawn(gan), Seeds(2, 2), gan.Options(search_steps=STEPS))
    with torch.inference_mode():
        next(frames)
    assert drain(frames).images.equal(find(gan, Seeds(2, 2))[-1].images)


def test_searches_may_interleave_and_leave_nothing_on_the_model(gan: DCGAN) -> None:
    before = {name: value.clone() for name, value in gan.state_dict().items()}
    options, target = gan.Options(search_steps=STEPS), drawn(gan)
    pairs = list(zip(gan.project(target, Seeds(1, 1), options), gan.project(target, Seeds(2, 1), options), strict=True))
    assert pairs[-1][0].images.equal(find(gan, Seeds(1, 1))[-1].images)
    assert all(value.equal(before[name]) for name, value in gan.state_dict().items())
    assert all(parameter.grad is None for parameter in gan.parameters())


def test_closing_stops_the_search(gan: DCGAN) -> None:
    frames = gan.project(drawn(gan), Seeds(0, 1), gan.Options(search_steps=STEPS))
    first = next(frames)
    gone = weakref.ref(first.images)
    frames.close()
    del first
    gc.collect()
    assert gone() is None and next(frames, None) is None


def test_a_search_for_a_class_begins_with_its_embedding(tiny: Callable[..., Model]) -> None:
    gan = tiny("dcgan")
    first = next(gan.project(torch.rand(1, 1, 8, 8), Seeds(0, 4), condition="b"))
    assert first.latents[:, gan.config.latent :].equal(gan.generator.embedding.weight[1].expand(4, -1))


def test_every_class_is_tried_where_none_is_asked_for(tiny: Callable[..., Model]) -> None:
    gan = tiny("dcgan")
    for index in range(3):
        torch.nn.init.constant_(gan.generator.embedding.weight[index], 10.0 * (index - 1))
    target = drain(gan.sample(Seeds(0, 1), condition="c")).images
    first = next(gan.project(target, Seeds(0, 4)))
    assert first.latents[:, gan.config.latent :].equal(gan.generator.embedding.weight[2].expand(4, -1))


def test_the_best_start_is_the_nearest_draw() -> None:
    candidates = torch.tensor([[0.0], [0.4], [1.0]])
    found = best_start(lambda codes: codes[:, :, None, None], torch.full((1, 1, 1), 0.5), candidates)
    assert found.tolist() == pytest.approx([0.4])


def test_the_learning_rate_rises_and_then_falls_to_zero() -> None:
    rates = [rate(step, 100) for step in range(100)]
    top = rates.index(max(rates))
    assert rates[:top] == sorted(rates[:top]) and rates[top:] == sorted(rates[top:], reverse=True)
    assert 0 < rates[0] < projection.RATE / 5 and rates[-1] < projection.RATE / 1000
