"""Where links lead, whatever stands in them."""

import random

import gradio as gr
import pytest

from generative.families import GENERATIVE
from generative.inference.engine.engine import Engine
from generative.web.base.visit import Visit
from generative.web.page.arrivals import TABS, Arrivals

WORDS = ("tab", "tool", "model", "data", "ability", "seed", "count", "class", "images", "mask", "steps", "options",
         "ends", "shape", "path", "spread", "of", "formula", "method", "latent", "models", "a", "b", "c", "class",
         "too_long")  # fmt: skip
VALUES = (
    *TABS, *GENERATIVE, "samples", "explore", "completes", "samplers", "fashion-mnist/vae", "avatars/dcgan",
    "fashion-mnist/classifier", "avatars", "", "0", "-1", "1e9", "nan", "Sneaker", "example:Bag/0", "lower", "[", "{}",
    "seed:3;seed:4", "example:avatar/2", "grid", "+ 1 glasses: sun", "AACAPwAAgD8=", "explore",
    "arithmetic", "interpolate", "[[[[", "<script>alert(1)</script>", "../../etc/passwd",
    "own", "picture:iVBORw0KGgo", "picked:1;2", "glasses: sun", "\x00", "é" * 300, "+1" * 50_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def arrivals() -> Arrivals:
    with gr.Blocks():
        visit, where = gr.State(), gr.Radio(["fashion-mnist", "avatars"])
        return Arrivals(Engine(device="cpu"), visit, gr.Tabs(), where, gr.HTML())


def go(arrivals: Arrivals, **query: str) -> tuple[Visit, str | None, str]:
    """The visit, the tab that is opened, and what is told."""
    updates = arrivals._go(Visit("fashion-mnist"), query)
    tabs = updates.get(arrivals.tabs)
    return updates[arrivals.visit], tabs.selected if tabs else None, updates[arrivals.problem]


@pytest.mark.parametrize(
    ("query", "tab", "tool", "words"),
    [
        ({"tab": "guide"}, "guide", None, ""),
        ({"tab": "gans", "tool": "explore"}, "gans", "explore", ""),
        ({"tab": "gans", "tool": "samples", "model": "avatars/dcgan"}, "gans", "samples", ""),
        ({"model": "fashion-mnist/vae", "seed": "3", "count": "2"}, "autoencoders", "samples", ""),
        (
            {"tool": "interpolate", "model": "avatars/vae", "ends": "seed:3;example:avatar/2", "steps": "5"},
            "autoencoders",
            "interpolate",
            "",
        ),
        ({"tool": "arithmetic", "model": "avatars/vae", "of": "seed:3"}, "autoencoders", "arithmetic", ""),
        ({"tool": "explore", "model": "avatars/vae", "latent": "AACAPwAAgD8="}, "autoencoders", "explore", ""),
        ({"tab": "compare", "models": "avatars/vae,avatars/dcgan", "seed": "3", "count": "2"}, "compare", None, ""),
        ({"tab": "compare", "models": "avatars/vae,fashion-mnist/vae"}, "compare", None, "on one data set"),
        ({"tab": "compare", "models": "avatars/vae"}, "compare", None, "Choose two to 4 models"),
        ({"tool": "arithmetic", "model": "avatars/vae", "too_long": ""}, "autoencoders", "arithmetic", "32,000"),
        ({"tool": "arithmetic", "model": "avatars/vae", "of": "own"}, "autoencoders", "arithmetic", "give it again"),
        ({"tool": "arithmetic", "model": "avatars/vae", "a": "x"}, "autoencoders", "arithmetic", "nothing of B and C"),
        ({"tool": "contrast", "model": "fashion-mnist/lsgan", "class": "Hat"}, "gans", "contrast", "no class"),
        ({"tab": "nowhere"}, None, None, "tab must be one of"),
        (
            {"tool": "interpolate", "model": "avatars/vae", "ends": "seed:3"},
            "autoencoders",
            "interpolate",
            "A walk has 2 ends, not 1",
        ),
        (
            {"tool": "interpolate", "model": "avatars/vae", "ends": "cat;seed:1"},
            "autoencoders",
            "interpolate",
            "A start is named seed:7",
        ),
        (
            {"tool": "arithmetic", "model": "avatars/vae", "formula": "+ 1 wings"},
            "autoencoders",
            "arithmetic",
            "wings",
        ),
        ({"tool": "explore", "model": "avatars/vae", "latent": "AAAA"}, "autoencoders", "explore", "damaged"),
        ({"tab": "gans", "tool": "explore", "model": "fashion-mnist/nothing"}, "gans", None, "no model"),
        ({"tab": "gans", "tool": "explode", "model": "avatars/dcgan"}, "gans", "samples", "tool must be one of"),
        ({"tool": "completes", "model": "avatars/vae"}, "autoencoders", "samples", "tool must be one of"),
        ({"tool": "explore", "model": "avatars/vae", "seed": "-3"}, "autoencoders", "explore", "seed must be"),
    ],
)
def test_a_link_leads_to_its_place_or_near_it_with_a_word(arrivals, query, tab, tool, words):
    visit, opened, told = go(arrivals, **query)
    assert (opened, visit.errand and visit.errand.tool) == (tab, tool)
    assert words.casefold() in told.casefold() and bool(words) == bool(told)


def test_a_data_set_comes_along(arrivals):
    assert go(arrivals, tab="guide", data="avatars")[0].dataset == "avatars"
    assert go(arrivals, tab="guide", data="nothing")[0].dataset == "fashion-mnist"


def test_whatever_stands_in_a_link_the_page_opens(arrivals):
    dice = random.Random(25)
    for _ in range(400):
        query = {word: dice.choice(VALUES) for word in dice.sample(WORDS, dice.randint(0, 6))}
        visit, tab, told = go(arrivals, **query)
        assert isinstance(visit, Visit) and (tab is None or tab in (*TABS, *GENERATIVE)), query
        assert "<script" not in told and len(told) < 2000, query
