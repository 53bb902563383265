"""The tool Write, without a browser."""

import base64
from pathlib import Path

import gradio as gr
import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.tools.write.tool import WriteTool
from tests.building import build

ID = "avatars/language"


@pytest.fixture
def tool(tmp_path: Path) -> WriteTool:
    torch.manual_seed(0)
    language = build("language", {"length": 20, "width": 8, "heads": 2, "layers": 3})
    weights.save(tmp_path / ID, "language", language, {}, "avatars")
    engine = Engine(tmp_path, "cpu")
    with gr.Blocks(analytics_enabled=False):
        return WriteTool(Bench.alone(engine, [*engine.entries.values()], "test"))


def test_a_beginning_is_gone_on_with_and_what_can_come_is_told(tool: WriteTool) -> None:
    made = tool._write(ID, "A bun", 3, 7, 1.0, 30, 1.0)
    rows = made[tool.texts]["texts"]
    assert [row["seed"] for row in rows] == [7, 8, 9] and all(row["begun"] == 5 for row in rows)
    assert "".join(character for character, _ in rows[0]["characters"]).startswith("a bun")
    count = len(rows[0]["characters"])
    assert made[tool.texts]["layers"] == 3 and len(base64.b64decode(made[tool.texts]["attention"])) == 3 * count**2
    assert "What can come after “a bun”" in made[tool.next] and made[tool.next].count("<tr><th") == 12
    assert "--text=&#x27;A bun&#x27;" in made[tool.next] or "A bun" in made[tool.next]


def test_options_bend_what_is_drawn_and_not_what_the_model_says(tool: WriteTool) -> None:
    made = tool._write(ID, "", 1, 0, 1.0, 1, 1.0)
    assert "What a text can begin with" in made[tool.next] and made[tool.next].count("<td>100.0%</td>") == 1


@pytest.mark.parametrize(
    ("text", "words"), [("ü", "never saw"), ("a" * 21, "up to 20 characters"), (3, "must be words")]
)
def test_what_is_wrong_stands_on_the_page(tool: WriteTool, text: object, words: str) -> None:
    made = tool._write(ID, text, 1, 0, 1.0, 30, 1.0)
    assert words in made[tool.state] and 'role="alert"' in made[tool.state]


def test_a_link_brings_all_of_it_back(tool: WriteTool) -> None:
    request = tool.engine.request("writes", ID, seed=4, count=2, text="a b", options={"top_k": 3})
    again, _ = tool.engine.follow(
        {"ability": "writes", "model": ID, "text": "a b", "seed": "4", "count": "2", "top_k": "3"}
    )
    assert again.plain() == request.plain()
    back = tool.recall(request)
    assert (back[tool.text], back[tool.count], back[tool.seed]) == ("a b", 2, 4)
    assert 3 in [back[control] for control in tool.options.controls]
