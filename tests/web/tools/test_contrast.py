"""Objectives side by side: what the tool, programs and the command line answer, without a browser."""

import html
import json
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from PIL import Image

from generative.__main__ import main
from generative.errors import InvalidOption
from generative.inference import contrast
from generative.inference.engine.engine import Engine
from generative.inference.pictures.provenance import read_note
from generative.library import weights
from generative.library.modes import Modes
from generative.library.side_files import SideFiles
from generative.web.api.gans import GANEndpoints
from generative.web.base.tool import Bench
from generative.web.base.visit import Visit
from generative.web.tools.contrast.curves import charts
from generative.web.tools.contrast.tool import ContrastTool
from generative.web.tools.critic.tool import CriticTool
from tests.building import build
from tests.contending import contender

KINDS = ("minimax", "lsgan", "wgan-gp")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Three contenders and a classifier of Fashion-MNIST's size, one contender alone of another data set."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in KINDS:
        contender(root, f"fashion-mnist/{kind}", ("Bag", "Sneaker"), 28)
    contender(root, "toys/r3gan", ("a",), 8)
    judge = build("classifier", {"classes": ["Bag", "Sneaker"], "channels": 2, "size": 28})
    weights.save(root / "fashion-mnist/classifier", "classifier", judge, {})
    return Engine(root, "cpu")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "EACH", 2)


@pytest.fixture(scope="module")
def tool(machine: Engine) -> ContrastTool:
    with gr.Blocks(analytics_enabled=False):
        return ContrastTool(Bench.alone(machine, ContrastTool.serves([*machine.entries.values()]), "test"))


ASKED = {"model": "fashion-mnist/lsgan"}


def test_it_is_for_data_sets_of_which_there_are_two_and_the_critic_for_those_that_say_probabilities(
    machine: Engine,
) -> None:
    gans = [e for e in machine.entries.values() if e.family == "gans"]
    assert [e.id for e in ContrastTool.serves(gans)] == [f"fashion-mnist/{kind}" for kind in KINDS]
    assert ContrastTool.serves(gans[-1:]) == []
    assert [e.id for e in CriticTool.serves(gans)] == ["fashion-mnist/minimax"]


def test_films_and_curves_lie_on_one_timeline_of_images(tool: ContrastTool) -> None:
    told = tool._show(ASKED)[tool.learning]
    assert told["cubes"] == []
    assert [film["title"] for film in told["films"]] == ["Minimax GAN", "LSGAN", "WGAN-GP"]
    assert all(film["moments"] == [0, 160, 480] and film["url"].startswith("data:image/webp") for film in told["films"])
    quality, watched = told["charts"]
    kinds = [film["kind"] for film in told["films"]]
    for chart in (quality, watched):
        assert [series["kind"] for series in chart["chart"]["series"]] == kinds
        assert chart["chart"]["axes"]["x"]["high"] == 480
    assert [line["name"] for line in watched["legend"]][1:] == ["LSGAN: loss", "WGAN-GP: Wasserstein estimate"]
    assert {point[1] for series in watched["chart"]["series"] for point in series["points"]} >= {0, 1}
    json.dumps(told)


def test_the_table_fills_column_by_column(tool: ContrastTool) -> None:
    moments = list(tool._draw(ASKED, ASKED["model"], 2, 7, "Bag"))
    assert [m[tool.table].count("<img") for m in moments] == [2, 4, 6]
    assert "1 of 3 columns" in moments[0][tool.state] and "columns" not in moments[-1][tool.state]
    last = moments[-1][tool.table]
    assert "Seed 7" in last and "Seed 8" in last and "class=Bag" in last and last.count('class="bar') == 6
    assert last.count("+1.00") == 3 and "6 times" in last and "30 times" in last and "1.5 min" in last
    assert all(f"of {name}" not in last for name in ("nan", "None")) and "of 2<" in last


def test_a_link_brings_back_what_was_drawn(machine: Engine, tool: ContrastTool) -> None:
    entry = machine.entry("fashion-mnist/lsgan")
    *_, drawn = tool._draw({"model": "fashion-mnist/minimax"}, entry.id, 2, 7, "Bag")
    link = dict(parse_qsl(html.unescape(drawn[tool.state].split('"')[1])[1:]))
    assert link == {"model": entry.id, "seed": "7", "count": "2", "class": "Bag"}
    link.pop("model")
    told = tool.show(entry, tool.understood(entry, link))
    (control,) = tool.controls.told.controls
    assert (told[tool.seed], told[tool.count], told[control]) == (7, 2, "Bag") and tool.heading in told
    other = tool.follow(machine.entry("fashion-mnist/wgan-gp"), {"model": entry.id}, 2, 7, "Bag")
    assert "model=fashion-mnist%2Fwgan-gp&amp;seed=7&amp;count=2&amp;class=Bag" in other[tool.state]
    for wrong in ({"seed": "x"}, {"count": "11"}, {"class": "Hat"}):
        with pytest.raises(InvalidOption):
            tool.understood(entry, wrong)


ROSTERS = {
    "objectives": ["fashion-mnist/lsgan", "fashion-mnist/minimax", "fashion-mnist/wgan-gp"],
    "guidelines": ["fashion-mnist/guidelines", "fashion-mnist/pooling"],
    "failures": ["fashion-mnist/collapsed", "fashion-mnist/overfitted"],
}


@pytest.fixture(scope="module")
def rosters(machine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ContrastTool:
    """All rosters of Fashion-MNIST, and two contenders on stacked digits whose modes were counted."""
    root = tmp_path_factory.mktemp("rosters")
    shutil.copytree(machine.library.root, root, dirs_exist_ok=True)
    for id in (*ROSTERS["guidelines"], *ROSTERS["failures"]):
        contender(root, id, ("Bag", "Sneaker"), 28)
    for kind in ("minimax", "lsgan"):
        contender(root, f"stacked-mnist/{kind}", (), 28, channels=3)
        drawn = ("0" * 250, "f" * 150 + "0" * 100)
        Modes(1000, 10_000, (0, 30), drawn).write(root / f"stacked-mnist/{kind}")
    engine = Engine(root, "cpu")
    with gr.Blocks(analytics_enabled=False):
        return ContrastTool(Bench.alone(engine, ContrastTool.serves([*engine.entries.values()]), "test"))


@pytest.mark.parametrize("roster", ROSTERS)
def test_a_roster_is_turned_to_and_its_models_stand_beside_one_another(rosters: ContrastTool, roster: str) -> None:
    told = rosters._turn(Visit("fashion-mnist"), roster, "fashion-mnist/lsgan", {"model": "fashion-mnist/lsgan"})
    first = told[rosters.controls.model]["value"]
    assert first in ROSTERS[roster] and told[rosters.what]["value"] == roster
    assert (rosters.heading in told) == (roster != "objectives")
    shown = rosters._show({"model": first})
    assert len(shown[rosters.learning]["films"]) == len(ROSTERS[roster])
    assert ("model=stacked-mnist" in shown[rosters.note]) == (roster == "objectives")
    wrong = rosters._turn(Visit("fashion-mnist"), "losses", first)
    assert "must be one of objectives, guidelines, failures" in wrong[rosters.state]


def test_guidelines_say_what_they_break_and_failures_why_and_what_they_copied(rosters: ContrastTool) -> None:
    *_, guided = rosters._draw({"model": "fashion-mnist/pooling"}, "", 1, 0, "Bag")
    assert "the largest of four is kept" in guided[rosters.table] and "20 (1.0 ×)" in guided[rosters.table]
    *_, failed = rosters._draw({"model": "fashion-mnist/collapsed"}, "", 2, 0, "Any")
    table = failed[rosters.table]
    assert "a hundred times as fast" in table and table.count("The nearest training picture, at") == 8
    assert "of 2<" in table and "Nearest of the 100" in table and "nobody tells it" in table


def test_modes_of_stacked_digits_are_a_cube_and_a_bar(rosters: ContrastTool) -> None:
    asked = {"model": "stacked-mnist/lsgan"}
    shown = rosters._show(asked)
    assert "counted" in rosters.follow(rosters.engine.entry(asked["model"]))[rosters.heading]["words"]
    assert [(c["of"], c["moments"]) for c in shown[rosters.learning]["cubes"]] == [(1000, [0, 480])] * 2
    *_, last = rosters._draw(asked, "", 1, 0, "")
    assert last[rosters.table].count('--share: 0.600"></i>600') == 2 and "Classes drawn" not in last[rosters.table]


def test_another_model_of_the_data_set_leaves_what_is_on_show(machine: Engine, tool: ContrastTool) -> None:
    lsgan = machine.entry("fashion-mnist/lsgan")
    kept = tool.follow(lsgan, {"model": "fashion-mnist/minimax"})
    assert tool.heading not in kept and kept[tool.controls.model]["value"] == lsgan.id
    assert tool.follow(lsgan, {"model": "toys/r3gan"})[tool.heading]["model"] == lsgan.id


@pytest.mark.parametrize(
    "wrong",
    [
        ({"model": "fashion-mnist/none"}, 2, 0, ""),
        ("nothing", 2, 0, ""),
        (ASKED, 0, 0, ""),
        (ASKED, 11, 0, ""),
        (ASKED, 2, -1, ""),
        (ASKED, 2, float("nan"), ""),
        (ASKED, 2, 0, "Hat"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_words(tool: ContrastTool, wrong: tuple) -> None:
    (answer,) = tool._draw(wrong[0], None, *wrong[1:])
    assert 'role="alert"' in answer[tool.state] and tool.table not in answer


def test_where_the_quality_was_not_measured_the_curve_stands_alone(machine: Engine, tool: ContrastTool) -> None:
    entry = machine.entry("fashion-mnist/minimax")
    rows = tuple({name: value for name, value in row.items() if name != "fid"} for row in entry.beside.curve)
    bare = replace(entry, beside=replace(entry.beside, curve=rows))
    quality, watched = charts([bare, machine.entry("fashion-mnist/lsgan")])
    assert [line["name"] for line in quality["legend"]] == ["LSGAN"] and len(watched["legend"]) == 2
    (alone,) = charts([bare])
    assert alone["title"] == "What each training can watch" and charts([replace(bare, beside=SideFiles())]) == []


def test_a_film_that_is_damaged_costs_its_screen_alone(machine: Engine, tool: ContrastTool) -> None:
    film = machine.entry("fashion-mnist/minimax").folder / "film.json"
    whole = film.read_text()
    film.write_text("{}")
    assert [shown["title"] for shown in tool._show(ASKED)[tool.learning]["films"]] == ["LSGAN", "WGAN-GP"]
    film.write_text(whole)
    assert tool._show({"model": 3}) == {tool.learning: {}}


def test_programs_are_told_what_is_known_of_each(machine: Engine) -> None:
    rows = GANEndpoints(machine).contrast("fashion-mnist", "Bag", 2, 5)
    assert [row["model"] for row in rows] == [f"fashion-mnist/{kind}" for kind in KINDS]
    assert all(
        len(row["pngs"]) == 2 and set(row["recognised"]) == {"Bag", "Sneaker"} and row["fid"] is None for row in rows
    )
    assert rows[2]["objective"] == "Wasserstein with gradient penalty"
    json.dumps(rows)
    with pytest.raises(gr.Error, match="There is no data set"):
        GANEndpoints(machine).contrast("fashion")
    with pytest.raises(gr.Error, match="Two GANs or more are needed"):
        GANEndpoints(machine).contrast("mnist")
    with pytest.raises(gr.Error, match="objectives, guidelines, failures"):
        GANEndpoints(machine).contrast("mnist", what="losses")


def test_programs_are_told_what_went_wrong(rosters: ContrastTool) -> None:
    rows = GANEndpoints(rosters.engine).contrast("fashion-mnist", None, 2, 0, "failures")
    assert [row["model"] for row in rows] == ROSTERS["failures"]
    assert all(len(row["distances"]) == 2 and 0 <= row["copied"] <= 2 and row["differs"] for row in rows)
    (first, _) = GANEndpoints(rosters.engine).contrast("stacked-mnist")
    assert (first["modes_drawn"], first["modes"], first["recognised"]) == (600, 1000, {})


def test_the_command_prints_and_saves_them(
    machine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["contrast", "fashion-mnist", "--root", str(machine.library.root), "--device", "cpu", "--seed", "3"]
    assert main([*words, "--class", "bag", "--count", "2", "--out", "all.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["MODEL", "FID", "PRECISION", "RECALL", "CLASSES", "MODES", "TELLS"]
    assert [line.split()[0] for line in lines[1:4]] == [f"fashion-mnist/{kind}" for kind in KINDS]
    assert read_note(Path("all.png").read_bytes())["seed"] == 3 and Image.open("all.png").width > 3 * 28
    assert main([*words, "--json"]) == 0
    assert [row["curve_tells"] for row in json.loads(capsys.readouterr().out)["models"]] == pytest.approx([1, 1, 1])
    assert main([*words, "--class", "Bg"]) == 2 and "Did you mean Bag?" in capsys.readouterr().err
    assert main(["contrast", "fashion", *words[2:]]) == 2 and "There is no data set" in capsys.readouterr().err
    assert main([*words, "--out", "all.gif"]) == 2 and ".png" in capsys.readouterr().err
