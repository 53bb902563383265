"""Transformers in a real browser: a click on a place, a head's picture, sentences, scales, and text."""

from collections.abc import Iterator

import pytest
import torch

from generative.data.known import dataset
from generative.library import weights
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.transformer.var import VAR
from generative.models.transformer.vq_transformer import VQTransformer
from tests.building import build


@pytest.fixture(scope="module")
def url(show, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of small models that have learnt nothing, one for each data set."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    classes = list(dataset("fashion-mnist").classes)
    pixels = build("transformer", {"classes": classes, "width": 8, "heads": 2, "layers": 2, "hidden": 8})
    weights.save(root / "fashion-mnist" / "transformer", "transformer", pixels, {}, "fashion-mnist")
    looks = {"size": 64, "image_channels": 3, "channels": 2, "grid": 8, "codes": 9, "dims": 2}
    told = tuple(c for c in dataset("avatars").labelled if c.kind == "caption")
    config = VQTransformer.Config(told=told, width=8, heads=2, layers=2, text_layers=1, **looks)
    weights.save(root / "avatars" / "vq-transformer", "vq-transformer", VQTransformer(config).eval(), {}, "avatars")
    weights.save(root / "avatars" / "vqvae", "vqvae", VQVAE(VQVAE.Config(**looks)).eval(), {}, "avatars")
    own = {name: value for name, value in looks.items() if name != "codes"}
    var = VAR(VAR.Config(told=told, width=8, heads=2, layers=2, text_layers=1, codes=9, **own)).eval()
    weights.save(root / "avatars" / "var", "var", var, {}, "avatars")
    language = build("language", {"size": 64, "image_channels": 3, "width": 8, "heads": 2, "layers": 2, "length": 40})
    weights.save(root / "avatars" / "language", "language", language, {}, "avatars")
    with show(root) as url:
        yield url


def test_a_click_shows_what_every_head_looks_at(open_page, url):
    page = open_page(url)
    page.get_by_role("tab", name="Transformers", exact=True).click()
    page.get_by_role("tab", name="Attention", exact=True).click()
    heads = page.locator("#transformer-attends-heads img")
    heads.nth(3).wait_for()
    first = heads.nth(0).get_attribute("src")
    assert "row 15, column 13" in page.locator("#transformer-attends-facts").inner_text()
    page.locator("#transformer-attends-easel [data-part=board]").click(position={"x": 30, "y": 200})
    page.wait_for_function("s => document.querySelector('#transformer-attends-heads img').src !== s", arg=first)
    assert "row 15, column 13" not in page.locator("#transformer-attends-facts").inner_text()
    assert page.locator("#transformer-attends-below img").count() == 4


def test_a_sentence_is_taken_or_typed_and_draws_in_an_order(open_page, url):
    page = open_page(f"{url}/?model=avatars/vq-transformer&tool=samples")
    hint, box = page.locator("#transformer-caption-hint"), page.locator("#transformer-caption textarea")
    hint.get_by_text("up to the seed").wait_for()
    page.locator("#transformer-caption-examples button").first.click()
    hint.get_by_text("Every word is known").wait_for()
    box.fill("a purple hat and sunglasses")
    hint.get_by_text("Never learnt, so ignored: purple.").wait_for()
    page.locator("#transformer-generate").click()
    page.locator("#transformer-facts").get_by_text("Fits the sentence best").wait_for()
    assert "bits" in page.locator("#transformer-stage .caption .name").first.inner_text()


def test_a_picture_is_drawn_a_scale_at_a_time(open_page, url):
    page = open_page(f"{url}/?model=avatars/var&tool=samples")
    page.locator("#transformer-generate").click()
    page.locator("#transformer-stage").get_by_text("4 / 4 · 8×8 tokens").wait_for()
    assert "8 an image" in page.locator("#transformer-facts").inner_text()


def test_a_text_goes_on_as_it_is_typed_and_says_what_it_looked_back_at(open_page, url):
    page = open_page(f"{url}/?model=avatars/language&tool=writes")
    texts, said = (
        page.locator("#transformer-writes-texts figure"),
        page.locator("#transformer-writes-texts [role=status]"),
    )
    texts.nth(3).wait_for()
    page.locator("#transformer-writes-text textarea").fill("a bun")
    page.locator("#transformer-writes-next").get_by_text("What can come after “a bun”").wait_for()
    page.wait_for_function(
        "() => document.querySelector('#transformer-writes-texts .text').textContent.startsWith('a bun')"
    )
    assert page.locator("#transformer-writes-next tbody tr").count() == 12
    texts.first.locator("span").nth(3).click()
    said.get_by_text("“u” cost").wait_for()
    page.get_by_label("Layer").select_option("1")
    page.get_by_label("Character of the first text").press("ArrowLeft")
    said.get_by_text("“b” cost").wait_for()
    assert page.locator("#transformer-writes-texts .line .here").inner_text() == "b"
    page.locator("#transformer-writes-text textarea").fill("Über")
    page.locator("#transformer-writes-state").get_by_text("never saw").wait_for()
