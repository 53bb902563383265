"""The generator's codes and the discriminator's scores."""

from collections.abc import Callable

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.model import Model, drain
from generative.protocols import Judges
from generative.seeds import Seeds, normal

Tiny = Callable[..., Model]
IMAGES = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_a_code_is_the_noise_and_the_embedding_of_the_class(tiny: Tiny) -> None:
    model = tiny("dcgan")
    codes = model.latents(Seeds(0, 3), condition="b")
    assert codes.shape == (3, model.dims) and model.dims == 4 + 16
    assert codes[:, 4:].equal(model.generator.embedding.weight[1].expand(3, -1))
    plain = tiny("dcgan", classes=[])
    alone = model.Options(candidates=1)
    codes = model.latents(Seeds(0, 3), alone)
    assert plain.dims == 4 and plain.latents(Seeds(0, 3), alone).equal(codes[:, :4])


def test_the_discriminator_chooses_among_candidates(tiny: Tiny) -> None:
    model, labels = tiny("dcgan"), torch.tensor([1, 1, 1, 1])
    chosen = model.latents(Seeds(0, 4), model.Options(candidates=6), "b")
    noise = normal(Seeds(0, 4).generators(), 6, 4)
    realness = torch.stack(
        [model.judge(model.decode(model.generator.code(z, labels)), labels).score for z in noise.unbind(1)], 1
    )
    assert chosen[:, :4].equal(noise[torch.arange(4), realness.argmax(1)])
    assert len(realness.argmax(1).unique()) > 1
    assert [model.evaluations(model.Options(candidates=n)) for n in (1, 6)] == [1, 13]
    told = tiny("dcgan", options={"candidates": 6})
    assert told.latents(Seeds(0, 4), condition="b").equal(chosen)
    assert told.latents(Seeds(0, 4), told.Options(candidates=1), "b").equal(model.latents(Seeds(0, 4), condition="b"))


def test_what_is_drawn_is_what_its_codes_decode_to(tiny: Tiny) -> None:
    model = tiny("dcgan")
    assert model.decode(model.latents(Seeds(3, 4))).equal(drain(model.sample(Seeds(3, 4))).images)


def test_an_image_is_decoded_to_the_same_bits_alone_and_among_others(tiny: Tiny) -> None:
    model = tiny("dcgan")
    codes = model.latents(Seeds(0, 4))
    assert model.decode(codes[2:3])[0].equal(model.decode(codes)[2])


def test_truncation_shrinks_the_noise_and_not_the_class(tiny: Tiny) -> None:
    model = tiny("dcgan")
    whole, half = (model.latents(Seeds(0, 3), model.Options(truncation=t)) for t in (1.0, 0.5))
    torch.testing.assert_close(half[:, :4], whole[:, :4] / 2)
    assert half[:, 4:].equal(whole[:, 4:])


def test_a_verdict_can_be_told_as_a_probability_and_does_not_depend_on_the_batch(tiny: Tiny) -> None:
    model = tiny("dcgan")
    verdict = model.judge(IMAGES)
    assert isinstance(model, Judges)
    shares = verdict.scale.probability(verdict.score)
    assert shares.shape == (5,) and (shares > 0).all() and (shares < 1).all()
    torch.testing.assert_close(model.judge(IMAGES[3:4]).score, verdict.score[3:4])


def test_the_verdict_is_what_training_calls_the_logits(tiny: Tiny) -> None:
    labels = torch.tensor([0, 1, 2, 0, 1])
    for model, told in ((tiny("dcgan"), labels), (tiny("dcgan", classes=[]), None)):
        logits = model.discriminator(IMAGES * 2 - 1, labels)
        torch.testing.assert_close(model.judge(IMAGES, told).score, logits)


def test_without_a_label_the_class_counts_that_looks_most_real(tiny: Tiny) -> None:
    model = tiny("dcgan")
    each = torch.stack([model.judge(IMAGES, torch.full((5,), k)).score for k in range(3)])
    torch.testing.assert_close(model.judge(IMAGES).score, each.amax(0))


@pytest.mark.parametrize("steps", [9, 501, 20.5, "many"])
def test_the_number_of_search_steps_has_bounds(tiny: Tiny, steps: object) -> None:
    with pytest.raises(InvalidOption, match="search_steps must be a whole number from 10 to 500"):
        tiny("dcgan").Options(search_steps=steps)
