"""Diffusion in latents, told a sentence: what words do, what is shown on the way, how holes are filled."""

import pytest
import torch

from generative.conditions import Caption
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.models.diffusion.process import Estimate
from generative.models.model import drain
from generative.seeds import Seeds

LOOKS = {"size": 32, "unshuffle": 2, "fold": 2}
CAPTION = Caption(("a", "beard", "hat", "red", "with"), 6)
TWO = Seeds(0, 2)


@pytest.fixture(scope="module")
def model() -> LatentDiffusion:
    """Told sentences, with attention at both levels, every weight moved, so that words matter."""
    torch.manual_seed(0)
    config = LatentDiffusion.Config.tiny(
        told=(CAPTION,), image_channels=3, latent=4, attention=(True, True), options={"num_inference_steps": 3}, **LOOKS
    )
    made = LatentDiffusion(config).eval().requires_grad_(False)
    for weight in made.parameters():
        weight.add_(0.05 * torch.randn_like(weight))
    return made


def said(model: LatentDiffusion, sentence: str) -> torch.Tensor:
    x, t = model.noise(TWO.generators()), torch.tensor(400.0)
    return model(x, t, model.asked(TWO, sentence))


def test_words_matter_and_their_order_too(model: LatentDiffusion) -> None:
    assert not said(model, "red hat").allclose(said(model, "beard"), atol=1e-5)
    assert not said(model, "red hat").allclose(said(model, "hat red"), atol=1e-6)
    assert said(model, "purple hat").equal(said(model, "hat")), "what was never learnt is not there"


def test_attention_to_words_ignores_what_fills_a_sentence_up(model: LatentDiffusion) -> None:
    seen: list[torch.Tensor] = []
    x = model.noise(TWO.generators())
    words = model.asked(TWO, "red hat")
    output = model(x, torch.tensor(400.0), words, seen)
    assert len(seen) == 7, "one down and two up at each of two levels, and one in the middle"
    for shares in seen:
        assert shares.shape[:2] == (2, 2) and shares.shape[3] == 7
        assert not shares[..., 3:].any(), "nothing goes to what stands behind the last word"
        torch.testing.assert_close(shares.sum(3), torch.ones(shares.shape[:3]))
    torch.testing.assert_close(model(x, torch.tensor(400.0), words), output, msg="looking on changes nothing")


def test_sentences_of_a_batch_do_not_touch_one_another(model: LatentDiffusion) -> None:
    x = model.noise(TWO.generators())
    both = torch.cat([model.asked(Seeds(0, 1), "red hat"), model.asked(Seeds(0, 1), "beard")])
    together = model(x, torch.tensor(400.0), both)
    torch.testing.assert_close(together[1:], model(x[1:], torch.tensor(400.0), both[1:]), atol=1e-5, rtol=1e-4)


def test_previews_come_from_the_linear_decoder_and_the_result_from_the_real_one(model: LatentDiffusion) -> None:
    *before, last = model.sample(TWO, condition="red hat")
    assert [frame.step for frame in before] == [1, 2]
    x = model.noise(TWO.generators())
    assert model.glimpse(x).equal(model.autoencoder.preview(model.flat(x)))
    estimate = Estimate(x, x)
    on_the_way, at_the_end = model.frame(1, 3, 0.0, x, estimate), model.frame(3, 3, 0.0, x, estimate)
    assert on_the_way.images.equal(model.glimpse(x)) and at_the_end.images.equal(model.unfold(x))
    assert not on_the_way.images.allclose(at_the_end.images)
    assert set(last.views) == {"x_t", "noise", "x0", "latent"}
    for view in last.views.values():
        assert view.images.shape == (2, 3, 32, 32)


def test_the_view_of_the_latent_shows_its_channels_side_by_side(model: LatentDiffusion) -> None:
    x = model.noise(TWO.generators())
    latent, tiles = model.flat(x), model.tiles(x)
    side = latent.shape[-1]
    step = 32 // (2 * side)
    small = tiles[:, 0, ::step, ::step]
    assert small[:, :side, :side].equal(latent[:, 0]) and small[:, :side, side:].equal(latent[:, 1])
    assert small[:, side:, :side].equal(latent[:, 2]) and small[:, side:, side:].equal(latent[:, 3])


def test_folding_goes_both_ways(model: LatentDiffusion) -> None:
    images = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(model.flat(model.fold(images)), model.autoencoder.shrink(images))
    torch.testing.assert_close(
        model.unfold(model.fold(images)), model.autoencoder.decode(model.autoencoder.encode(images))
    )


def test_what_a_hole_hides_does_not_show_through(model: LatentDiffusion) -> None:
    images, mask = torch.rand(1, 3, 32, 32), torch.zeros(32, 32, dtype=torch.bool)
    mask[16:, 16:] = True
    other = torch.where(mask, 1 - images, images)
    one, two = (drain(model.complete(these, mask, TWO)).images for these in (images, other))
    assert one.equal(two)
    assert one[:, :, ~mask].equal(images[:, :, ~mask].expand(2, -1, -1))


def test_the_hole_in_a_latent_is_one_place_wider(model: LatentDiffusion) -> None:
    mask = torch.zeros(32, 32, dtype=torch.bool)
    mask[0, 0] = True
    hole = model.flat(model.hole(mask)[None].float())[0]
    assert hole[:, :2, :2].all() and not hole[:, 2:].any() and not hole[:, :, 2:].any()


def test_an_inverted_picture_comes_back(model: LatentDiffusion) -> None:
    images = torch.rand(1, 3, 32, 32)
    frame = drain(model.edit(images, Seeds(0), "invert", 0.0, model.Options(num_inference_steps=20)))
    lost = model.unfold(model.fold(images))
    assert float((frame.images - lost).square().mean().sqrt()) < 0.02


def test_listening_draws_the_same_picture_and_every_place_shares_out_its_attention(model: LatentDiffusion) -> None:
    heard = model.listen(Seeds(5, 1), condition="a purple hat")
    assert heard.image.equal(drain(model.sample(Seeds(5, 1), condition="a purple hat")).images[0])
    assert heard.names == ("(no word)", "a", "hat")
    assert heard.shares.shape == (3, 7, 3, 4, 4) and heard.times == (999.0, 666.0, 332.0)
    assert sorted(heard.sides) == [2, 2, 2, 2, 4, 4, 4]
    torch.testing.assert_close(heard.shares.sum(2), torch.ones(3, 7, 4, 4))


def test_of_an_empty_sentence_all_goes_to_what_stands_before_it(model: LatentDiffusion) -> None:
    heard = model.listen(Seeds(5, 1))
    assert heard.names == ("(no word)",)
    torch.testing.assert_close(heard.shares, torch.ones_like(heard.shares))


def test_between_two_sentences_both_ends_are_those_of_the_sentences_alone(model: LatentDiffusion) -> None:
    way = drain(model.between("a red hat", Seeds(4, 3), condition="a beard")).images
    for image, sentence in ((way[0], "a beard"), (way[2], "a red hat")):
        alone = drain(model.sample(Seeds(4, 1), condition=sentence)).images[0]
        torch.testing.assert_close(image, alone, atol=2e-4, rtol=0)
        assert (way[1] - alone).abs().max() > 1e-3, "in the middle it is neither"
