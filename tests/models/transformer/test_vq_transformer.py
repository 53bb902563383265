"""Pictures from sentences: the writer's order, its cache, the sentence's weight, the frames."""

import math

import pytest
import torch

from generative.conditions import Caption
from generative.errors import InvalidOption
from generative.models.model import drain
from generative.models.sentences import SentenceEncoder, shortened, untold
from generative.models.transformer.vq_transformer import VQTransformer
from generative.models.transformer.writer import Writing
from generative.seeds import Seeds

CAPTION = Caption(("a", "beard", "hat", "red", "with"), 6)


@pytest.fixture(scope="module")
def model() -> VQTransformer:
    """Told sentences, every weight moved, so that words matter."""
    torch.manual_seed(1)
    made = VQTransformer(VQTransformer.Config.tiny(told=(CAPTION,), codes=7)).eval().requires_grad_(False)
    for weight in made.writer.parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    return made


def words(*sentences: str) -> torch.Tensor:
    return torch.cat([CAPTION.tensor(sentence, Seeds(0)) for sentence in sentences])


def test_changing_a_later_token_never_changes_earlier_logits(model: VQTransformer) -> None:
    told = words("a red hat")
    tokens = torch.tensor([[0, 1, 2, 3], [0, 1, 5, 6]])
    one, other = model(tokens, told.expand(2, -1))
    torch.testing.assert_close(one[:3], other[:3])
    assert not one[3].allclose(other[3])


def test_writing_with_a_cache_says_what_one_pass_says(model: VQTransformer) -> None:
    told, tokens = words("a red hat", ""), torch.randint(7, (2, 4))
    writing = Writing(model.writer, told, 2, 1.0, 4)
    before = torch.full((2,), model.writer.begin)
    said = []
    for place in range(4):
        said.append(writing.next(before))
        before = tokens[:, place]
    torch.testing.assert_close(torch.stack(said, 1), model(tokens, told))


def test_guidance_leads_away_from_what_is_written_untold(model: VQTransformer) -> None:
    told, begin = words("a red hat", "beard"), torch.full((2,), model.writer.begin)
    with_words, without = (Writing(model.writer, w, 2, 1.0, 4).next(begin) for w in (told, untold(told)))
    guided = Writing(model.writer, told, 2, 3.0, 4).next(begin)
    torch.testing.assert_close(guided, without + 3 * (with_words - without))
    assert not with_words.allclose(without)


def test_what_fills_a_sentence_up_says_nothing() -> None:
    torch.manual_seed(0)
    encoder = SentenceEncoder(5, 6, 8, 1, 2)
    one, said = encoder(words("a red hat"))
    assert one.shape == (1, 7, 8) and said[0, 0, 0].tolist() == [True] * 4 + [False] * 3
    encoder.embed.weight.data[0] += 100
    torch.testing.assert_close(encoder(words("a red hat"))[0][:, :4], one[:, :4])
    assert encoder(words(""))[1].sum() == 1, "an empty sentence is something to attend to"


def test_a_batch_of_sentences_is_as_long_as_its_longest() -> None:
    torch.manual_seed(0)
    encoder, told = SentenceEncoder(5, 6, 8, 1, 2), words("a red hat", "beard")
    assert shortened(told).tolist() == [[1, 4, 3], [2, 0, 0]] and shortened(words("", "")).shape == (2, 0)
    torch.testing.assert_close(encoder(shortened(told))[0], encoder(told)[0][:, :4])


def test_the_same_seed_writes_the_same_picture_in_any_batch(model: VQTransformer) -> None:
    together = drain(model.sample(Seeds(3, 3), condition="a hat")).images
    torch.testing.assert_close(together[1:2], drain(model.sample(Seeds(4), condition="a hat")).images)
    assert not together[0].allclose(together[1])


def test_a_sentence_changes_what_is_written_and_an_empty_one_is_no_sentence(model: VQTransformer) -> None:
    hat, nothing, empty = (drain(model.sample(Seeds(0, 4), condition=said)).images for said in ("a hat", None, "  "))
    assert nothing.equal(empty) and not hat.equal(nothing)


def test_words_that_it_never_learnt_are_named_and_change_nothing(model: VQTransformer) -> None:
    assert CAPTION.notes("a purple hat, шляпа") == "Never learnt, so ignored: purple, шляпа."
    one, other = (drain(model.sample(Seeds(0), condition=said)).images for said in ("a hat", "a purple hat"))
    assert one.equal(other)
    with pytest.raises(InvalidOption, match="at most 2000 characters"):
        drain(model.sample(Seeds(0), condition="hat " * 10_000))


def test_a_run_can_be_watched_token_by_token(model: VQTransformer) -> None:
    by_row = list(model.sample(Seeds(1, 2)))
    by_token = list(model.sample(Seeds(1, 2), model.Options(watch="tokens")))
    assert [len(by_row), len(by_token)] == [2, 4] and by_row[-1].images.equal(by_token[-1].images)
    first = by_token[0]
    assert first.images[..., 4:].unique().numel() == 1, "what is not written yet is blank"
    assert (first.views["entropy"].images[0, 0] > 0).sum() == 16, "the pixels of one token of four by four"
    last = by_token[-1]
    chance = last.views["probability"].images[:, 0, ::4, ::4].flatten(1)
    torch.testing.assert_close(last.figures["bits_per_token"], -chance.log2().mean(1))


def test_the_likeliest_token_alone_is_written_by_all_seeds(model: VQTransformer) -> None:
    last = drain(model.sample(Seeds(0, 3), model.Options(top_k=1)))
    assert last.images[0].allclose(last.images[2]) and not last.figures["bits_per_token"].any()


def test_guidance_costs_a_second_pass_where_there_is_a_sentence(model: VQTransformer, tiny) -> None:
    assert model.evaluations(model.Options(guidance_scale=2)) == 8
    assert model.evaluations(model.Options(guidance_scale=1)) == 4
    assert tiny("vq-transformer").evaluations(model.Options(guidance_scale=2)) == 4


def masked(*tokens: int) -> torch.Tensor:
    """A mask over one pixel of each of these tokens, of two by two."""
    mask = torch.zeros(8, 8, dtype=torch.bool)
    for token in tokens:
        mask[token // 2 * 4 + 1, token % 2 * 4 + 2] = True
    return mask


def test_a_completion_keeps_pixels_and_tokens_and_writes_those_that_the_mask_touches(model: VQTransformer) -> None:
    image, mask = torch.rand(1, 1, 8, 8), masked(1)
    frames = list(model.complete(image, mask, Seeds(0, 5), model.Options(watch="tokens")))
    last = frames[-1]
    assert len(frames) == 1 and frames[0].label == "token 2 of 4"
    assert last.images[..., ~mask].equal(image.expand(5, -1, -1, -1)[..., ~mask])
    drawn = last.views["probability"].images[:, 0]
    assert (drawn[:, :4, 4:] > 0).all() and not drawn[:, 4:].any(), "only the second token was drawn"
    assert last.figures["bits_per_token"].shape == (5,)


def test_candidates_are_weighed_by_the_tokens_kept_after_the_hole(model: VQTransformer) -> None:
    """With many candidates the second token is distributed as Bayes' rule has it, which every other token bears on."""
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    tokens = model.vqvae.tokens(image).flatten(1)
    every = tokens.repeat(7, 1)
    every[:, 1] = torch.arange(7)
    bits = model.surprise(every, words(*[""] * 7))
    wanted = (-bits.sum(1) * math.log(2)).softmax(0)
    last = drain(model.complete(image, masked(1), Seeds(0, 600), model.Options(candidates=32, guidance_scale=1.0)))
    found = (last.figures["bits_per_token"][:, None] - bits.mean(1)).abs().argmin(1)
    shares = torch.bincount(found, minlength=7) / 600
    assert (shares - wanted).abs().max() < 0.06
    assert last.figures["effective_candidates"].min() >= 1 and last.figures["ancestors"].max() <= 32


def test_reordered_sequences_go_on_as_copies(model: VQTransformer) -> None:
    told = words("a red hat", "a red hat")
    writing = Writing(model.writer, told, 2, 2.0, 4)
    writing.next(torch.full((2,), model.writer.begin))
    writing.next(torch.tensor([1, 5]))
    writing.reorder(torch.tensor([1, 1]))
    one, other = writing.next(torch.tensor([2, 2]))
    torch.testing.assert_close(one, other)


def test_likelihood_is_of_tokens_and_adds_up_over_the_picture(model: VQTransformer) -> None:
    images = torch.rand(3, 1, 8, 8)
    found = model.score(images)
    tokens = model.vqvae.tokens(images).flatten(1)
    torch.testing.assert_close(found.number, model.surprise(tokens, words("", "", "")).mean(1))
    assert (found.kind, found.values, found.figure) == ("tokens", 4, "bits_per_token")
    torch.testing.assert_close(found.bits[:, 0, ::4, ::4].flatten(1), model.surprise(tokens, words("", "", "")))
    told = model.score(images, words(*["a red hat"] * 3))
    assert not told.nats.allclose(found.nats)
    with pytest.raises(InvalidOption, match="6 numbers of words"):
        model.score(images, torch.zeros(3, dtype=torch.long))


def test_all_sequences_of_tokens_are_of_probability_one_together(model: VQTransformer) -> None:
    every = torch.cartesian_prod(*[torch.arange(7)] * 4)
    for said in (None, words("a red hat").expand(len(every), -1)):
        assert float((-model.surprise(every, said).sum(1)).exp2().sum()) == pytest.approx(1, abs=1e-4)


def test_drawings_tell_how_much_of_them_their_sentence_explains(model: VQTransformer) -> None:
    last = drain(model.sample(Seeds(0, 3), model.Options(guidance_scale=1.0), "a red hat"))
    assert last.figures["bits_from_sentence"].shape == (3,)
    assert "bits_from_sentence" not in drain(model.sample(Seeds(0, 3))).figures
    tokens, told = torch.randint(7, (2, 4)), words("a red hat", "")
    untold_bits, told_bits = (model.surprise(tokens, w).sum(1) for w in (words("", ""), told))
    torch.testing.assert_close(model.explained(tokens, told), untold_bits - told_bits)
    assert float(model.explained(tokens, told)[1]) == pytest.approx(0, abs=1e-4)


def test_each_word_is_heard_somewhere(model: VQTransformer) -> None:
    seen = model.attend(torch.rand(1, 1, 8, 8), 5, 5, "a red hat")
    assert seen.names == ("(no word)", "a", "red", "hat") and seen.hearing.shape == (4, 8, 8)
    torch.testing.assert_close(seen.hearing.sum(0), torch.ones(8, 8))
    torch.testing.assert_close(seen.hearing[:, 5, 5], seen.words.mean((0, 1)))
