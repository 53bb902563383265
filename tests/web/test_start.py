"""Start: films and links that lead somewhere, and nothing that runs before somebody asks."""

from pathlib import Path
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from PIL import Image

from generative.__main__ import main
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.base.visit import Visit
from generative.web.page import page
from generative.web.page.arrivals import Arrivals
from generative.web.rooms.family import emphasised
from generative.web.rooms.start import films
from generative.web.rooms.start.experiments import EXPERIMENTS
from generative.web.rooms.start.start import StartTab, there
from generative.web.widgets.modules import place
from tests.building import build

VAE = {"size": 8, "image_channels": 3, "channels": 2, "hidden": 4, "latent": 3}
DDPM = {"size": 8, "channels": [16, 16], "layers_per_block": 1, "attention": [False, False]}


@pytest.fixture(scope="module")
def committed() -> Engine:
    return Engine(device="cpu")


@pytest.fixture
def arrivals(committed: Engine) -> Arrivals:
    with gr.Blocks(analytics_enabled=False):
        return Arrivals(committed, gr.State(), gr.Tabs(), gr.Radio(), gr.HTML())


def test_every_family_that_draws_has_a_film_of_a_model_that_is_here(committed: Engine) -> None:
    recorded = films.read()
    usable = {entry.id: entry for entry in committed.usable()}
    assert {usable[film.model].family for film in recorded.values()} == {entry.family for entry in usable.values()}
    size = sum((films.FOLDER / f"{family}.webp").stat().st_size for family in recorded)
    assert size <= 1_500_000
    for family, film in recorded.items():
        with Image.open(films.FOLDER / f"{family}.webp") as reel:
            assert reel.width % film.moments == 0 and film.moments >= 8
        assert place(f"rooms/start/recorded/{family}.webp").endswith(".webp")


def test_words_are_emphasised_and_nothing_else_is_html() -> None:
    assert emphasised("**a** <b> *c*") == "<b>a</b> &lt;b&gt; <i>c</i>"


def test_nothing_runs_until_somebody_asks(committed: Engine) -> None:
    machine = Engine(device="cpu")
    assert isinstance(page.build(machine), gr.Blocks)
    assert not machine._models


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.title)
def test_an_experiment_leads_to_its_tool_and_its_run(experiment, committed: Engine, arrivals: Arrivals) -> None:
    assert experiment in there(committed.usable())
    changed = arrivals._go(Visit(), dict(parse_qsl(experiment.link[1:])))
    errand = changed[arrivals.visit].errand
    assert (errand.entry.id, errand.tool) == (experiment.model, experiment.tool)
    assert (errand.request is not None) == bool(experiment.run) and changed[arrivals.problem] == ""


def test_a_link_to_no_model_is_told_in_words(arrivals: Arrivals) -> None:
    changed = arrivals._go(Visit(), {"model": "fashion-mnist/nothing", "tool": "samples"})
    assert "This link cannot be followed" in changed[arrivals.problem] and "no model" in changed[arrivals.problem]
    assert changed[arrivals.visit] == Visit() == arrivals._go(Visit(), {})[arrivals.visit]


@pytest.mark.parametrize(
    ("kind", "tool", "words"), [("vae", "critic", "tool must be one of"), ("ae", "scores", "cannot")]
)
def test_a_link_that_is_partly_wrong_opens_its_model_with_a_word(
    arrivals: Arrivals, kind: str, tool: str, words: str
) -> None:
    changed = arrivals._go(Visit(), {"model": f"fashion-mnist/{kind}", "tool": tool})
    assert words in changed[arrivals.problem]
    assert changed[arrivals.visit].errand.entry.id == f"fashion-mnist/{kind}"


def test_films_are_recorded_by_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights.save(tmp_path / "toys" / "vae", "vae", build("vae", VAE), {})
    weights.save(tmp_path / "toys" / "ddpm", "ddpm", build("ddpm", {**DDPM, "classes": ["a", "b"]}), {})
    out = tmp_path / "films"
    assert main(["record", "--root", str(tmp_path), "--out", str(out), "--device", "cpu"]) == 0
    told = capsys.readouterr().out
    assert "autoencoders: toys/vae, 24 moments" in told and "diffusion: toys/ddpm, 20 moments" in told
    recorded = films.read(out)
    assert recorded["autoencoders"].walks and not recorded["diffusion"].walks
    with Image.open(out / "autoencoders.webp") as reel:
        assert reel.size == (24 * 28, 28)


def test_a_page_without_models_has_a_start_too(tmp_path: Path) -> None:
    followed = []
    with gr.Blocks(analytics_enabled=False):
        StartTab(Engine(tmp_path, "cpu"), followed.append)
    assert "generative train" in followed[0].value and "film" not in followed[0].value
