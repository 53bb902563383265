"""Where words look, at every door but a browser's: the tool, the command, the endpoint, the pictures."""

import json
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
import torch

from generative.__main__ import main
from generative.answers import Listening
from generative.conditions import Caption
from generative.inference.engine.engine import Engine
from generative.inference.pictures.words import lit, parts
from generative.library import weights
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.web.api.words import WordEndpoints
from generative.web.base.controls import ModelChoice
from generative.web.base.tool import Bench
from generative.web.tools.words.tool import WordsTool
from generative.web.tools.words.views import changed


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is told a few words and has learnt nothing."""
    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    told = (Caption(("a", "hat", "red"), 5),)
    config = LatentDiffusion.Config.tiny(told=told, image_channels=3, options={"num_inference_steps": 3})
    weights.save(folder / "toys" / "latent-diffusion", "latent-diffusion", LatentDiffusion(config).eval(), {})
    return folder


@pytest.fixture
def tool(root: Path) -> WordsTool:
    engine = Engine(root, "cpu")
    with gr.Blocks(analytics_enabled=False):
        return WordsTool(Bench.alone(engine, [*engine.entries.values()], "test"))


def test_every_word_has_a_picture_for_each_part_of_the_way_and_each_layer(tool: WordsTool) -> None:
    *_, seen = tool._show("toys/latent-diffusion", "", 3, "a purple hat")
    assert seen[tool.looks].count("<img") == 3 * (4 + 1), "no word, a, hat; one layer, in the middle"
    assert ">hat <small" in seen[tool.looks] and "purple" not in seen[tool.looks]
    assert "Never learnt, so ignored: purple." in seen[tool.state]
    assert seen[tool.pictures].count("<img") == 1


def test_another_sentence_is_drawn_on_the_same_noise_beside_what_it_changed(tool: WordsTool) -> None:
    *_, first, seen = tool._show("toys/latent-diffusion", "a red hat", 3, "a hat")
    assert seen[tool.pictures].count("<img") == 3 + 5 and "a <b>red</b> hat" in seen[tool.pictures]
    assert all(f"<figcaption>{share} %" in seen[tool.pictures] for share in (0, 25, 100))
    assert "generative between" in first[tool.state], "the code makes the way as well"
    request = tool.engine.request("bridges", "toys/latent-diffusion", seed=3, condition="a hat", other="red")
    assert tool.recall(request)[tool.other] == "red"
    assert changed("a hat", "<i> hat") == "<b>&lt;i&gt;</b> hat"


def test_it_opens_with_an_example_whose_words_are_all_known(root: Path) -> None:
    engine = Engine(root, "cpu")
    entry = engine.entry("toys/latent-diffusion")
    told = tuple(replace(caption, examples=("a red hat",)) for caption in entry.told)
    with gr.Blocks(analytics_enabled=False) as page:
        ModelChoice(Bench.alone(engine, [replace(entry, told=told)], "test"), example=True)
    values = [block.value for block in page.blocks.values() if isinstance(block, gr.Textbox | gr.HTML)]
    assert "a red hat" in values and "Every word is known." in values


def test_what_is_wrong_stands_on_the_page(tool: WordsTool) -> None:
    *_, seen = tool._show("toys/nothing", "", 3, "a hat")
    assert "toys/nothing" in seen[tool.state]
    *_, seen = tool._show("toys/latent-diffusion", "", 3, "hat " * 1000)
    assert "at most 2000 characters" in seen[tool.state]


def test_without_a_sentence_all_is_heard_of_no_word(tool: WordsTool) -> None:
    *_, seen = tool._show("toys/latent-diffusion", "", 3, "")
    assert "No sentence" in seen[tool.pictures] and "(no word) <small" in seen[tool.looks]


def test_programs_are_told_where_words_look(root: Path) -> None:
    heard = WordEndpoints(Engine(root, "cpu")).listen("toys/latent-diffusion", "a purple hat", 3)
    assert [word["word"] for word in heard["words"]] == ["(no word)", "a", "hat"]
    assert sum(word["share"] for word in heard["words"]) == pytest.approx(1, abs=1e-4)
    assert heard["notes"] == "Never learnt, so ignored: purple." and len(heard["t"]) == 3 and heard["png"]
    assert len(heard["words"][0]["shares"]) == len(heard["layers"]) == 1
    json.dumps(heard)


def test_programs_and_the_command_line_draw_what_lies_between_two_sentences(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    *_, last = WordEndpoints(Engine(root, "cpu")).between("toys/latent-diffusion", "a hat", "red", 3, 1)
    assert last["shares"] == [0, 0.5, 1] and len(last["images"]) == 3 and last["png"]
    out = tmp_path / "between.png"
    words = ["between", "toys/latent-diffusion", "--root", str(root), "--caption", "red", "--other", "a purple hat"]
    assert main([*words, "--count", "3", "--out", str(out)]) == 0
    assert out.exists() and str(out) in capsys.readouterr().out
    assert main([*words[:-1], "  "]) == 2 and "Say what else to draw" in capsys.readouterr().err


def test_the_command_line_tells_and_saves_it(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "words.png"
    words = ["listen", "toys/latent-diffusion", "--root", str(root), "--caption", "a purple hat", "--out", str(out)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "LOOKS MOST AT" in said and "hat" in said and "ignored: purple" in said and out.exists()
    assert main([*words, "--json"]) == 0
    assert [row["word"] for row in json.loads(capsys.readouterr().out)["words"]] == ["(no word)", "a", "hat"]


def test_a_picture_is_brightest_where_its_word_is_heard_most_and_thirds_follow_the_way() -> None:
    shares = torch.zeros(6, 1, 2, 4, 4)
    shares[:2, :, 0, 0, 0], shares[2:, :, 0, 3, 3] = 1, 1
    shares[:, :, 1] = 1 - shares[:, :, 0]
    heard = Listening(torch.ones(3, 8, 8), ("(no word)", "hat"), shares, tuple(range(6)), (4,))
    whole, early, middle, late = parts(heard)
    assert early[0, 0, 0] == 1 and not early[0, 3, 3] and middle[0, 3, 3] == late[0, 3, 3] == 1
    assert whole[0, 0, 0] == pytest.approx(1 / 3)
    light = lit(heard.image, late)[0].sum(0)
    assert int(light.argmax()) in (8 * 6 + 6, 8 * 6 + 7, 8 * 7 + 6, 8 * 7 + 7)
