"""Words in a real browser: a sentence drawn, its words lit, and the way to another sentence on the same noise."""

from collections.abc import Iterator

import pytest
import torch

from generative.data.known import dataset
from generative.library import weights
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder
from generative.models.diffusion.latent_diffusion import LatentDiffusion

LOOKS = {"size": 32, "image_channels": 3}


@pytest.fixture(scope="module")
def url(show, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of a small model that has learnt nothing."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    told = tuple(c for c in dataset("avatars").labelled if c.kind == "caption")
    config = LatentDiffusion.Config.tiny(told=told, options={"num_inference_steps": 3}, **LOOKS)
    weights.save(root / "avatars" / "latent-diffusion", "latent-diffusion", LatentDiffusion(config), {}, "avatars")
    autoencoder = KLAutoencoder(KLAutoencoder.Config.tiny(**LOOKS))
    weights.save(root / "avatars" / "kl-autoencoder", "kl-autoencoder", autoencoder, {}, "avatars")
    with show(root) as url:
        yield url


def test_words_are_lit_and_another_sentence_is_drawn_with_the_way_there(open_page, url):
    page, room = open_page(f"{url}/?model=avatars/latent-diffusion&tool=listens"), "#diffusion-listens"
    box, looks = page.locator(f"{room}-caption textarea"), page.locator(f"{room}-looks")
    box.fill("a purple beanie")
    page.locator(f"{room}-caption-hint").get_by_text("Never learnt, so ignored: purple.").wait_for()
    page.locator(f"{room}-generate").click()
    looks.locator("tbody tr").nth(2).wait_for()
    rows = looks.locator("table").first.locator("tbody th")
    assert [text.split()[0] for text in rows.all_inner_texts()] == ["(no", "a", "beanie"]
    pictures = page.locator(f"{room}-pictures figure")
    assert pictures.count() == 1
    page.locator(f"{room}-other textarea").fill("a beanie and a <b>beard</b>")
    page.locator(f"{room}-other textarea").press("Enter")
    pictures.nth(7).wait_for()
    assert pictures.count() == 8 and page.locator(f"{room}-pictures .way img").count() == 5
    assert "generative between" in page.locator(f"{room}-state pre").first.text_content()
    looks.get_by_text("Layer by layer").click()
    assert looks.get_by_text("Layer 1").first.is_visible()
