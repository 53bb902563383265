"""Rolling downhill and surveying, as a visitor does it, with a model so small that nothing takes long."""

from collections.abc import Callable, Iterator

import pytest
import torch

from generative.data.known import DATASETS
from generative.library import weights
from tests.building import build

CONFIG = {"classes": list(DATASETS["fashion-mnist"].classes), "channels": [16, 16], "options": {"steps": 8}}
OPEN = """name => [...document.querySelectorAll("[role=tab], .overflow-dropdown button")]
    .find((tab) => tab.textContent.trim() === name && !tab.closest("[inert]"))?.click()"""


@pytest.fixture(scope="module")
def small_url(show: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An application whose only model is an untrained energy."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "fashion-mnist/equilibrium", "equilibrium", build("equilibrium", CONFIG), {}, "fashion-mnist")
    with show(root) as url:
        yield url


@pytest.fixture
def page(keep_page: Callable, small_url: str):
    made = keep_page(small_url, viewport={"width": 1366, "height": 768})
    made.set_default_timeout(60_000)
    made.wait_for_selector("#tab-energy-button", state="attached")
    made.evaluate(OPEN, "Energy")
    made.wait_for_selector("#energy-generate", state="attached")
    return made


def test_pictures_and_their_energies_fall_together(page) -> None:
    page.click("#energy-generate")
    page.wait_for_selector("#energy-facts >> text=Lowest energy")
    assert page.locator("#energy-settling gen-plot").count() == 1
    views = page.locator("#energy-stage").inner_text()
    assert "Where it pulls" in views and "Energy so far" in views and "energy " in views
    page.evaluate(OPEN, "Roll downhill")
    page.click("#energy-descends-generate")
    page.wait_for_selector("#energy-descends-facts >> text=Lowest energy")
    assert page.locator("#energy-descends-chart gen-plot").count() == 1


def test_the_slices_of_a_landscape_have_room(page) -> None:
    page.evaluate(OPEN, "Landscape")
    page.wait_for_selector("#energy-slopes-slices .plane img")
    box = page.locator("#energy-slopes-slices .plane").bounding_box()
    assert box["width"] > 150 and abs(box["width"] - box["height"]) < 2
