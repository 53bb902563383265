"""The page's address says what is on show, and leads back to it."""

from tests.browser.test_page import RUN_IS_OVER, fill, generate, open_tab, pixels

ADDRESS = "decodeURIComponent(location.search)"


def test_the_address_follows_and_leads_back(open_page, app_url):
    """To the very picture, in another browser; Back and Forward keep what was drawn."""
    page = open_page(app_url)
    page.wait_for_selector("#start .film")
    open_tab(page, "gans")
    fill(page, "gans-seed", 5)
    generate(page, "gans", count=2)
    drawn = pixels(page, "gans-stage", 1)
    address = "?tab=gans&tool=samples&model=fashion-mnist/dcgan&seed=5&count=2"
    page.wait_for_function(f"{ADDRESS} === '{address}'")
    open_tab(page, "Guide")
    page.wait_for_function(f"{ADDRESS} === '?tab=guide'")
    page.go_back()
    page.locator("#gans-stage").wait_for()
    assert page.evaluate(ADDRESS) == address and pixels(page, "gans-stage", 1) == drawn
    page.go_back()
    page.locator("#start").wait_for()
    page.go_forward()
    page.locator("#gans-stage").wait_for()

    other = open_page(page.url)
    other.wait_for_function(RUN_IS_OVER, arg="gans", timeout=60_000)
    assert pixels(other, "gans-stage", 1) == drawn and other.evaluate(ADDRESS) == address


def test_a_link_with_nonsense_in_it_opens_the_nearest_place_with_a_word(open_page, app_url):
    page = open_page(f"{app_url}/?tab=gans&tool=samples&model=fashion-mnist/dcgan&seed=<script>&count=2")
    page.get_by_role("alert").filter(has_text="seed must be").wait_for()
    page.locator("#gans-stage .cell").nth(15).wait_for()
