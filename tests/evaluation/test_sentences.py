"""Does what is drawn show what its sentence tells? With a model that draws what it is told, and one that does not."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from generative.conditions import Attributes, Caption, Condition
from generative.data.known import DATASETS
from generative.evaluation import sentences
from generative.evaluation.run import Run
from generative.frame import Frame

AVATARS = DATASETS["avatars"]
CAPTION, ATTRIBUTES = (next(c for c in AVATARS.labelled if isinstance(c, kind)) for kind in (Caption, Attributes))


class Painter:
    """Draws pictures whose 8×8 pixels hold the labels of the test images in turn: that of its sentence, or the next."""

    title = "Painter"

    def __init__(self, labels: torch.Tensor, off: int, told: Condition, asked: list[object]) -> None:
        self.labels, self.off, self.said, self.asked = labels, off, 0, asked
        self.config = SimpleNamespace(told=(told,))

    def sample(self, seeds, options=None, condition=None):
        row = self.labels[(self.said + self.off) % len(self.labels)]
        self.said += 1
        self.asked.append(condition)
        image = torch.zeros(3, 8, 8)
        image[0].view(-1)[: len(row)] = row / 255
        yield Frame(image.expand(len(seeds), -1, -1, -1), 1, 1)


class Reader:
    """Reads the labels back: the reference's classifier."""

    extractor_id = "the reader"

    def logits_of(self, images: torch.Tensor, task: str) -> torch.Tensor:
        rows = (images[:, 0].flatten(1)[:, : len(AVATARS.attributes)] * 255).round().long()
        each = [torch.nn.functional.one_hot(rows[:, i], len(v)) for i, v in enumerate(AVATARS.attributes.values())]
        return torch.cat(each, 1).float() * 9


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch):
    labels = AVATARS.rendered.labels("test")[:40]
    monkeypatch.setattr(sentences, "reference", lambda run: Reader())
    monkeypatch.setattr(sentences, "read", lambda *_: (None, labels))
    run = Run(AVATARS, 8, Path(), None, 80, 8, 0, torch.device("cpu"))

    def figures(off: int, told: Condition = CAPTION, asked: list[object] | None = None):
        return sentences.asking(Painter(labels, off, told, [] if asked is None else asked), run).figures

    return figures


def test_who_draws_what_is_told_is_found_out_and_who_does_not_too(measured) -> None:
    right, wrong = measured(0), measured(1)
    assert right["asked_found"].value == right["asked_whole"].value == 1
    assert wrong["asked_whole"].value < 0.2 and wrong["asked_found"].value < 0.7
    assert "20 sentences" in right["asked_found"].how


def test_who_is_told_attributes_is_told_what_a_sentence_would_tell(measured) -> None:
    asked = []
    right = measured(0, ATTRIBUTES, asked)
    assert right["asked_whole"].value == 1 and "told as attributes" in right["asked_found"].how
    assert all(ATTRIBUTES.read(said) for said in asked) and len(asked) > 20


def test_sentences_tell_the_combinations_that_are_held_out() -> None:
    labels = AVATARS.rendered.labels("test")
    asked = sentences.held_out(AVATARS.sentences, AVATARS, labels, 8)
    assert len(asked) >= 7
    for (said, told), combination in zip(asked, AVATARS.held_out, strict=False):
        assert any(c.items() <= told.items() for c in AVATARS.held_out) and said and combination


def test_models_told_no_sentence_are_not_asked(measured) -> None:
    run = Run(AVATARS, 8, Path(), None, 80, 8, 0, torch.device("cpu"))
    assert not sentences.asking(SimpleNamespace(config=SimpleNamespace(told=())), run).figures
