"""The page's first tab: films that move, and links that are followed."""

import pytest

MOVING = """() => {
    const at = () => getComputedStyle(document.querySelector("#start .film")).backgroundPositionX;
    const before = at();
    return new Promise((told) => setTimeout(() => told(at() !== before), 900));
}"""
MOVED = """() => {  // when, since the page was asked for, a film showed another moment than at first
    window.moved = new Promise((told) => {
        let before = null;
        const look = () => {
            const film = document.querySelector("#start .film");
            const at = film && getComputedStyle(film).backgroundPositionX;
            if (before !== null && at !== before) return told(performance.now());
            before = at;
            requestAnimationFrame(look);
        };
        look();
    });
}"""
DONE = """stage => {  // and it is no sheet that stands there
    const shown = document.querySelector(`#${stage} .gen-stage`);
    return shown?.dataset.state === "done" && !shown.dataset.run.startsWith("sheet");
}"""


@pytest.fixture
def start(open_page, app_url):
    page = open_page(app_url, reduced_motion="no-preference")
    page.wait_for_selector("#start .film")
    return page


def test_films_play_until_they_are_paused(start):
    assert start.evaluate(MOVING)
    start.get_by_role("button", name="Pause").click()
    assert not start.evaluate(MOVING)
    start.get_by_role("button", name="Play").click()
    assert start.evaluate(MOVING)


def test_something_moves_soon_after_the_page_was_asked_for(new_page, app_url):
    """Of two visits the quicker, for the machine may be busy with others: one that is idle takes about a second."""
    took = []
    for _ in range(2):
        page = new_page(reduced_motion="no-preference")
        page.add_init_script(f"({MOVED})()")
        page.goto(app_url, wait_until="commit")
        took.append(page.evaluate("window.moved"))
    assert min(took) < 6000


def test_who_wants_little_motion_gets_stills_with_a_button(open_page, app_url):
    page = open_page(app_url, reduced_motion="reduce")
    page.get_by_role("button", name="Play").wait_for()
    assert not page.evaluate(MOVING)


def test_a_film_is_a_link_to_its_very_run(start):
    start.locator("#start .tile", has_text="GANs").click()
    start.wait_for_selector("#gans-stage .cell", timeout=60_000)
    start.wait_for_function("document.querySelectorAll('#gans-stage .cell').length === 9")
    assert start.locator("#gans-model input").input_value() == "DCGAN"


def test_an_experiment_sets_up_its_tool_and_runs_it(start):
    start.locator("#start .experiment", has_text="What guidance trades away").click()
    start.wait_for_selector("#diffusion-ddpm-guidance_scale", timeout=60_000)
    start.wait_for_function(DONE, arg="diffusion-stage", timeout=60_000)
    scale = start.locator("#diffusion-ddpm-guidance_scale input[type=number]")
    assert scale.input_value() == "8" and start.locator("#diffusion-stage .cell").count() == 16
    start.get_by_role("tab", name="Start", exact=True).click()
    start.locator("#start .experiment", has_text="A map of all clothes").click()
    start.wait_for_selector("#autoencoders-explore-map [data-state=ready]", timeout=60_000)


def test_a_link_opens_a_tool_without_a_run(open_page, app_url):
    page = open_page(f"{app_url}?model=fashion-mnist/vae-2d&tool=explore")
    page.wait_for_selector("#autoencoders-explore-map [data-state=ready]", timeout=60_000)
    page.wait_for_function("document.querySelector('#autoencoders-explore-model input').value === 'VAE, 2-D'")


@pytest.mark.parametrize("width", [360, 1920])
def test_nothing_scrolls_sideways(open_page, app_url, width):
    page = open_page(app_url, viewport={"width": width, "height": 900})
    page.wait_for_selector("#start .film")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
