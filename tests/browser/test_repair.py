"""Filling holes, editing and restoring with a diffusion model, as a visitor does it on the page."""

import pytest

from tests.browser.test_tools import CELLS, DONE, PICTURE, fill

COMPLETE = "diffusion-completes"


@pytest.fixture
def diffusion(open_page, app_url):
    """``diffusion("Complete", "diffusion-completes")``: the page with that tool of the diffusion models on show."""

    def open_tool(tool: str, prefix: str):
        page = open_page(app_url, viewport={"width": 1366, "height": 900})
        page.set_default_timeout(60_000)
        page.get_by_role("tab", name="Diffusion", exact=True).click()
        page.wait_for_selector("#diffusion-stage canvas")
        page.locator("#diffusion-tools").get_by_role("tab", name=tool, exact=True).click()
        page.wait_for_selector(f"#{prefix}-easel canvas")
        page.wait_for_function(f"document.querySelectorAll('#{prefix}-picker button').length >= 20")
        return page

    return open_tool


def run(page, prefix: str, steps: int = 4, count: int = 2) -> list[list[int]]:
    fill(page, f"{prefix}-count", count)
    fill(page, f"{prefix}-ddpm-num_inference_steps", steps)
    page.click(f"#{prefix}-generate")
    page.wait_for_function(DONE, arg=f"{prefix}-stage")
    return page.evaluate(CELLS, f"{prefix}-stage")


def test_a_hole_is_filled_with_what_lies_below_in_sight(diffusion):
    page = diffusion("Complete", COMPLETE)
    page.click(f"#{COMPLETE}-picker button >> nth=7")
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-class input').value === 'Sneaker'")
    page.click(f"#{COMPLETE}-easel [data-mask=middle]")
    known = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    drawn = run(page, COMPLETE)
    outside = [i for i in range(784) if not (7 <= i // 28 < 21 and 7 <= i % 28 < 21)]
    assert len(drawn) == 2 and drawn[0] != drawn[1]
    assert all([completion[i] for i in outside] == [known[i] for i in outside] for completion in drawn)
    assert page.get_by_text("with all around it in sight").is_visible()
    assert page.locator(f"#{COMPLETE}-ddpm-sampler").count() == 0  # the steps of completing are its own
