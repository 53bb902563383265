"""Finding a picture, and telling real from forged: what the tools answer, without a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.data.known import DATASETS
from generative.errors import MissingData
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.likelihood import neighbours
from generative.library import weights
from generative.models.registry import MODELS
from generative.web.base.controls import manner
from generative.web.base.panel import asked
from generative.web.base.run import ranks
from generative.web.base.tool import Bench
from generative.web.tools.critic.charts import own, rows, told_apart
from generative.web.tools.critic.tool import CriticTool
from generative.web.tools.project.tool import ProjectTool, Trace, curve
from generative.web.widgets.easel.easel import easel_state, picture_message
from tests.building import build

CONFIG = {"generator_channels": 4, "discriminator_channels": 4, "latent": 4}
CLASSES = list(DATASETS["fashion-mnist"].classes)


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    """A GAN that was told classes, and one of pictures in colour, without classes."""
    shapes = {
        "fashion-mnist": {"classes": CLASSES, "size": 28},
        "avatars": {"classes": [], "size": 32, "image_channels": 3},
    }
    for dataset, shape in shapes.items():
        torch.manual_seed(0)
        weights.save(tmp_path / dataset / "dcgan", "dcgan", build("dcgan", {**shape, **CONFIG}), {})
    told = {"told": DATASETS["avatars"].labelled[:1], "size": 32, "image_channels": 3}
    about = {**told, "generator_channels": 2, "discriminator_channels": 2, "latent": 4}
    network = MODELS["conditional-dcgan"]
    weights.save(tmp_path / "avatars/conditional-dcgan", "conditional-dcgan", network(network.Config(**about)), {})
    return Engine(tmp_path, "cpu")


@pytest.fixture
def finder(machine: Engine) -> ProjectTool:
    with gr.Blocks(analytics_enabled=False):
        return ProjectTool(Bench.alone(machine, [*machine.entries.values()], "test"))


@pytest.fixture
def judge(machine: Engine) -> CriticTool:
    with gr.Blocks(analytics_enabled=False):
        return CriticTool(Bench.alone(machine, [*machine.entries.values()], "test"))


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> torch.Tensor:
    """A training split of 50 images of noise."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (50, 1, 28, 28), generator=generator).to(torch.uint8)
    monkeypatch.setattr(neighbours, "training_images", lambda dataset, size: images)
    monkeypatch.setattr(neighbours, "subset", lambda dataset: None)
    return images


def easel(channels: int = 1, size: int = 28) -> dict[str, Any]:
    return picture_message(torch.rand(channels, size, size), "Mine")


def wish(finder: ProjectTool, picture: Any, model: str = "fashion-mnist/dcgan", count: int = 2) -> list[Any]:
    """The values of the controls, as an event hands them over."""
    controls = finder.controls
    said = {control: control.value for control in controls.inputs}
    said |= {controls.model: model, controls.count: count, controls.seed: 7}
    steps = controls.options[manner(finder.engine.entry(model))].asked["search_steps"].controls[""]
    return [*(said | {steps: 20}).values(), picture]


# ── finding a picture ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_search_is_offered_its_own_options_only(finder: ProjectTool) -> None:
    assert [*finder.controls.options[manner(finder.bench.first)].asked] == ["search_steps"]
    assert finder.controls.generate.value == "Search" and finder.controls.count.maximum == 8


def test_a_search_is_watched_and_ends_with_ranks_errors_and_facts(finder: ProjectTool) -> None:
    answers = list(finder._search(*wish(finder, easel())))
    message, report = answers[-1]
    assert message["done"] and message["seeds"] == [7, 8]
    assert sorted(caption.split(" · ")[0] for caption in message["captions"]) == ["#1", "#2"]
    assert "Nearest" in report and "all classes were tried" in report
    assert report.count("&quot;line&quot;") == 2 and report.count("&quot;best&quot;") == 1 and "20 steps" in report
    assert all(captions for captions in (answer[0]["captions"] for answer in answers))


def test_what_does_not_fit_is_told_on_the_stage(finder: ProjectTool) -> None:
    for picture, words in ((easel(3, 32), "takes images of"), (None, "no picture on the easel")):
        message, *_ = list(finder._search(*wish(finder, picture)))[-1]
        assert words in message["error"] and message["stopped"]
    message, *_ = list(finder._search(*wish(finder, easel(), count=9)))[-1]
    assert "count must be a whole number from 1 to 8" in message["error"]


def test_a_picture_stays_for_the_next_model_if_it_fits(machine: Engine, finder: ProjectTool) -> None:
    kept = finder.follow(machine.entry("fashion-mnist/dcgan"), easel())
    assert finder.easel not in kept and kept[finder.report] == ""
    changed = finder.follow(machine.entry("avatars/dcgan"), easel())[finder.easel]
    assert easel_state(changed).image.shape == (3, 32, 32)
    assert set(kept) <= set(finder.outputs)


def test_another_picture_takes_the_results_away(machine: Engine, finder: ProjectTool) -> None:
    shown = finder._show(machine.entry("fashion-mnist/dcgan"), torch.rand(1, 1, 28, 28), ["Shirt"])
    assert shown[finder.report] == "" and shown[finder.stage]["run"] == "invitation"
    assert shown[finder.easel]["alt"] == "Shirt"


def test_a_trace_closes_what_it_watches() -> None:
    closed = []

    def frames() -> Iterator[Frame]:
        try:
            for step in range(1, 4):
                yield Frame(torch.zeros(2, 1, 1, 1), step, 3, figures={"loss": torch.tensor([0.04, 0.01]) * step})
        finally:
            closed.append(True)

    trace = Trace()
    watched = trace.of(frames())
    next(watched)
    watched.close()
    assert closed and trace.steps == [1]
    assert "after 1 steps" in curve(trace) and "3 steps" in curve(trace)
    torch.testing.assert_close(trace.errors[0], torch.tensor([0.2, 0.1]))


def test_searches_are_captioned_with_their_rank_and_error() -> None:
    assert ranks({"loss": torch.tensor([0.04, 0.01])}) == ["#2 · 0.200", "#1 · 0.100"]
    assert ranks({"bits_per_dim": torch.tensor([2.0, 3.0])}) == ["#1 · 2.00", "#2 · 3.00"]
    assert ranks({}) == []


# ── real or forged ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_share_of_pairs_told_apart_is_the_area_under_the_curve() -> None:
    assert told_apart(torch.tensor([0.9, 0.8]), torch.tensor([0.1, 0.2, 0.3])) == 1
    assert told_apart(torch.tensor([0.5, 0.5]), torch.tensor([0.5])) == 0.5
    assert told_apart(torch.tensor([0.1, 0.6]), torch.tensor([0.5, 0.2])) == 0.5
    assert told_apart(torch.tensor([0.4, 0.6]), torch.tensor([0.5, 0.2])) == 0.75


def test_real_and_forged_pictures_are_scored(machine: Engine, judge: CriticTool) -> None:
    for id, count in (("fashion-mnist/dcgan", 64), ("avatars/dcgan", 40)):
        answer = judge._judge(asked(machine.entry(id)), 3, 0.8, False)
        assert answer[judge.rows].count("<figure") == 16 and 'title="Seed 10"' in answer[judge.rows]
        assert f"{count} real pictures" in answer[judge.verdict] and "64 forged ones" in answer[judge.verdict]


def test_pictures_may_be_ordered_by_their_score() -> None:
    images, scores = torch.rand(3, 1, 4, 4), torch.tensor([0.2, 0.9, 0.5])
    shown = rows(images, scores, images, scores, 4, ranked=True)
    assert shown.index("Seed 5") < shown.index("Seed 6") < shown.index("Seed 4")
    plain = rows(images, scores, images, scores, 4, ranked=False)
    assert plain.index("Seed 4") < plain.index("Seed 5") < plain.index("Seed 6")


def test_what_cannot_be_judged_is_told(machine: Engine, judge: CriticTool) -> None:
    entry = machine.entry("fashion-mnist/dcgan")
    for value, seed, truncation, words in (
        (None, 0, 1, "There is no model"),
        (asked(entry), -1, 1, "seed must be"),
        (asked(entry), 0, 7, "truncation must be"),
    ):
        assert words in judge._judge(value, seed, truncation, False)[judge.verdict]
        assert words in list(judge._compare(value, seed, truncation))[-1]


def test_each_forgery_stands_beside_its_nearest_training_image(
    machine: Engine, judge: CriticTool, training: torch.Tensor
) -> None:
    waiting, shown = judge._compare(asked(machine.entry("fashion-mnist/dcgan")), 0, 1.0)
    assert "Looking through" in waiting
    assert shown.count("<figure") == 8 and shown.count("Training image") == 16 and "50 training images" in shown


def test_without_data_the_nearest_of_those_bundled_are_shown(
    machine: Engine, judge: CriticTool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path / "nothing"))
    for id in machine.entries:
        *_, shown = judge._compare(asked(machine.entry(id)), 0, 1.0)
        assert shown.count("<figure") == 8 and "nearest of 2,000 training images" in shown and "come with" in shown


def test_missing_training_images_are_told_with_the_remedy(
    machine: Engine, judge: CriticTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(dataset: str, size: int) -> torch.Tensor:
        raise MissingData("FashionMNIST is not there. Name another data root with --data.")

    monkeypatch.setattr(neighbours, "training_images", missing)
    monkeypatch.setattr(neighbours, "subset", lambda dataset: None)
    told = list(judge._compare(asked(machine.entry("fashion-mnist/dcgan")), 0, 1.0))[-1]
    assert 'role="alert"' in told and "--data" in told


def test_every_picture_is_judged_as_the_class_that_it_is_meant_to_be(machine: Engine, judge: CriticTool) -> None:
    entry = machine.entry("fashion-mnist/dcgan")
    forged, real = judge._forged(entry, 3, 1.0, 12), judge._real(entry)
    assert forged.labels[:2] == [CLASSES[3], CLASSES[4]] and real.labels[9:11] == [CLASSES[9], CLASSES[0]]
    model, labels = machine.model(entry.id), torch.tensor([CLASSES.index(label) for label in forged.labels])
    torch.testing.assert_close(judge._scores(entry, forged), model.judge(forged.images, labels).score.sigmoid())


def test_a_picture_of_ones_own_is_scored_as_each_class(machine: Engine, judge: CriticTool) -> None:
    entry, image = machine.entry("fashion-mnist/dcgan"), torch.rand(1, 1, 28, 28)
    told = judge._bring(entry, image, ["<mine>.png"])[judge.own]
    assert told.count("<dt>") == 10 and "as each class" in told and "of the forgeries" not in told
    assert "<mine>" not in told
    told = judge._bring(entry, image, ["Bag"])[judge.own]
    assert "class=meant><dt>Bag" in told and "Bag scores" in told


def test_a_picture_without_a_class_is_placed_among_the_others(machine: Engine, judge: CriticTool) -> None:
    told = judge._bring(machine.entry("avatars/dcgan"), torch.rand(1, 3, 32, 32), ["mine.png"])[judge.own]
    assert told.count("<dt>") == 1 and "mine.png scores" in told
    scores = torch.tensor([0.1, 0.2, 0.3, 0.4])
    words = own(torch.rand(1, 4, 4), "mine", {"": 0.25}, "", scores, scores[:1])
    assert "above 50 % of the test images and above 100 % of the forgeries" in words


def test_pictures_are_judged_with_the_attributes_that_they_were_told(machine: Engine, judge: CriticTool) -> None:
    entry = machine.entry("avatars/conditional-dcgan")
    forged, real = judge._forged(entry, 3, 1.0, 3), judge._real(entry)
    assert forged.labels == real.labels[:3] and len(set(forged.labels)) == 3 and "glasses: " in forged.labels[0]
    model, labels = machine.model(entry.id), DATASETS["avatars"].rendered.labels("test")[:3]
    torch.testing.assert_close(judge._scores(entry, forged), model.judge(forged.images, labels).score.sigmoid())
    assert "told to show what the real ones show" in judge._judge(asked(entry), 3, 1.0, False)[judge.rows]
    told = judge._bring(entry, real.images[:1], ["mine.png"])[judge.own]
    assert told.count("<dt>") == 1 + 48 and "told one thing alone" in told and "told nothing</dt>" in told


def test_another_model_renews_the_heading(machine: Engine, judge: CriticTool) -> None:
    changed = judge.follow(machine.entry("avatars/dcgan"))
    assert changed[judge.heading]["model"] == "avatars/dcgan" and changed[judge.own] == ""
    assert {*changed, *judge.fail("no")} <= set(judge.outputs)
