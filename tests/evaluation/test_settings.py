"""What a denoising model draws under many settings, cell by cell."""

import json
from itertools import islice
from pathlib import Path

import pytest

from generative.conditions import Class
from generative.errors import NotSupported
from generative.evaluation.settings import sweep as measuring
from generative.evaluation.settings.sweep import sweep
from generative.library import card, weights
from generative.library.entries import describe
from generative.models.diffusion.ddpm import DDPM, DDPMConfig
from generative.models.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from tests.evaluation.conftest import CLASSES, SIZE

SMALL = {"channels": (16, 16), "layers_per_block": 1, "attention": (False, False)}
OPTIONS = {"num_inference_steps": 2}


@pytest.fixture
def root(save_model, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DDPM of two steps and both classifiers; few settings to be measured."""
    root = save_model("mnist/classifier", "mnist/vae")
    ddpm = DDPM(DDPMConfig((Class(CLASSES),), SIZE, options=OPTIONS, **SMALL))
    weights.save(root / "mnist/ddpm", "ddpm", ddpm, {"seed": 0}, "mnist")
    guide = NoisyClassifier(NoisyClassifierConfig((), SIZE, labels=CLASSES, channels=4))
    weights.save(root / "mnist/noisy-classifier", "noisy-classifier", guide, {"seed": 0}, "mnist")
    monkeypatch.setattr(measuring, "STEPS", (2,))
    monkeypatch.setattr(measuring, "WHOLE", ("ddpm", 3))
    monkeypatch.setattr(measuring, "SCALES", (0.0, 2.0))
    return root


def test_cells_that_are_missing_are_measured_and_tables_made_of_them(root: Path, data: Path) -> None:
    folder, about = root / "mnist/ddpm", {"root": root, "data": data, "samples": 8}
    first = list(islice(sweep("mnist/ddpm", **about), 4))
    rest = list(sweep("mnist/ddpm", **about))
    cells = [*first, *rest]
    # eight samplers and the whole of one; scales 0 and, which is the default, 2, and on a part; by a classifier two.
    assert len({json.dumps(cell["options"], sort_keys=True) for cell in cells}) == len(cells) == 9 + 2 + 2
    assert cells == json.loads((folder / "settings.json").read_text())["cells"]
    assert [c["evaluations"] for c in cells] == sorted(c["evaluations"] for c in cells)
    led = [cell for cell in cells if cell["helper_passes"]]
    assert [(c["options"]["guided_by"], c["evaluations"]) for c in led] == [("classifier", 2)] * 2
    assert not list(sweep("mnist/ddpm", **about))
    entry = describe("mnist/ddpm", folder)
    steps, guidance = entry.settings.tables("DDPM", entry.defaults).split("\n\n")
    assert "| 2 steps | 3 steps |" in steps and steps.count("\n") == 1 + 8 and "(6)" in steps
    assert steps.startswith("| DDPM, 8 samples: FID (and evaluations) |")
    assert guidance.count("| classifier-free |") == 3 and guidance.count("| classifier |") == 2
    assert "3 for t in 0.2 to 0.8" in guidance
    assert "## By its settings" in card.render(entry)


def test_figures_of_other_weights_are_neither_shown_nor_gone_on_with(root: Path, data: Path) -> None:
    folder = root / "mnist/ddpm"
    next(sweep("mnist/ddpm", root, data, samples=8))
    config = json.loads((folder / "config.json").read_text())
    weights.write_json(folder / "config.json", config | {"training": {"seed": 1}})
    assert describe("mnist/ddpm", folder).settings is None
    next(sweep("mnist/ddpm", root, data, samples=8))
    assert len(describe("mnist/ddpm", folder).settings.cells) == 1


def test_what_takes_too_many_evaluations_or_does_not_denoise_is_left_out(root: Path, data: Path) -> None:
    assert {c["evaluations"] for c in sweep("mnist/ddpm", root, data, samples=8, most=3)} == {2, 3}
    with pytest.raises(NotSupported, match="has no samplers to compare"):
        next(sweep("mnist/vae", root, data, samples=8))


@pytest.mark.parametrize("content", ["{}", "[", '{"samples": 8, "trained": {}, "cells": [{"options": {}}]}'])
def test_a_damaged_table_costs_itself_alone(root: Path, content: str) -> None:
    (root / "mnist/ddpm/settings.json").write_text(content)
    entry = describe("mnist/ddpm", root / "mnist/ddpm")
    assert entry.problem is None and entry.settings is None and "settings.json" in entry.notes[0]
