"""A picture as a sum of codes, from one for all of it to one for each place."""

import pytest
import torch

from generative.models.autoencoders.multiscale_vqvae import MultiScaleVQVAE, scales, shrunk

IMAGES = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))


def made(**changes: int) -> MultiScaleVQVAE:
    torch.manual_seed(0)
    return MultiScaleVQVAE(MultiScaleVQVAE.Config.tiny(size=16, **{"grid": 4, "codes": 7, **changes})).eval()


@pytest.mark.parametrize(("grid", "sides"), [(8, (1, 2, 4, 8)), (7, (1, 2, 4, 7)), (2, (1, 2)), (1, (1,))])
def test_scales_double_up_to_the_grid(grid: int, sides: tuple[int, ...]) -> None:
    assert scales(grid) == sides


@torch.no_grad()
def test_each_scale_tells_what_is_left_over_of_those_before() -> None:
    model = made()
    vectors, before = model.vectors(IMAGES), torch.zeros(3, 4, 4, 3)
    for number, (small, tokens, whole) in enumerate(model.divide(vectors)):
        torch.testing.assert_close(small, shrunk(vectors - before, (1, 2, 4)[number]))
        distances = (small[..., None, :] - model.quantiser.codebook).square().sum(-1)
        assert tokens.equal(distances.argmin(-1))
        torch.testing.assert_close(whole - before, model.enlarged(tokens, number))
        before = whole


@torch.no_grad()
def test_tokens_are_the_whole_of_what_is_decoded() -> None:
    model = made()
    tokens = model.pyramid(IMAGES)
    assert tokens.shape == (3, 1 + 4 + 16) and model.tokens(IMAGES).flatten(1).equal(tokens[:, 5:])
    torch.testing.assert_close(model.from_pyramid(tokens), model.decode(model.encode(IMAGES)))
    sums = list(model.sums(tokens))
    assert len(sums) == 3 and all(whole.shape == (3, 4, 4, 3) for whole in sums)


def test_a_scale_changes_nothing_that_is_coarser() -> None:
    model, tokens = made(), torch.zeros(1, 21, dtype=torch.long)
    one, other = (list(model.sums(each)) for each in (tokens, tokens.index_fill(1, torch.arange(5, 21), 3)))
    assert one[1].equal(other[1]) and not one[2].equal(other[2])


def test_encoder_and_smoothing_learn_and_the_codebook_follows() -> None:
    model = made().train()
    before = model.quantiser.codebook.clone()
    learnt = model(IMAGES)
    (learnt.error + learnt.commitment).backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in model.refine.parameters())
    assert next(model.encoder.parameters()).grad.any()
    assert not model.quantiser.codebook.equal(before) and 1 <= float(learnt.perplexity) <= 7
