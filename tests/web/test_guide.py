"""The Guide: every family in its place, what answers cost, what was measured."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from generative.families import GENERATIVE
from generative.library.entries import Entry
from generative.web.rooms.costs import costs, known_costs
from generative.web.rooms.guide import tables
from generative.web.rooms.taxonomy import BRANCHES, in_place, taxonomy
from tests.committed import ENTRIES

HERE = [*ENTRIES]


def model(name: str, **told: object) -> Entry:
    abilities = ["classifies"] if name == "Classifier" else ["samples"]
    family = "classifier" if name == "Classifier" else "autoregressive"
    known = {"family": family, "abilities": abilities, "parameters": 1000, "dataset": "mnist", "size": 28}
    return Entry(f"mnist/{name.lower()}", Path(name), name, **known, **told)


SAMPLES = {"fid": {"value": 1.5, "real": {"value": 0.5}}, "protocol": {"samples": 20}}


@pytest.mark.parametrize("family", GENERATIVE.values(), ids=GENERATIVE.keys())
def test_every_family_has_a_place_that_has_words(family) -> None:
    assert set(family.place) <= set(BRANCHES), "say in a few words what its branch means: taxonomy.py, BRANCHES"
    assert f'data-tab="{family.id}"' in taxonomy([])


def test_families_of_a_branch_stand_together_however_many_there_are() -> None:
    late = [replace(GENERATIVE["autoregressive"], id=id) for id in ("flows", "others")]
    exact = [family.id for family in GENERATIVE.values() if family.place == late[0].place]
    order = [family.id for family in in_place([*GENERATIVE.values(), *late])]
    assert order[: len(exact) + 2] == [*exact, "flows", "others"] and order[-1] == "gans"
    svg = taxonomy([], [*GENERATIVE.values(), *late])
    boxes = [float(x) for x in re.findall(r'<g class="leaf"><rect x="([\d.]+)"', svg)]
    assert len(boxes) == len(GENERATIVE) + 2
    assert min(b - a for a, b in zip(sorted(boxes), sorted(boxes)[1:], strict=False)) >= 220
    assert float(re.search(r'viewBox="0 0 (\d+)', svg)[1]) >= max(boxes) + 220


def test_only_models_that_state_a_density_stand_below_one() -> None:
    svg = taxonomy(HERE)
    assert "<text" in svg and ">VAE<" in svg and ">Convolutional AE<" not in svg and ">Classifier<" not in svg


def test_the_classifier_stands_first_among_costs_and_in_no_table_of_samples() -> None:
    of = {"minutes": 4, "device": "cpu, 1 threads"}
    slow = model("PixelCNN", training=of, metrics={"evaluations": {"value": 784}, **SAMPLES})
    quick = model("VAE", training={"minutes": 9, "device": "NVIDIA H100"}, metrics={"evaluations": {"value": 1}})
    judge = model("Classifier", training=of, metrics={"accuracy": {"value": 0.9}})
    chart = costs([slow, quick, judge])
    assert re.findall(r'scope="row">(\w+)<', chart) == ["Classifier", "VAE", "PixelCNN"]
    assert "784" in chart and "9 on a GPU" in chart and "--share: 1.000" in chart
    assert "Classifier" not in tables([slow, judge]) and costs([replace(slow, training={})]) == ""


def test_every_model_that_was_measured_is_in_the_chart() -> None:
    measured = [e for e in HERE if e.state == "ready" and "writes" not in e.abilities]  # a text is no picture
    assert {cost.entry.id for cost in known_costs(HERE)} >= {e.id for e in measured}


def test_figures_stand_in_a_table_of_their_subject_with_what_real_images_reach() -> None:
    exact = model("PixelCNN", metrics={**SAMPLES, "bits_per_dim": {"value": 3.0, "unit": "bits/dim"}})
    other = replace(exact, id="toys/pixelcnn", dataset="toys")
    text = tables([exact, other])
    drawn, likelihood = text.split("<caption>")[1:]
    assert drawn.startswith("What they draw") and likelihood.startswith("How probable")
    assert drawn.count('scope="rowgroup"') == 2 and "Bits/dim" not in drawn and "FID" not in likelihood
    assert "Real images, 20</th><td></td><td>0.50</td>" in drawn and "Real images" not in likelihood


def test_bounds_and_exact_likelihoods_stand_in_columns_of_their_own() -> None:
    text = tables(HERE)
    assert "Bits/dim, exact" in text and "Bits/dim, at most" in text and "an upper bound" in text
