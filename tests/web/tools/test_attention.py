"""The tool Attention, without a browser."""

from pathlib import Path

import gradio as gr
import pytest
import torch

from generative.conditions import Caption
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.transformer.vq_transformer import VQTransformer
from generative.web.base.tool import Bench
from generative.web.tools.attention.tool import AttentionTool
from generative.web.widgets.easel.easel import picture_message
from tests.building import build


@pytest.fixture
def tool(tmp_path: Path) -> AttentionTool:
    """Of two models: one that is told classes, one that is told sentences."""
    torch.manual_seed(0)
    pixels = build("transformer", {"classes": ["a", "b"], "size": 8, "width": 8, "layers": 2, "hidden": 8, "run": 2})
    told = (Caption(("a", "hat", "red"), 5),)
    tokens = VQTransformer(VQTransformer.Config.tiny(told=told))
    weights.save(tmp_path / "toys" / "transformer", "transformer", pixels, {})
    weights.save(tmp_path / "toys" / "vq-transformer", "vq-transformer", tokens.eval(), {})
    engine = Engine(tmp_path, "cpu")
    with gr.Blocks(analytics_enabled=False):
        return AttentionTool(Bench.alone(engine, [*engine.entries.values()], "test"))


def value(marked: list[int] | None = None) -> dict:
    return {**picture_message(torch.rand(1, 8, 8), "Mine"), "marked": marked}


def said(tool: AttentionTool, **words: str) -> list[str]:
    """A value for each control of what models are told, in their order."""
    return [words.get("caption", "") if isinstance(c, gr.Textbox) else "" for c in tool.controls.told.controls]


def test_every_head_has_a_picture_and_no_answer_changes_what_is_asked(tool: AttentionTool) -> None:
    seen = tool._look("toys/transformer", value([5, 2]), "", *said(tool))
    assert seen[tool.heads].count("<img") == 2 * 4 and "Layer 2" in seen[tool.heads]
    assert "marked" not in seen[tool.easel] and "row 6, column 3" in seen[tool.facts]
    assert len(seen[tool.head]["choices"]) == 1 + 2 * 4 and "value" not in seen[tool.head]
    assert "The causal mask" in seen[tool.below] and "The positions" in seen[tool.below]
    assert "sentence" not in seen[tool.below]


def test_without_a_mark_it_looks_from_the_middle(tool: AttentionTool) -> None:
    assert tool._look("toys/transformer", value(), "", *said(tool))[tool.easel]["unless_marked"] == [4, 4]


def test_words_stand_in_a_table_and_what_was_never_learnt_is_named(tool: AttentionTool) -> None:
    seen = tool._look("toys/vq-transformer", value([0, 0]), "", *said(tool, caption="a purple hat"))
    assert '<th scope="col">hat</th>' in seen[tool.below] and "purple" not in seen[tool.below]
    assert "Never learnt, so ignored: purple." in seen[tool.facts]
    assert seen[tool.below].count('alt="Where “') == 3, "a picture for each word, and for what stands before them"


def test_what_is_wrong_stands_on_the_page(tool: AttentionTool) -> None:
    for id, picture in (("toys/none", value()), ("toys/transformer", {}), ("toys/transformer", value([99, 0]))):
        assert 'role="alert"' in tool._look(id, picture, "", *said(tool))[tool.facts]


def test_another_model_looks_at_the_same_picture(tool: AttentionTool) -> None:
    changed = tool.follow(tool.engine.entry("toys/vq-transformer"), value([5, 2]))
    assert "picture" not in changed[tool.easel] and "Layer 1" in changed[tool.heads]  # what is left out stays
    assert "row 5, column 1" in changed[tool.facts]


def test_the_cost_of_a_token_is_measured_on_the_page(tool: AttentionTool) -> None:
    shown = tool._measure("toys/transformer")
    assert "<gen-plot" in shown and "1024 tokens" in shown and shown.count("for twice the tokens") == 3
    assert 'role="alert"' in tool._measure("toys/none")
