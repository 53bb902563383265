"""The VQ-VAE: nearest codes, running means, dead codes, tokens."""

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.autoencoders.quantiser import Quantiser, perplexity
from generative.models.autoencoders.vqvae import VQVAEConfig
from generative.models.model import drain
from generative.seeds import Seeds


def test_a_vector_becomes_its_nearest_code() -> None:
    quantiser = Quantiser(7, 3)
    vectors = torch.randn(4, 5, 3)
    nearest = torch.cdist(vectors.flatten(0, 1), quantiser.codebook).argmin(1).view(4, 5)
    assert quantiser.nearest(vectors).equal(nearest)
    assert quantiser.look_up(nearest).equal(quantiser.codebook[nearest])


def test_codes_become_the_means_of_what_chooses_them() -> None:
    """Four heaps, eight codes: in the end some lie in the middle of each."""
    torch.manual_seed(0)
    middles = torch.tensor([[4.0, 0.0], [-4.0, 0.0], [0.0, 4.0], [0.0, -4.0]])
    quantiser = Quantiser(8, 2)
    for _ in range(600):
        heap = torch.randint(4, (64,))
        vectors = middles[heap] + 0.1 * torch.randn(64, 2)
        quantiser.learn(vectors, quantiser.nearest(vectors))
    found = quantiser.codebook[quantiser.nearest(middles)]
    torch.testing.assert_close(found, middles, atol=0.3, rtol=0)
    assert float(quantiser.usage.sum()) == pytest.approx(1)


def test_a_code_that_nothing_chooses_begins_anew_where_vectors_lie() -> None:
    quantiser = Quantiser(8, 2)
    quantiser.codebook.fill_(100.0)
    vectors = torch.randn(32, 2)
    quantiser.learn(vectors, quantiser.nearest(vectors))
    assert all((vectors == code).all(1).any() for code in quantiser.codebook[1:])
    alive = quantiser.codebook.clone()
    quantiser.learn(vectors, quantiser.nearest(vectors))
    assert quantiser.nearest(vectors).unique().numel() >= 6
    assert not alive.equal(quantiser.codebook)


def test_sorting_the_codes_changes_numbers_and_no_picture(tiny) -> None:
    model, images = tiny("vqvae", codes=9), torch.rand(3, 1, 8, 8)
    before, tokens = model.decode(model.encode(images)), model.tokens(images)
    model.quantiser.sort()
    assert model.decode(model.encode(images)).equal(before)
    assert sorted(model.tokens(images).unique(return_counts=True)[1]) == sorted(tokens.unique(return_counts=True)[1])


def test_perplexity_is_the_number_of_codes_that_are_used_evenly() -> None:
    assert float(perplexity(torch.arange(12) % 6, 20)) == pytest.approx(6)
    assert float(perplexity(torch.zeros(5, dtype=torch.long), 20)) == pytest.approx(1)


def test_the_gradient_passes_the_quantiser(tiny) -> None:
    model = tiny("vqvae")
    model(torch.rand(2, 1, 8, 8)).error.backward()
    assert all(weight.grad.abs().sum() > 0 for weight in model.encoder[0][0].parameters())


def test_the_codebook_learns_in_training_only(tiny) -> None:
    model, before = tiny("vqvae"), tiny("vqvae").quantiser.codebook.clone()
    model(torch.rand(2, 1, 8, 8))
    assert model.quantiser.codebook.equal(before)
    model.train()(torch.rand(2, 1, 8, 8))
    assert not model.quantiser.codebook.equal(before)


def test_a_picture_is_its_tokens(tiny) -> None:
    model, images = tiny("vqvae"), torch.rand(3, 1, 8, 8)
    tokens = model.tokens(images)
    assert tokens.shape == (3, 2, 2) and tokens.dtype == torch.int64
    assert model.from_tokens(tokens).equal(model.decode(model.encode(images)))
    with pytest.raises(InvalidOption, match=r"whole numbers from 0 to 4, not \(3, 2, 2\) from 0 to 5"):
        model.from_tokens(tokens * 0 + torch.tensor([[0, 5], [0, 0]]))


def test_the_same_seed_draws_the_same_tokens_in_any_batch(tiny) -> None:
    model = tiny("vqvae")
    together = drain(model.sample(Seeds(3, 3))).images
    torch.testing.assert_close(together[1:2], drain(model.sample(Seeds(4))).images)


@pytest.mark.parametrize(("size", "grid"), [(28, 8), (8, 8), (28, 0), (24, 4)])
def test_a_grid_that_does_not_fit_is_refused(size: int, grid: int) -> None:
    with pytest.raises(InvalidOption, match="grid times 2, 4, 8"):
        VQVAEConfig(size=size, grid=grid)
