"""How a transformer is taught to write tokens: from another's codes, told true sentences."""

from pathlib import Path
from random import Random

import pytest
import torch
from torch import Tensor

from generative.conditions import Caption
from generative.data.avatars.labels import values_of
from generative.data.described import texts_about
from generative.data.known import DATASETS
from generative.errors import NotSupported
from generative.library import weights
from generative.models.autoencoders.multiscale_vqvae import MultiScaleVQVAE
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.transformer.language import Language
from generative.models.transformer.var import VAR
from generative.models.transformer.vq_transformer import VQTransformer
from generative.training.recipe import Recipe
from generative.training.second_stage import SENTENCES
from generative.training.transformer import LanguageRecipe, VARRecipe, VQTransformerRecipe

AVATARS = DATASETS["avatars"]
CAPTION = next(told for told in AVATARS.labelled if isinstance(told, Caption))
LOOKS = {"size": 8, "image_channels": 3}


def made(tmp_path: Path, codes: int = 5) -> VQTransformerRecipe:
    torch.manual_seed(0)
    weights.save(tmp_path / "avatars" / "vqvae", "vqvae", VQVAE(VQVAE.Config.tiny(**LOOKS)), {}, "avatars")
    return VQTransformerRecipe(VQTransformer(VQTransformer.Config.tiny(told=(CAPTION,), codes=codes, **LOOKS)))


def learnt(recipe: Recipe, images: Tensor) -> list[float]:
    """The loss of each of some steps on avatars that look like this."""
    labels, losses = AVATARS.rendered.labels("train")[: len(images)], []
    for _ in range(60):
        loss, record = recipe.loss(images, labels)
        recipe.optimisers["model"].zero_grad()
        loss.backward()
        recipe.optimisers["model"].step()
        losses.append(float(loss.detach()))
        assert all(value > 0 for value in record.values())
    return losses


def test_it_takes_over_the_codes_of_its_data_set(tmp_path: Path) -> None:
    recipe = made(tmp_path)
    recipe.prepare(AVATARS, tmp_path)
    learnt = weights.load(tmp_path / "avatars" / "vqvae")
    images = torch.rand(4, 3, 8, 8)
    assert recipe.model.vqvae.tokens(images).equal(learnt.tokens(images))
    assert not any(weight.requires_grad for weight in recipe.model.vqvae.parameters())


def test_without_codes_or_with_others_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match="train avatars/vqvae"):
        made(tmp_path).prepare(AVATARS, tmp_path / "elsewhere")
    with pytest.raises(NotSupported, match="settings differ"):
        made(tmp_path, codes=6).prepare(AVATARS, tmp_path)


def test_every_picture_has_a_sentence_of_known_words_and_some_have_none(tmp_path: Path) -> None:
    recipe = made(tmp_path)
    recipe.prepare(AVATARS, tmp_path)
    labels = AVATARS.rendered.labels("train")[:400]
    assert recipe.teller is not None
    words = recipe.teller.words(labels)
    empty = (words == 0).all(1).float().mean()
    assert words.shape == (400, CAPTION.length) and 0.05 < empty < 0.16
    assert len(words.unique(dim=0)) > 300 and not words[:, -1].any(), "no sentence is cut off"
    often = torch.cat([recipe.teller.words(labels[:1]) for _ in range(100)]).unique(dim=0)
    assert 1 + SENTENCES / 2 < len(often) <= 1 + SENTENCES, "several of one picture, and none"


def test_a_few_steps_lower_the_surprise(tmp_path: Path) -> None:
    recipe = made(tmp_path)
    recipe.prepare(AVATARS, tmp_path)
    losses = learnt(recipe, torch.rand(8, 3, 8, 8))
    assert losses[-1] < 0.8 * losses[0]


def test_scales_are_learnt_from_the_multiscale_codes_of_the_data_set(tmp_path: Path) -> None:
    torch.manual_seed(0)
    autoencoder = MultiScaleVQVAE(MultiScaleVQVAE.Config.tiny(**LOOKS))
    recipe = VARRecipe(VAR(VAR.Config.tiny(told=(CAPTION,), **LOOKS)))
    with pytest.raises(NotSupported, match="train avatars/multiscale-vqvae"):
        recipe.prepare(AVATARS, tmp_path)
    weights.save(tmp_path / "avatars" / "multiscale-vqvae", "multiscale-vqvae", autoencoder, {}, "avatars")
    recipe.prepare(AVATARS, tmp_path)
    losses = learnt(recipe, torch.rand(8, 3, 8, 8))
    assert losses[-1] < 0.8 * losses[0]
    weights.save(tmp_path / "avatars" / "var", "var", recipe.model, {}, "avatars")
    assert not (tmp_path / "avatars" / "var" / "multiscale-vqvae.safetensors").exists(), "it lies beside it already"


def test_language_is_learnt_from_what_is_said_and_not_from_what_comes_after_it() -> None:
    torch.manual_seed(0)
    model = Language(Language.Config.tiny(length=160))
    recipe = LanguageRecipe(model)
    recipe.prepare(AVATARS, Path())
    labels = AVATARS.rendered.labels("train")[:8]
    assert all(set(text) <= set(model.config.alphabet) and text for text in recipe.texts(labels))
    losses = learnt(recipe, torch.rand(8, 3, 8, 8))
    assert losses[-1] < 0.9 * losses[0]
    texts = ["a bun", "a winter hat and a smile"]
    recipe.texts = lambda labels: texts
    bits = torch.cat(model.surprise(texts)).mean()
    torch.testing.assert_close(recipe.loss(torch.empty(2), labels[:2])[1]["bits_per_character"], bits)


def test_classes_are_called_by_their_names() -> None:
    clothes = DATASETS["fashion-mnist"]
    assert texts_about(clothes, torch.tensor([8, 0]), Random(0)) == ["Bag", "T-shirt/top"]


def test_sentences_are_true_and_worded_in_many_ways() -> None:
    shown = values_of(AVATARS.rendered.labels("test")[:1])[0]
    said = {AVATARS.sentences.make(shown, Random(seed)) for seed in range(200)}
    assert len(said) > 100
    text = " ".join(said)
    assert all(word in CAPTION.vocabulary for word in CAPTION._split(text))
    for name, wordings in (("glasses", {"none": "no glasses", "clear": "spectacles", "sun": "shades"}),):
        told = {value for value, word in wordings.items() if word in text}
        assert told == {shown[name]}


def test_a_hat_hides_the_colour_of_the_hair() -> None:
    shown = {**values_of(AVATARS.rendered.labels("test")[:1])[0], "hair": "hat", "facial hair": "none"}
    shown |= {"hair colour": "pink", "clothing colour": "blue"}
    assert not any("pink" in AVATARS.sentences.make(shown, Random(seed)) for seed in range(200))


def test_what_a_sentence_tells_is_in_it_and_true() -> None:
    shown = values_of(AVATARS.rendered.labels("test")[:1])[0]
    shown |= {"hair": "mohawk", "hair colour": "red", "glasses": "sun", "clothing": "hoodie", "clothing colour": "blue"}
    for seed in range(100):
        said, told = AVATARS.sentences.describe(shown, Random(seed))
        words = CAPTION._split(said)
        assert told and all(shown[name] == value for name, value in told.items())
        assert ("hair" in told) == ("mohawk" in words) and ("clothing" in told) == ("hoodie" in words)
        assert ("hair colour" in told) == bool({"red", "ginger"} & set(words))
        assert ("glasses" in told) == bool({"sunglasses", "shades", "dark"} & set(words) - {"skin"})


def test_example_sentences_are_of_known_words() -> None:
    assert len(AVATARS.sentences.examples) > 3
    assert not any(CAPTION.notes(said) for said in AVATARS.sentences.examples)
