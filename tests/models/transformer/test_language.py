"""The same decoder over characters: what it is given, what it says, and where a text ends."""

import math

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.transformer.language import END, Language, LanguageOptions
from generative.seeds import Seeds


def made() -> Language:
    torch.manual_seed(0)
    model = Language(Language.Config.tiny()).eval().requires_grad_(False)
    for weight in model.parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    return model.double()


def test_a_text_becomes_numbers_with_an_end() -> None:
    tokens = made().numbers(["a b", "", "-z"])
    assert tokens.tolist() == [[4, 1, 5, END], [END] * 4, [3, 29, END, END]]


@pytest.mark.parametrize(
    ("text", "words"), [("héllo", "never saw 'é'"), ("a" * 13, "up to 12 characters; this has 13")]
)
def test_a_text_that_it_cannot_take_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InvalidOption, match=words) as refused:
        made().write(text, Seeds(0))
    assert refused.value.field == "text"


def test_the_cache_writes_what_the_whole_network_says_is_likeliest() -> None:
    model, text = made(), "a b"
    written = model.write(text, Seeds(0, 2), LanguageOptions(top_k=1))
    for _ in range(12 - len(text)):
        token = int(model(torch.nn.functional.pad(model.numbers([text])[:, :-1], (0, 1)))[0, -1].argmax())
        if token == END:
            break
        text += model.config.alphabet[token - 1]
    assert written.texts == (text, text) and written.begun == 3


def test_every_character_has_its_surprise_and_looks_back_only() -> None:
    model = made()
    written = model.write("A b", Seeds(3, 4))
    for text, bits in zip(written.texts, written.bits, strict=True):
        assert text.startswith("a b") and len(text) <= 12
        torch.testing.assert_close(bits, model.surprise([text])[0][: len(bits)])
        assert len(bits) == len(text) + (len(text) < 12), "the end has a surprise too, where there is one"
    length = len(written.bits[0])
    assert written.attention.shape == (2, 2, length, length) and not written.attention.triu(1).any()
    torch.testing.assert_close(written.attention.sum(3), torch.ones(2, 2, length).double())


def test_what_follows_the_beginning_is_told_as_it_is_and_as_options_bend_it() -> None:
    model = made()
    plain, bent = (model.write("a", Seeds(0), LanguageOptions(top_k=k)) for k in (30, 2))
    assert plain.alphabet[0] == "↵" and len(plain.alphabet) == len(plain.chances) == 30
    torch.testing.assert_close(plain.chances, plain.bent)
    assert (bent.bent > 0).sum() == 2 and math.isclose(float(bent.bent.sum()), 1, abs_tol=1e-6)
    torch.testing.assert_close(plain.chances, bent.chances)


def test_the_same_seed_writes_the_same_whatever_the_others() -> None:
    model = made()
    together = model.write("b", Seeds(5, 3)).texts
    assert together == tuple(model.write("b", Seeds(seed)).texts[0] for seed in (5, 6, 7))
    assert len(set(together)) > 1


def test_an_alphabet_has_each_character_once() -> None:
    with pytest.raises(InvalidOption, match="alphabet must be different characters"):
        Language.Config.tiny(alphabet="aa")
