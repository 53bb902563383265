"""How well a model knows a language: with one that has learnt nothing, and on words that are none."""

import math
from pathlib import Path

import pytest
import torch

from generative.data.known import DATASETS
from generative.evaluation.language import language, words
from generative.evaluation.run import Run
from generative.models.transformer.language import Language


def test_bits_per_character_are_those_of_texts_about_test_images(data: Path) -> None:
    torch.manual_seed(0)
    model = Language(Language.Config.tiny(length=160)).eval()
    torch.nn.init.zeros_(model.logits.weight)
    torch.nn.init.zeros_(model.logits.bias)  # every character is as likely as every other
    run = Run(DATASETS["avatars"], 8, data, data, 20, 10, 0, torch.device("cpu"))
    figures = language(model, run).figures
    assert figures["bits_per_character"].value == pytest.approx(math.log2(30), abs=1e-3)
    assert figures["bits_per_character"].kind == "exact" and "20 texts about test pictures" in str(figures)
    assert 0 <= figures["known_words"].value < 0.3, "random letters are rarely words"


def test_words_stand_between_spaces_and_commas() -> None:
    assert words("a bun, clean-shaven,and a  hat") == ["a", "bun", "clean-shaven", "and", "a", "hat"]
