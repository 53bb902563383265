"""Controls that are drawn from what fields say of themselves."""

from dataclasses import dataclass

import gradio as gr
import pytest

from generative.conditions import Attributes, Caption, Class
from generative.fields import Choice, Integer, Number
from generative.web.base.forms import Form

FACES = Attributes((("glasses", ("none", "sun")), ("hair colour", ("red", "grey"))))
SAMPLER = Choice("sampler", "Sampler", "How.", choices=("ddpm", "ddim"))
ETA = Number("eta", "Eta", "Noise.", when=("sampler", "ddim"))
STEPS = Integer("steps", "Steps", "How many.", more=True, low=1, high=9)


def form(*fields, **plain) -> Form:
    with gr.Blocks(analytics_enabled=False):
        return Form(fields, plain, "test")


@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        (Class(("a", "b", "c", "d")), [gr.Dropdown]),
        (FACES, [gr.Dropdown] * 2),
        (Caption(("red", "hair")), [gr.Textbox]),
    ],
)
def test_each_shape_has_its_controls_and_begins_with_any(condition, kinds) -> None:
    drawn = form(condition)
    assert [type(control) for control in drawn.controls] == kinds
    assert all(control.interactive for control in drawn.controls)
    said = drawn.said({control: control.value for control in drawn.controls})
    assert condition.read(said[condition.name]) is None


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Class(("a", "b", "c", "d")), "b"),
        (FACES, (("hair colour", "grey"),)),
        (Caption(("red", "hair")), "red hair"),
    ],
)
def test_what_is_shown_is_what_is_said(condition, told) -> None:
    drawn = form(condition)
    shown = drawn.shown({condition.name: condition.plain(told)})
    assert condition.read(drawn.said(shown)[condition.name]) == told
    assert condition.read(drawn.said(drawn.shown({}))[condition.name]) is None


def test_a_field_is_hidden_while_it_would_do_nothing() -> None:
    drawn = form(SAMPLER, ETA, STEPS, sampler="ddpm", eta=0.0, steps=3)
    eta = drawn.asked["eta"].controls[""]
    assert not eta.visible and eta.info.endswith("Default: 0.0.")
    assert form(SAMPLER, ETA, sampler="ddim", eta=0.0).asked["eta"].controls[""].visible


def test_what_is_more_is_folded_away() -> None:
    drawn = form(SAMPLER, STEPS, sampler="ddpm", steps=3)
    steps = drawn.asked["steps"].controls[""]
    assert isinstance(steps.parent.parent, gr.Accordion) and not steps.parent.parent.open
    assert (steps.minimum, steps.maximum, steps.value) == (1, 9, 3)


@dataclass(frozen=True)
class Other(Class):
    """A condition that nothing knows of."""


def test_a_field_that_is_new_needs_no_word_here() -> None:
    drawn = form(Other(("x",), name="mood", title="Mood"))
    assert drawn.asked["mood"].controls[""].label == "Mood"


def test_under_a_sentence_stands_what_of_it_is_heard_and_others_can_be_taken() -> None:
    condition = Caption(("hair", "red"), examples=("red hair", "hair"))
    with gr.Blocks(analytics_enabled=False) as page:
        (box,) = Form([condition], {}, "test").controls
    assert box.placeholder == "red hair"
    parts = {block.elem_id: block for block in page.blocks.values() if getattr(block, "elem_id", None)}
    assert "up to the seed" in parts["test-caption-hint"].value
    assert parts["test-caption-examples"].samples == [["red hair"], ["hair"]]
