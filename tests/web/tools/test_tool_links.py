"""What tools show without a run has an address too, which leads back to it."""

from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch
from PIL import Image

from generative.errors import InvalidOption, InvalidPicture
from generative.inference.engine.engine import Engine
from generative.inference.pictures.written import data_url, packed
from generative.inference.sources import seeded
from generative.library.entries import Entry
from generative.web.base.tool import Bench, Tool
from generative.web.sources.anchor import Source
from generative.web.sources.named import name_of, source_of
from generative.web.sources.picker import gallery
from generative.web.tools.arithmetic.formula_start import from_picture, from_seed
from generative.web.tools.arithmetic.tool import ArithmeticTool
from generative.web.tools.attention.tool import AttentionTool
from generative.web.tools.critic.tool import CriticTool
from generative.web.tools.explore.tool import ExploreTool
from generative.web.tools.interpolate.ends import ends_message
from generative.web.tools.interpolate.tool import InterpolateTool
from generative.web.tools.landscape.tool import LandscapeTool
from generative.web.tools.likelihood.tool import LikelihoodTool
from generative.web.tools.reconstruct.tool import ReconstructTool


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(device="cpu")


@pytest.fixture(scope="module")
def entry(engine: Engine) -> Entry:
    return engine.entry("avatars/vae")


def tool(kind: type[Tool], engine: Engine, entry: Entry) -> Any:
    with gr.Blocks(analytics_enabled=False):
        return kind(Bench(engine, [entry], entry, "tool", "test"))


def said(link: str) -> dict[str, str]:
    return dict(parse_qsl(link[link.index("?") + 1 :].split('"')[0].replace("&amp;", "&")))


def test_bundled_pictures_and_seeds_have_names_and_others_hold_the_picture(entry: Entry) -> None:
    images, names = gallery("avatars", 64)
    for index in (0, 7, 19):
        source = source_of(entry, name_of(entry, Source(names[index], picture=images[index])))
        assert torch.equal(source.picture, images[index]) and source.name == names[index]
    assert source_of(entry, "seed:7").seed == 7
    mine = images[0].flip(-1)
    assert torch.equal(source_of(entry, name_of(entry, Source("mine", picture=mine))).picture, mine)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("own", "too large for an address: give it again"),
        ("picture:", "is empty"),
        ("picture:AAAA", "cannot be read as a picture"),
        ("picture:é<script>", "not a picture in base64"),
        ("picture:" + packed(data_url(Image.new("RGB", (65, 65)))), "65"),
    ],
)
def test_a_picture_in_a_link_is_checked(entry: Entry, name: str, words: str) -> None:
    with pytest.raises((InvalidOption, InvalidPicture), match=words):
        source_of(entry, name)


def test_a_link_to_a_walk_draws_it_again(engine: Engine, entry: Entry) -> None:
    interpolate = tool(InterpolateTool, engine, entry)
    images, names = gallery("avatars", 64)
    ends = [Source("seed 3", seed=3), Source(names[4], picture=images[4])] * 2
    before = list(interpolate._draw(ends_message(entry, ends), "walk", "lerp", 5, None, 0.5))[-1]
    link = said(before[interpolate.facts])
    assert link == {
        "model": entry.id, "ends": "seed:3;example:avatar/4", "shape": "walk", "path": "lerp", "steps": "5",
        "spread": "0.5",
    }  # fmt: skip
    link.pop("model")
    told = interpolate.show(entry, interpolate.understood(entry, link))
    values = [told[c] for c in (interpolate.ends, interpolate.shape, interpolate.path)]
    spread = told[interpolate.anchor.spread]["value"]
    after = list(interpolate._draw(*values, told[interpolate.steps]["value"], None, spread))[-1]
    assert after[interpolate.sheet] == before[interpolate.sheet]


def test_a_walk_from_a_picture_that_is_too_large_for_an_address_says_so(engine: Engine, entry: Entry) -> None:
    interpolate = tool(InterpolateTool, engine, entry)
    ends = [Source("mine", picture=torch.rand(3, 64, 64))] * 4
    drawn = list(interpolate._draw(ends_message(entry, ends), "walk", "slerp", 3, None, 1))[-1]
    link = said(drawn[interpolate.facts])
    assert link["ends"] == "own"
    with pytest.raises(InvalidOption, match="give it again"):
        interpolate.understood(entry, link)


def test_a_link_to_a_sum_leads_to_its_start_formula_and_method(engine: Engine, entry: Entry) -> None:
    arithmetic = tool(ArithmeticTool, engine, entry)
    bar = {"model": entry.id, "formula": "+ 1.5 glasses: sun - 0.5 hair: none", "method": "difference"}
    images, names = gallery("avatars", 64)
    mine = from_picture(engine, entry, images[2].flip(-1), "The picture of the link")
    for begun in (from_seed(engine, entry, 7, 0.5), from_picture(engine, entry, images[2], names[2]), mine):
        start = arithmetic.attributes._begun(begun)[arithmetic.attributes.bar]["start"]
        drawn = arithmetic.attributes._redraw({**bar, "start": start})[arithmetic.attributes.equation]
        link = said(drawn["link"])
        link.pop("model")
        told = arithmetic.show(entry, arithmetic.understood(entry, link))
        heard = told[arithmetic.attributes.bar]
        assert heard["start"] == start and heard["method"] == "difference"
        assert heard["terms"] == [["glasses: sun", 1.5], ["hair: none", -0.5]]


def test_a_link_to_a_sum_of_sets_leads_to_them(engine: Engine, entry: Entry) -> None:
    arithmetic = tool(ArithmeticTool, engine, entry)
    triplet = arithmetic.triplet
    sets = [{"labels": ["glasses: sun", "hair colour: red"], "picked": []}, {"labels": ["glasses: none"], "picked": []}]
    drawn = triplet._redraw({"model": entry.id, "sets": [*sets, {"labels": [], "picked": [3, 7]}]})
    link = said(drawn["link"])
    assert link.pop("model") == entry.id
    assert link == {"a": "glasses: sun;hair colour: red", "b": "glasses: none", "c": "picked:3;7"}
    told = arithmetic.show(entry, arithmetic.understood(entry, link))
    heard = told[triplet.triplet]
    assert heard["sets"] == drawn["for"] and heard["result"] == drawn["result"]
    assert told[arithmetic.way] == "A − B + C"
    for wrong, words in (({"c": "wings"}, "wings"), ({"c": "picked:x"}, "whole number"), ({"b": ""}, "nothing of B")):
        with pytest.raises(InvalidOption, match=words):
            arithmetic.understood(entry, {**link, **wrong})


def test_a_link_to_a_place_of_the_map_leads_to_its_latent(engine: Engine, entry: Entry) -> None:
    explore = tool(ExploreTool, engine, entry)
    latent = seeded(engine, entry, 5)[0]
    shown = explore._picture(entry, latent, "seed 5")
    link = said(shown["link"])
    assert torch.equal(explore.understood(entry, link), latent)
    assert explore.show(entry, latent)[explore.map]["picture"] == shown["picture"]


@pytest.mark.parametrize(
    ("kind", "id", "part"),
    [
        (LikelihoodTool, "fashion-mnist/vae", "verdict"),
        (LandscapeTool, "fashion-mnist/equilibrium", "verdict"),
    ],
)
def test_a_link_to_a_bundled_picture_brings_it(engine: Engine, kind: type[Tool], id: str, part: str) -> None:
    entry = engine.entry(id)
    looking = tool(kind, engine, entry)
    images, names = gallery("fashion-mnist", 28)
    before = looking._bring(entry, images[[13]], [names[13]])
    link = said(before[getattr(looking, part)].split("<made-link")[1])
    assert link == {"model": id, "of": "example:Dress/1"}
    after = looking.show(entry, looking.understood(entry, link))
    assert after[looking.easel]["picture"] == before[looking.easel]["picture"]
    mine = looking._bring(entry, images[[13]].flip(-1), [names[13]])
    link = said(mine[getattr(looking, part)].split("<made-link")[1])
    after = looking.show(entry, looking.understood(entry, link))
    assert after[looking.easel]["picture"] == mine[looking.easel]["picture"]
    with pytest.raises(InvalidOption, match="A picture is named example:CLASS/0"):
        looking.understood(entry, {"of": "seed:3"})


def test_a_link_to_a_reconstruction_says_its_picture(engine: Engine, entry: Entry) -> None:
    looking = tool(ReconstructTool, engine, entry)
    images, names = gallery("avatars", 64)
    brought = looking._bring(entry, images[[3]], [names[3]])
    drawn = looking._rebuild(brought[looking.heading], brought[looking.easel], 0.25, 5)
    link = said(drawn[looking.facts].split("<made-link")[1])
    assert link == {"model": entry.id, "of": "example:avatar/3", "noise": "0.25", "seed": "5"}
    told = looking.show(entry, looking.understood(entry, link))
    assert told[looking.easel]["picture"] == brought[looking.easel]["picture"]
    assert (told[looking.noise], told[looking.seed]) == (0.25, 5)


def test_a_link_to_a_likelihood_says_as_which_class(engine: Engine) -> None:
    entry = engine.entry("fashion-mnist/vae")
    looking = tool(LikelihoodTool, engine, entry)
    images, names = gallery("fashion-mnist", 28)
    (control,) = looking.controls.told.controls
    before = looking._measure(entry.id, looking._bring(entry, images[[13]], [names[13]])[looking.easel], "Bag")
    link = said(before[looking.verdict].split("<made-link")[1])
    assert link == {"model": entry.id, "of": "example:Dress/1", "class": "Bag"}
    after = looking.show(entry, looking.understood(entry, link))
    assert after[looking.verdict] == before[looking.verdict] and after[control] == "Bag"
    for wrong, words in (({"class": "Hat"}, "no class"), ({"of": "seed:3"}, "A picture is named")):
        with pytest.raises(InvalidOption, match=words):
            looking.understood(entry, {**link, **wrong})
    with pytest.raises(InvalidOption, match="which picture"):
        looking.understood(entry, {"class": "Bag"})


def test_a_link_to_attention_says_place_head_and_what_is_told(engine: Engine) -> None:
    entry = engine.entry("fashion-mnist/transformer")
    looking = tool(AttentionTool, engine, entry)
    images, names = gallery("fashion-mnist", 28)
    brought = looking._bring(entry, images[[13]], [names[13]])
    assert said(brought[looking.facts].split("<made-link")[1])["class"] == "Dress"
    at = {**brought[looking.easel], "marked": [0, 9]}
    for head, class_ in (("2.3", "Bag"), ("", "")):
        before = looking._look(entry.id, at, head, class_)
        link = said(before[looking.facts].split("<made-link")[1])
        where = {"model": entry.id, "of": "example:Dress/1", "row": "0", "column": "9"}
        assert link == {**where, **({"layer": "2", "head": "3", "class": "Bag"} if head else {})}
        after = looking.show(entry, looking.understood(entry, link))
        (control,) = looking.controls.told.controls
        assert after[looking.heads] == before[looking.heads] and after[looking.below] == before[looking.below]
        assert after[looking.easel]["overlay"] == before[looking.easel]["overlay"]
        assert after[looking.head]["value"] == head and after[control] == class_
    away = looking.show(entry, looking.understood(entry, {**link, "layer": "900", "head": "1"}))
    assert "the mean of all" in away[looking.facts] and away[looking.head]["value"] == ""
    for wrong, words in (
        ({"row": "28"}, "row must be"),
        ({"layer": "0", "head": "1"}, "layer"),
        ({"head": "1"}, "A p"),
    ):
        with pytest.raises(InvalidOption, match=words):
            looking.understood(entry, {**link, **wrong})


def test_a_link_to_a_landscape_says_its_ends_and_as_which_class(engine: Engine) -> None:
    entry = engine.entry("fashion-mnist/equilibrium")
    looking = tool(LandscapeTool, engine, entry)
    images, names = gallery("fashion-mnist", 28)
    (control,) = looking.controls.told.controls
    easel = looking._bring(entry, images[[13]], [names[13]])[looking.easel]
    before = looking._survey(entry.id, easel, 0, 16, "Bag")
    link = said(before[looking.verdict].split("<made-link")[1])
    assert (link["of"], link["b"], link["class"]) == ("example:Dress/1", "example:T-shirt/top/0", "Bag")
    after = looking.show(entry, looking.understood(entry, link))
    assert [after[end] for end in looking.ends] == [0, 16] and after[control] == "Bag"
    assert after[looking.slices] == before[looking.slices] and after[looking.verdict] == before[looking.verdict]
    with pytest.raises(InvalidOption, match="B and C are bundled"):
        looking.understood(entry, {**link, "b": "seed:3"})


def test_a_link_to_forgeries_says_their_seed_order_and_the_picture_that_is_judged(engine: Engine) -> None:
    entry = engine.entry("fashion-mnist/dcgan")
    critic = tool(CriticTool, engine, entry)
    asked = {"model": entry.id}
    assert said(critic._tell(asked, 7, 1, False, "")) == {"model": entry.id, "seed": "7"}
    assert critic._tell(asked, -3, 1, False, "") == ""
    images, names = gallery("fashion-mnist", 28)
    for picture, name in ((images[13], names[13]), (images[13].flip(-1), "mine.png")):
        before = critic._bring(entry, picture[None], [name])
        link = said(critic._tell(asked, 7, 0.5, True, before[critic.asked]))
        after = critic.show(entry, critic.understood(entry, link))
        assert (after[critic.seed], after[critic.spread]["value"], after[critic.ranked]) == (7, 0.5, True)
        assert after[critic.asked] == before[critic.asked] and after[critic.own].split(" alt")[0] in before[critic.own]
    with pytest.raises(InvalidOption, match="A picture is named example:CLASS/0"):
        critic.understood(entry, {"of": "seed:3"})
