"""Arithmetic on the page, without a browser: formulas over a picture, and A − B + C."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from torch import Tensor

from generative.data.avatars.labels import COUNTS, draw, values_of
from generative.data.known import DATASETS
from generative.errors import InvalidOption
from generative.inference import sources
from generative.inference.engine.engine import Engine
from generative.inference.latent.atlas import Atlas, atlas_of, directions
from generative.inference.sources import encoded, seeded
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.sources.picker import gallery
from generative.web.tools.arithmetic import example_sets
from generative.web.tools.arithmetic.attribute_sum import opening
from generative.web.tools.arithmetic.direction_table import best_method, direction_table
from generative.web.tools.arithmetic.equation import AMOUNTS
from generative.web.tools.arithmetic.example_sets import Choice, ExampleSets
from generative.web.tools.arithmetic.formula_bar import Start, bar_state, start_message
from generative.web.tools.arithmetic.labelled_images import having, labelled_images, told
from generative.web.tools.arithmetic.tool import TRIPLET, ArithmeticTool
from generative.web.tools.arithmetic.triplet import sheet, triplet_state
from tests.building import build

ATTRIBUTES = {"hat": ("none", "red", "tall"), "shoes": ("new", "old")}
NAMES = tuple(d.name for d in directions(ATTRIBUTES))
MODELS = {
    "toys/ae": ("ae", {"classes": ["a", "b"], "size": 8, "latent": 3}),
    "toys/vae": ("vae", {"classes": ["a", "b"], "size": 8, "channels": 4, "latent": 3}),
    "toys/dcgan": (
        "dcgan",
        {"classes": ["a", "b"], "size": 8, "generator_channels": 4, "discriminator_channels": 4, "latent": 3},
    ),
    "faces/dcgan": (
        "dcgan",
        {"classes": [], "size": 8, "generator_channels": 4, "discriminator_channels": 4, "latent": 3},
    ),
    "faces/classifier": ("classifier", {"classes": ["hat: red", "hat: tall", "eye: one", "eye: two"], "size": 8}),
    "fashion-mnist/vae": ("vae", {"classes": ["a", "b"], "size": 28, "channels": 4, "latent": 3}),
    "avatars/vae": ("vae", {"classes": [], "size": 64, "image_channels": 3, "channels": 4, "latent": 3}),
}


def atlas(dims: int = 3) -> Atlas:
    torch.manual_seed(0)
    table, one = torch.randn(len(NAMES), dims), torch.ones(dims)
    points, labels = torch.randn(5, 2), torch.zeros(5, 2, dtype=torch.int64)
    known = {"exchange": torch.ones(len(NAMES)), "values": torch.randn(5, dims), "reading": torch.randn(5, dims + 1)}
    known |= {"mean": 0 * one, "std": one, "sensitivity": one, "centre": 0 * one, "axes": torch.ones(2, dims)}
    return Atlas(ATTRIBUTES, table / 2, table, **known, points=points, labels=labels)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models; those of `toys` have an atlas, of which one has been measured."""
    root = tmp_path_factory.mktemp("checkpoints")
    for id, (kind, config) in MODELS.items():
        torch.manual_seed(0)
        weights.save(root / id, kind, build(kind, config), {})
    for id, dims in (("toys/ae", 3), ("toys/vae", 3), ("toys/dcgan", Engine(root, "cpu").model("toys/dcgan").dims)):
        atlas(dims).save(root / id)
    rows = {"hat": {"success": 0.934, "leakage": 0.041}, "shoes: old": {"success": 0.5}}
    (root / "toys/vae/metrics.json").write_text(json.dumps({"directions": {"normal": rows, "difference": {}}}))
    return root


@pytest.fixture
def machine(root: Path) -> Engine:
    return Engine(root, "cpu")


@pytest.fixture
def tool(machine: Engine) -> ArithmeticTool:
    with gr.Blocks(analytics_enabled=False):
        return ArithmeticTool(Bench.alone(machine, machine.usable(ability="interpolates"), "test"))


def started(tool: ArithmeticTool, id: str, formula: str, **more: Any) -> dict[str, Any]:
    """What a bar says after a model and a formula were chosen."""
    updates = tool.attributes.follow(tool.engine.entry(id), None, None)
    start = updates[tool.attributes.bar]["start"]
    return {"model": id, "start": start, "formula": formula, "typed": False, "moved": "", "method": "normal", **more}


def pixels(tile: dict[str, Any]) -> Tensor:
    """(…, H, W, C) uint8."""
    *count, channels, height, width = tile["shape"]
    values = np.frombuffer(base64.b64decode(tile["pixels"]), np.uint8)
    return torch.from_numpy(values.copy()).view(*count, height, width, channels)


def latent(value: dict[str, Any]) -> Tensor:
    return bar_state(value).start.latent


def decoded(machine: Engine, id: str, point: Tensor) -> Tensor:
    return (sources.decoded(machine, id, point[None])[0] * 255).round().byte().permute(1, 2, 0)


# ── a formula ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_result_is_the_start_and_the_directions_together(tool: ArithmeticTool) -> None:
    bar = started(tool, "toys/vae", "+ 1.5 hat: red - 0.5 shoes: old", moved="shoes: old")
    for method, share in (("normal", 1.0), ("difference", 0.5)):
        shown = tool.attributes._redraw({**bar, "method": method})[tool.attributes.equation]
        table = atlas_of(tool.engine.entry("toys/vae")).normal * share
        point = latent(bar) + 1.5 * table[2] - 0.5 * table[5]
        assert (pixels(shown["result"]).int() - decoded(tool.engine, "toys/vae", point).int()).abs().max() <= 1
        assert shown["formula"] == "+ 1.5 hat: red - 0.5 shoes: old" and shown["at"] == -0.5


def test_the_chips_follow_a_formula_that_was_typed(tool: ArithmeticTool) -> None:
    bar = started(tool, "toys/vae", "0.5 red - old", typed=True)
    answer = tool.attributes._redraw(bar)[tool.attributes.bar]
    assert answer["terms"] == [["hat: red", 0.5], ["shoes: old", -1.0]]
    assert answer["formula"] == "0.5 red - old" and not answer["error"]
    assert tool.attributes.bar not in tool.attributes._redraw({**bar, "typed": False})  # the chips know it themselves


def test_what_is_wrong_with_a_formula_stands_under_the_bar(tool: ArithmeticTool) -> None:
    answer = tool.attributes._redraw(started(tool, "toys/vae", "+ rad", typed=True))
    assert "Did you mean hat: red?" in answer[tool.attributes.bar]["error"]
    assert answer[tool.attributes.bar]["formula"] == "+ rad" and tool.attributes.equation not in answer
    answer = tool.attributes._redraw(started(tool, "toys/vae", "hat", method="magic"))
    assert "method must be one of exchange, difference, normal" in answer[tool.attributes.bar]["error"]


def test_the_strip_shows_all_amounts_of_the_chip_that_was_moved(tool: ArithmeticTool) -> None:
    bar = started(tool, "toys/vae", "+ 1 hat - 0.5 shoes: old", moved="hat")
    strip = tool.attributes._surround(bar)[tool.attributes.equation]["strip"]
    assert strip["amounts"] == AMOUNTS and (AMOUNTS[0], AMOUNTS[-1]) == (-3, 3) and "hat" in strip["title"]
    table = atlas_of(tool.engine.entry("toys/vae")).normal
    for amount, picture in zip(AMOUNTS, pixels(strip), strict=True):
        point = latent(bar) + amount * table[0] - 0.5 * table[5]
        assert (picture.int() - decoded(tool.engine, "toys/vae", point).int()).abs().max() <= 1
    assert tool.attributes._surround({**bar, "formula": "", "moved": ""})[tool.attributes.equation]["strip"] is None


def test_a_picture_of_the_strip_gives_its_amount_to_the_chip(tool: ArithmeticTool) -> None:
    bar = started(tool, "toys/vae", "+ 1 hat - 0.5 shoes: old", moved="hat")
    clicked = SimpleNamespace(_data={"name": "hat", "amount": -1.5})
    updates = tool.attributes._take(bar, clicked)
    assert updates[tool.attributes.bar]["terms"] == [["hat", -1.5], ["shoes: old", -0.5]]
    assert updates[tool.attributes.equation]["at"] == -1.5
    for data in (None, {}, {"name": "hat", "amount": 99}, {"name": "hat", "amount": [1]}):
        answer = tool.attributes._take(bar, SimpleNamespace(_data=data))
        assert "no longer on show" in answer[tool.attributes.bar]["error"]


def test_picture_and_formula_stay_for_another_model_if_they_fit_it(tool: ArithmeticTool) -> None:
    entry, sum = tool.engine.entry("toys/ae"), tool.attributes
    picture = torch.rand(1, 8, 8)
    held = {"picture": base64.b64encode((picture * 255).round().byte().numpy()).decode(), "shape": [1, 8, 8]}
    updates = sum.follow(entry, {"formula": "- 2 hat"}, {**held, "alt": "Mine", "seed": None})
    assert updates[sum.bar]["start"]["name"] == "Mine" and updates[sum.bar]["terms"] == [["hat", -2.0]]
    torch.testing.assert_close(
        latent(updates[sum.bar]), encoded(tool.engine, "toys/ae", (picture * 255).round()[None] / 255)[0]
    )
    updates = sum.follow(entry, {"formula": "+ wings"}, {"picture": None, "shape": None, "seed": 7})
    assert updates[sum.bar]["start"]["name"].startswith("Seed 7") and updates[sum.bar]["terms"] == [["hat", 1.0]]
    assert updates[sum.equation]["picture"] is None and updates[sum.equation]["seed"] == 7
    big = {"picture": base64.b64encode(bytes(256)).decode(), "shape": [1, 16, 16], "alt": "Mine"}
    assert sum.follow(entry, None, big)[sum.bar]["start"]["name"] != "Mine"


def test_a_model_with_an_encoder_starts_from_a_test_image(tool: ArithmeticTool) -> None:
    shown = tool.attributes._expand({"model": "fashion-mnist/vae"})
    assert shown[tool.attributes.equation]["of"] == "fashion-mnist/vae"
    images, names = gallery("fashion-mnist", 28)
    assert shown[tool.attributes.bar]["start"]["name"] == names[0]
    picture = pixels(shown[tool.attributes.equation]["picture"])
    assert torch.equal(picture, (images[0] * 255).round().byte().permute(1, 2, 0))


def test_a_model_without_an_atlas_says_so_and_still_adds_up_sets(tool: ArithmeticTool) -> None:
    sum, entry = tool.attributes, tool.engine.entry("fashion-mnist/vae")
    updates = tool.follow(entry, TRIPLET, 1.0, None, None, None)
    assert "python -m generative evaluate fashion-mnist/vae" in updates[sum.bar]["missing"]
    assert updates[sum.bar]["terms"] == [] and "A − B + C" in updates[sum.bar]["missing"]
    bar = started(tool, "fashion-mnist/vae", "")
    assert sum._redraw(bar)[sum.equation]["result"] is None and sum._surround(bar)[sum.table] == ""
    assert updates[tool.triplet.triplet]["result"]["shape"] == [1, 28, 28]
    assert sum.follow(tool.engine.entry("toys/ae"), None, None)[sum.bar]["missing"] == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"model": ["toys/vae"]},
        {"model": "toys/nobody"},
        {"model": "faces/classifier"},
        {"model": "toys/vae", "start": {"model": "toys/vae", "latent": "AAAA", "name": ""}},
        {"model": "toys/vae", "start": {"model": "toys/vae", "latent": "%%%%", "name": ""}},
        {"model": "toys/vae", "start": {"model": "toys/ae", "latent": "AAAAAAAAAAAAAAAA", "name": ""}},
        {"model": "toys/vae", "start": {"model": "toys/vae", "latent": "AAAAAAAAAAA=", "name": ""}},
        {"model": "toys/vae", "start": 7},
        {"model": "toys/vae", "start": "AAAA", "formula": {}},
    ],
)
def test_whatever_a_bar_says_is_answered_in_words(tool: ArithmeticTool, value: Any) -> None:
    assert tool.attributes._redraw(value)[tool.attributes.bar]["error"]
    assert tool.attributes._take(value, SimpleNamespace(_data=None))[tool.attributes.bar]["error"]
    assert tool.attributes._surround(value)[tool.attributes.equation]["strip"] is None


def test_numbers_that_are_not_finite_are_no_start() -> None:
    with pytest.raises(InvalidOption, match="damaged"):
        bar_state(start_message(Start("toys/vae", torch.tensor([1.0, torch.inf]), "")))
    with pytest.raises(InvalidOption, match="damaged"):
        bar_state(start_message(Start("toys/vae", torch.zeros(5000), "")))
    again = bar_state(start_message(Start("toys/vae", torch.tensor([1.0, -2.5]), "Mine"))).start
    assert again.latent.tolist() == [1.0, -2.5] and again.name == "Mine"


def test_a_seed_that_is_none_is_refused(tool: ArithmeticTool) -> None:
    answer = tool.attributes._seed({"model": "toys/vae"}, -1, 1.0)
    assert "seed must be" in answer[tool.attributes.bar]["error"]
    assert tool.attributes._seed({"model": "toys/vae"}, 5, 1.0)[tool.attributes.equation]["seed"] == 5


def test_a_seed_starts_as_wide_as_the_slider_says(tool: ArithmeticTool) -> None:
    whole, half = (tool.attributes._seed({"model": "toys/dcgan"}, 5, s)[tool.attributes.bar] for s in (1.0, 0.5))
    noise = tool.engine.model("toys/dcgan").config.latent
    torch.testing.assert_close(latent(half)[:noise], latent(whole)[:noise] / 2)
    wrong = tool.attributes._seed({"model": "toys/dcgan"}, 5, 7.0)[tool.attributes.bar]
    assert "truncation must be" in wrong["error"]


def test_the_page_opens_with_a_formula_that_the_model_knows() -> None:
    directions = ["glasses", "facial hair: long beard"]
    assert [t.name for t in opening("avatars", "", directions)] == directions
    assert [t.name for t in opening("avatars", "", ["mouth: smile"])] == ["mouth: smile"]
    assert [t.amount for t in opening("avatars", "2 glasses", directions)] == [2.0]
    assert opening("avatars", {"no": "text"}, []) == []


def test_the_table_tells_what_was_measured_and_what_was_not(machine: Engine) -> None:
    measured, unmeasured = machine.entry("toys/vae"), machine.entry("toys/ae")
    table = direction_table(measured, ["hat", "shoes: old"], "normal", NAMES)
    assert "<b>93 %</b>" in table and "<b>4 %</b>" in table and "<b>50 %</b>" in table and "–" in table
    assert "mean of all 6" in table and "<b>72 %</b>" in table
    assert "<b>–</b>" in direction_table(measured, ["hat"], "difference", NAMES)
    assert direction_table(measured, [], "", NAMES) == ""
    assert "has not been measured" in direction_table(unmeasured, ["hat"], "normal", NAMES)
    assert "Leakage" not in direction_table(measured, ["shoes: old"], "normal", NAMES)
    assert "<i>" not in direction_table(measured, ["hat", "<i>"], "normal", NAMES)


def test_the_method_that_works_best_for_a_model_is_chosen_at_first(tool: ArithmeticTool) -> None:
    entry = tool.engine.entry("toys/vae")
    normal = {"hat": {"success": 0.9, "leakage": 0.1}, "hat: red": {"success": 0.7}}
    for leakage, wanted in ((0.05, "difference"), (0.3, "normal")):
        rows = {name: {"success": 0.85, "leakage": leakage} for name in NAMES}
        exchange = {name: {"success": 0.9, "leakage": 0.35} for name in NAMES}
        tables = {"exchange": exchange, "normal": normal, "difference": rows}
        measured = replace(entry, metrics={"directions": tables})
        assert best_method(measured, NAMES) == wanted
        assert "best for this model" in direction_table(measured, ["hat"], "normal", NAMES)
        tool.engine.entries["toys/vae"] = measured
        assert tool.attributes.follow(measured, None, None)[tool.attributes.bar]["method"] == wanted
    assert best_method(entry, NAMES) is None  # of the other methods nothing was measured
    tool.engine.entries["toys/vae"] = entry
    assert tool.attributes.follow(entry, None, None)[tool.attributes.bar]["method"] == "exchange"


# ── A − B + C ────────────────────────────────────────────────────────────────────────────────────────────────────────


def choices(*labels: str, picked: tuple[tuple[int, ...], ...] = ()) -> list[dict[str, list[Any]]]:
    return [{"labels": [label], "picked": []} for label in labels] + [{"labels": [], "picked": [*p]} for p in picked]


def test_the_means_are_added_up_and_shown(tool: ArithmeticTool) -> None:
    sets = choices("Coat", picked=((0, 10), (3,)))
    shown = tool.triplet._redraw({"model": "fashion-mnist/vae", "ready": True, "sets": sets})
    images, _ = example_sets.test_images("fashion-mnist", 28)
    coats = example_sets.labelled_images(tool.engine.entry("fashion-mnist/vae"), ("Coat",))[0]
    encode = lambda batch: encoded(tool.engine, "fashion-mnist/vae", batch).mean(0)  # noqa: E731
    a, b, c = encode(coats), encode(images[[0, 10]]), encode(images[[3]])
    for point, tile in ((a, shown["means"][0]), (c, shown["means"][2]), (a - b + c, shown["result"])):
        assert (pixels(tile).int() - decoded(tool.engine, "fashion-mnist/vae", point).int()).abs().max() <= 1
    assert [tile["note"] for tile in shown["means"]] == [
        "10 test images of the class Coat",
        "2 picked test images",
        "1 picked test image",
    ]
    assert shown["for"] == sets


def test_what_is_offered_fits_the_model(tool: ArithmeticTool) -> None:
    offer = list(tool.triplet._open({"model": "fashion-mnist/vae", "ready": False, "sets": []}))[-1]
    assert [s["labels"] for s in offer["sets"]] == [["Pullover"], ["T-shirt/top"], ["Dress"]]
    assert offer["result"] and len(offer["pictures"]["names"]) == 40 and offer["groups"][0][0] == "class"
    kept = tool.triplet.follow(tool.engine.entry("toys/dcgan"), {"sets": choices("b", "a", "b")}, shown=True)
    assert kept["sets"] == choices("b", "a", "b")
    other = tool.triplet.follow(tool.engine.entry("toys/dcgan"), {"sets": choices("Coat", "Bag", "Dress")}, shown=True)
    assert other["sets"] == choices(picked=((0,), (1,), (2,)))  # of two classes three cannot differ
    assert tool.triplet.follow(tool.engine.entry("toys/dcgan"), None, shown=False)["result"] is None


def test_without_an_encoder_examples_are_samples(machine: Engine) -> None:
    sets, entry = ExampleSets(machine), machine.entry("toys/dcgan")
    images, names = sets.offer(entry)
    assert images.shape == (40, 1, 8, 8) and names[1] == "seed 1, b" and sets.labels(entry) == ("a", "b")
    found = sets.choose(entry, Choice(("b",)))
    assert found.words == "64 samples of the class b" and len(found.latents) == 64
    assert found.latents[:, 3:].unique(dim=0).shape[0] == 1  # all have the embedding of one class
    both = sets.choose(entry, Choice(("a", "b", "a")))
    assert both.words == "64 samples of the class a or b" and both.latents[:, 3:].unique(dim=0).shape[0] == 2
    picked = sets.choose(entry, Choice(picked=(1, 1, 5)))
    wanted = seeded(machine, "toys/dcgan", 5, 1)
    assert picked.words == "2 picked samples" and torch.equal(picked.latents[1:], wanted)


def test_without_classes_a_classifier_says_what_samples_show(machine: Engine) -> None:
    sets, entry = ExampleSets(machine), machine.entry("faces/dcgan")
    assert sets.labels(entry) == ("hat: red", "hat: tall", "eye: one", "eye: two")
    either = sets.choose(entry, Choice(("hat: red", "hat: tall")))
    assert either.words == "32 samples, of 256, in which a classifier sees hat: red or tall"
    seen = sets._seen["faces/dcgan"]
    for label, column, value in (("hat: red", 0, 0), ("eye: two", 1, 1)):
        rows = (seen.labels[:, column] == value).nonzero()[:32, 0]
        if len(rows):
            assert torch.equal(sets.choose(entry, Choice((label,))).latents, seen.latents[rows])
        else:
            with pytest.raises(InvalidOption, match="In none of 256 samples"):
                sets.choose(entry, Choice((label,)))


def test_avatars_are_rendered_for_what_they_are_to_have(machine: Engine) -> None:
    labels = ("glasses: sun", "hair: bun", "hair: hat", "mouth: smile", "skin: pale")
    images, words = labelled_images(machine.entry("avatars/vae"), labels)
    every = draw("test", COUNTS["test"])
    rows = having(every, labels, DATASETS["avatars"].labels)
    assert words.startswith(f"{len(images)} test image") and 0 < len(images) == min(32, int(rows.sum()))
    for values in values_of(every[rows]):
        assert values["glasses"] == "sun" and values["hair"] in ("bun", "hat") and values["skin"] == "pale"
    assert images.shape[1:] == (3, 64, 64) and images.min() >= 0 and images.max() <= 1
    assert told(labels[:3]) == "glasses: sun, hair: bun or hat"


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"model": "fashion-mnist/vae"},
        {"model": "fashion-mnist/vae", "sets": choices("Coat")},
        {"model": "fashion-mnist/vae", "sets": [1, 2, 3]},
        {"model": "fashion-mnist/vae", "sets": choices("Coat", "Bag", "Wings")},
        {"model": "fashion-mnist/vae", "sets": choices("Coat", "Bag", picked=((40,),))},
        {"model": "fashion-mnist/vae", "sets": choices("Coat", "Bag", picked=((-1,),))},
        {"model": "fashion-mnist/vae", "sets": choices("Coat", "Bag", picked=((),))},
        {"model": "fashion-mnist/vae", "sets": [*choices("Coat", "Bag"), {"labels": [[]], "picked": [True]}]},
        {"model": "faces/classifier", "sets": choices(picked=((0,), (1,), (2,)))},
        {"model": None, "sets": choices("Coat", "Bag", "Dress")},
    ],
)
def test_whatever_the_sets_say_is_answered_in_words(tool: ArithmeticTool, value: Any) -> None:
    assert tool.triplet._redraw(value)["error"]


def test_a_sheet_has_ten_pictures_in_a_row() -> None:
    images = torch.arange(13).view(13, 1, 1, 1).expand(13, 3, 2, 4).float()
    whole = sheet(images)
    assert whole.shape == (3, 4, 40) and (whole[:, :2, 36:] == 9).all() and (whole[:, 2:, 8:12] == 12).all()
    assert triplet_state(None).sets == () and not triplet_state({"ready": 1}).ready
