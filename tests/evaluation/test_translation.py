"""How near translations come, and what a classifier sees in them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from generative.data.avatars.labels import draw
from generative.data.dataset import having
from generative.data.known import DATASETS
from generative.evaluation.protocol import evaluate
from generative.evaluation.run import Run
from generative.evaluation.translation import adapted, attributes
from generative.figures import quantity
from generative.models.gans.domains import SUNGLASSES

AVATARS = DATASETS["avatars"]
LABELS = draw("test", 400)
RUN = Run(AVATARS, 32, Path(), None, 10, 10, 0, torch.device("cpu"))
GLASSES = list(AVATARS.attributes).index("glasses")


def test_what_changed_is_told_apart_from_what_was_kept() -> None:
    after = LABELS.clone()
    after[:100, GLASSES] = AVATARS.attributes["glasses"].index("sun")
    sunny = having(after, {"glasses": "sun"}, AVATARS.attributes).double().mean()
    found = attributes(RUN, SUNGLASSES.second, LABELS, LABELS, after)
    assert found["attribute_changed_to_sunglasses"].value == pytest.approx(float(sunny))
    assert found["attributes_kept_to_sunglasses"].value == 1
    clothing = list(AVATARS.attributes).index("clothing")
    after[:200, clothing] = (after[:200, clothing] + 1) % 4
    kept = attributes(RUN, SUNGLASSES.second, LABELS, LABELS, after)["attributes_kept_to_sunglasses"].value
    assert kept == pytest.approx(1 - 0.5 / 7, abs=0.003)  # hair colour cannot be seen in every picture


def test_drawings_are_recognised_before_and_after_they_were_coloured_in() -> None:
    found = adapted(RUN, LABELS, torch.zeros_like(LABELS), LABELS)
    assert found["attributes_seen_after"].value == 1 > found["attributes_seen_before"].value
    assert quantity("attributes_seen_before").title == "Attributes recognised, before"


@pytest.mark.parametrize(("kind", "judged"), [("pencil", True), ("sunglasses", True), ("sunglasses", False)])
def test_a_translator_is_measured_both_ways(
    kind: str, judged: bool, data: Path, save_model: Callable[..., Path]
) -> None:
    root = save_model(f"avatars/cyclegan-{kind}", *(["avatars/classifier"] if judged else []))
    metrics = evaluate(f"avatars/cyclegan-{kind}", root, data, samples=10, batch=5)
    names = {"pencil": ("drawing", "colour"), "sunglasses": ("plain", "sunglasses")}[kind]
    for name in names:
        for id in ("cycle_ssim", "cycle_error", "cycle_disturbed"):
            assert metrics[f"{id}_to_{name}"]["interval"]
        assert (f"translated_error_to_{name}" in metrics) == (kind == "pencil")
        assert (f"attribute_changed_to_{name}" in metrics) == (kind == "sunglasses" and judged)
    assert ("attributes_seen_after" in metrics) == (kind == "pencil")
    assert set(metrics["protocol"]["translated"]) == set(names)
