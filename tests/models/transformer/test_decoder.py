"""The transformer's parts against the formulas: the mask, the cache, the sentence, the positions."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.models.transformer.cost import cost
from generative.models.transformer.decoder import Attention, Decoder, causal_mask
from generative.models.transformer.pixel_transformer import TransformerConfig
from generative.models.transformer.positions import LearntPositions, sinusoidal


def made(told: bool = False) -> Decoder:
    """Three layers of two heads, 8 wide, in double precision."""
    torch.manual_seed(0)
    return Decoder(3, 8, 2, told).double().eval()


def test_a_token_depends_on_itself_and_on_every_earlier_one_and_on_no_later_one() -> None:
    x = torch.randn(1, 6, 8, dtype=torch.float64, requires_grad=True)
    said = made()(x)
    for place in range(6):
        (gradient,) = torch.autograd.grad(said[0, place].square().sum(), x, retain_graph=True)
        assert gradient[0].any(1).tolist() == [before <= place for before in range(6)]


@settings(max_examples=20, deadline=None)
@given(parts=st.lists(st.integers(1, 4), min_size=1, max_size=5), count=st.integers(1, 3), told=st.booleans())
def test_the_cache_says_what_one_pass_over_all_tokens_says(parts: list[int], count: int, told: bool) -> None:
    """However many tokens come at once, and after sequences took each other's place."""
    decoder, length = made(told), sum(parts)
    x = torch.randn(count, length, 8, dtype=torch.float64)
    sentence = decoder.listen(torch.randn(1, 4, 8, dtype=torch.float64).expand(count, -1, -1)) if told else None
    with torch.inference_mode():
        whole, cache, said = decoder(x, None, sentence), decoder.cache(count, length, x), []
        for part in x.split(parts, 1):
            said.append(decoder(part, cache, sentence))
        torch.testing.assert_close(torch.cat(said, 1), whole)
        assert cache.length == length
        turned = torch.arange(count).flip(0)
        cache.reorder(turned)
        first = decoder.layers[0]
        torch.testing.assert_close(cache.read[0][0, turned], first.attention.read(first.norm(x))[0])


def test_padding_of_a_sentence_is_not_heard() -> None:
    decoder, x = made(told=True), torch.randn(2, 3, 8, dtype=torch.float64)
    sentence = torch.randn(2, 5, 8, dtype=torch.float64)
    words = torch.tensor([[True, True, True, False, False]]).expand(2, -1)[:, None, None]
    heard: list[torch.Tensor] = []
    one = decoder(x, None, decoder.listen(sentence), words, heard=heard)
    sentence[:, 3:] = 100
    torch.testing.assert_close(one, decoder(x, None, decoder.listen(sentence), words))
    assert len(heard) == 3 and heard[0].shape == (2, 2, 3, 5) and not heard[0][..., 3:].any()


def test_shares_of_attention_add_up_to_one_and_change_nothing() -> None:
    decoder, x, seen = made(), torch.randn(2, 5, 8, dtype=torch.float64), []
    torch.testing.assert_close(decoder(x, seen=seen), decoder(x))
    assert len(seen) == 3 and seen[0].shape == (2, 2, 5, 5)
    torch.testing.assert_close(seen[2].sum(3), torch.ones(2, 2, 5, dtype=torch.float64))
    assert not seen[1].triu(1).any()


def test_attention_is_the_formula() -> None:
    torch.manual_seed(0)
    attention, x = Attention(4, 1), torch.randn(1, 3, 4)
    keys, values = attention.keys_values(x[0]).chunk(2, 1)
    found = (attention.query(x[0]) @ keys.T / math.sqrt(4)).softmax(1) @ values
    torch.testing.assert_close(attention(x, attention.read(x))[0], attention.output(found))


def test_the_mask_shows_each_token_itself_and_what_came_before() -> None:
    assert causal_mask(1, 7) is None
    assert causal_mask(3, 0).int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert causal_mask(2, 2).int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]


def test_sinusoidal_positions_are_the_formula_and_tell_a_distance_alike_anywhere() -> None:
    table = sinusoidal(50, 16)
    assert table.shape == (50, 16)
    for place, i in ((0, 0), (7, 2), (49, 7)):
        angle = place / 10_000 ** (2 * i / 16)
        assert table[place, 2 * i : 2 * i + 2].tolist() == pytest.approx([math.sin(angle), math.cos(angle)], abs=1e-5)
    near = (table[:-3] * table[3:]).sum(1)
    torch.testing.assert_close(near, near[0].expand_as(near), atol=1e-4, rtol=0)


def test_learnt_positions_are_those_of_row_and_column() -> None:
    places = LearntPositions(3, 4, 5)
    torch.testing.assert_close(places()[1 * 4 + 2], places.rows[1, 0] + places.columns[0, 2])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"positions": "none"}, "positions must be one of"),
        ({"run": 3}, "size must be a multiple of run"),
        ({"heads": 5}, "width of heads"),
    ],
)
def test_a_network_that_cannot_be_is_refused_in_words(wrong: dict, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        TransformerConfig(**wrong)


def test_the_cost_of_a_token_is_measured_with_a_cache_and_without() -> None:
    torch.manual_seed(0)
    with torch.inference_mode():
        found = cost(Decoder(2, 32, 2).eval(), (8, 256, 512))
    assert found.lengths == (8, 256, 512) and min(*found.cached, *found.naive, *found.attention) > 0
    assert found.cached[-1] < found.naive[-1], "one token against 512"
    assert found.growth("naive") == found.naive[2] / found.naive[1]
