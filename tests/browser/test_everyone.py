"""The page without a mouse, without good eyes, and on a small screen."""

import os
from pathlib import Path

import pytest

from generative.families import GENERATIVE

AXE = Path(__file__).parents[2] / "generative" / "web" / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = """async ([where, only]) => {
    const rules = { "label-content-name-mismatch": { enabled: true } };
    const quick = { resultTypes: ["violations"], preload: false, iframes: false };
    const found = await axe.run(where, { ...quick, ...(only ? { runOnly: only } : { rules }) });
    return found.violations
        .filter(({ id, impact }) => ["serious", "critical"].includes(impact) || id.endsWith("heading"))
        .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 200)}`);
}"""
SETTLED = """() => new Promise((resolve) => {  // once nothing has been added to the page or taken away for a while
    const settle = () => { observer.disconnect(); resolve(); };
    let quiet = setTimeout(settle, 300);
    const observer = new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(settle, 300); });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(settle, 3000);  // what goes on drawing
})"""
OPENED = ".built:visible, p:text('No model of this family is here yet'):visible"
BARS = """[...document.querySelectorAll("[role=tablist]")].filter((bar) => bar.clientWidth)
    .map((bar) => [bar.scrollWidth, bar.clientWidth, bar.querySelectorAll("[role=tab]").length])"""
CHOSEN_IN_SIGHT = """[...document.querySelectorAll("[role=tab][aria-selected=true]")].filter((tab) => tab.clientWidth)
    .every((tab) => {
        const [inner, outer] = [tab, tab.parentElement].map((node) => node.getBoundingClientRect());
        return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
    })"""
LISTS = "[...document.querySelectorAll('ul[role=listbox]')].filter((list) => list.clientHeight).length"
CUT = (
    "[...document.querySelectorAll('#autoregressive-stage .name')].filter((n) => n.scrollWidth > n.clientWidth).length"
)
SEEN = """() => {  // whether what has the focus, or the frame around a list's text, has a line around it
    const on = document.activeElement, frame = on.role === "combobox" ? on.closest(".wrap") : on;
    const label = on.closest("label"), panel = on.nextElementSibling;
    const drawn = [frame, label, panel].some((node) => node && getComputedStyle(node).outlineStyle !== "none");
    return on === document.body || drawn || on.closest(".board") !== null ? "" : on.outerHTML.slice(0, 200);
}"""

FINGER = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True}
HARD_TO_HIT = """() => {  // what is smaller than a finger, outside of the screen, or under something else
    const found = [], wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) found.push(`the page is ${wide} wide`);
    for (const node of document.querySelectorAll("button, input, select, textarea, summary, a[href]")) {
        const label = node.closest("label") ?? (node.id ? document.querySelector(`label[for="${node.id}"]`) : null);
        const listed = node.role === "combobox" ? node.closest(".wrap") : null;
        const own = ["checkbox", "radio"].includes(node.type) && label ? label : listed ?? node;
        const inText = node.tagName === "A" && getComputedStyle(node).display === "inline";
        const aside = inText || node.type === "file" || node.disabled || node.closest("footer:not(.widget *), dialog");
        if (aside || !node.checkVisibility({ visibilityProperty: true })) continue;
        own.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
        const { left, right, top, width, height } = own.getBoundingClientRect();
        const called = node.ariaLabel ?? node.textContent.trim().slice(0, 40);
        const name = `${node.tagName} ${called} in ${own.closest("[id]")?.id}`;
        if (width < 2 || height < 2) continue;
        if (width < 43.5 || height < 43.5) found.push(`${width.toFixed(0)}×${height.toFixed(0)}: ${name}`);
        if (left < -1 || right > innerWidth + 1) found.push(`from ${left.toFixed(0)} to ${right.toFixed(0)}: ${name}`);
        const seen = document.elementFromPoint(left + width / 2, top + height / 2);
        const head = seen?.closest("th");  // stays in sight while a table is scrolled under it
        if (head && getComputedStyle(head).position === "sticky") continue;
        if (seen && ![own, label].some((one) => one?.contains(seen)) && !seen.contains(node)) {
            found.push(`${name} is under ${seen.tagName} ${seen.textContent.trim().slice(0, 40)}`);
        }
    }
    scrollTo(0, 0);
    return found;
}"""


def tools(page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('.tools [role=tab]')].filter((t) => t.clientWidth).map((t) => t.id)"
    )


def open_family(page, title: str) -> None:
    page.get_by_role("tab", name=title, exact=True).click()
    page.locator(OPENED).first.wait_for()


@pytest.fixture
def page(keep_page, app_url):
    page = keep_page(app_url, viewport={"width": 1366, "height": 768})
    open_family(page, "Autoregressive")
    page.click("#tab-autoregressive-tool-button")
    page.wait_for_selector("#autoregressive-stage .cell")
    return page


@pytest.fixture
def examined(open_page, app_url):
    """A page in which axe-core is at hand."""
    if not AXE.exists():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("axe-core is missing: cd generative/web && npm ci")
    page = open_page(app_url, viewport={"width": 1366, "height": 768})
    page.add_script_tag(path=AXE)
    page.add_style_tag(content="* { transition: none !important; }")
    page.set_default_timeout(60_000)
    return page


def examine(page, where: str) -> None:
    """No serious fault there, in light or in dark."""
    page.evaluate(SETTLED)
    assert page.evaluate(FAULTS, [where, None]) == [], f"{where}, light"
    page.evaluate("document.body.classList.add('dark')")
    assert page.evaluate(FAULTS, [where, ["color-contrast"]]) == [], f"{where}, dark"
    page.evaluate("document.body.classList.remove('dark')")


@pytest.mark.parametrize("family", [*GENERATIVE])
def test_no_tool_has_a_serious_fault_for_assistive_technology(examined, family):
    open_family(examined, GENERATIVE[family].title)
    for tool in tools(examined):
        examined.click(f"#{tool}")
        examined.locator(OPENED).first.wait_for()
        examine(examined, f"#{tool.removesuffix('-button')}")


def test_neither_start_nor_compare_nor_guide_has_a_serious_fault(examined):
    examine(examined, "body")
    for title in ("Compare", "Guide"):
        open_family(examined, title)
        examine(examined, "body")


def test_arrows_go_from_tab_to_tab_and_a_bar_is_one_stop(page):
    page.focus("#tab-autoregressive-tool-button")
    told = "[document.activeElement.textContent, document.activeElement.ariaSelected]"
    for key, name in (
        ("ArrowRight", "Complete"),
        ("End", "Likelihood"),
        ("ArrowRight", "Draw"),
        ("ArrowLeft", "Likelihood"),
    ):
        page.keyboard.press(key)
        page.wait_for_function(f"String({told}) === '{name},true'")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Model"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Draw"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Autoregressive"


def test_a_list_closes_when_the_keyboard_leaves_it(page):
    page.focus("#tab-autoregressive-tool-button")
    page.keyboard.press("Tab")
    page.wait_for_function(f"{LISTS} === 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    assert page.evaluate(LISTS) == 0


@pytest.mark.parametrize("tool", ["Draw", "Complete"])
def test_the_focus_is_seen_wherever_it_is(page, tool):
    page.get_by_role("tab", name=tool, exact=True).first.click()
    page.locator(".gen-easel canvas:visible, #autoregressive-stage .cell:visible").first.wait_for()
    page.wait_for_timeout(500)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    unseen = []
    for _ in range(70):
        page.keyboard.press("Tab")
        unseen.append(page.evaluate(SEEN))
        if page.evaluate("document.activeElement === document.body"):
            break
    assert len(unseen) > 20 and not any(unseen), [*filter(None, unseen)]


def test_all_tabs_stand_in_their_bar_on_a_screen_and_can_be_reached_on_a_phone(page):
    for family in ("GANs", "Autoencoders", "Diffusion"):
        open_family(page, family)
        assert all(scrolled <= width for scrolled, width, _ in page.evaluate(BARS))
    assert page.locator("[aria-label='More tabs'] >> visible=true").count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    open_family(page, "Guide")
    page.wait_for_function(CHOSEN_IN_SIGHT)
    open_family(page, "Autoencoders")
    page.get_by_role("tab", name="Explore", exact=True).first.click()
    page.wait_for_function(CHOSEN_IN_SIGHT)
    assert page.locator("[aria-label='More tabs'] >> visible=true").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_seed_of_ten_digits_leaves_the_names_their_room(page):
    page.locator("#autoregressive-count input[type=number]").fill("4")
    page.locator("#autoregressive-seed input").fill("4294967000")
    page.locator("#autoregressive-seed input").press("Enter")
    page.wait_for_function("document.querySelectorAll('#autoregressive-stage .cell').length === 4", timeout=60_000)
    assert page.evaluate(CUT) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"{CUT} === 0")


@pytest.mark.parametrize("room", [None, *GENERATIVE, "Compare", "Guide"])
def test_on_a_phone_a_finger_hits_everything_and_nothing_scrolls_sideways(open_page, app_url, room):
    page = open_page(app_url, **FINGER)
    page.wait_for_selector("#start .film")
    if room:
        open_family(page, GENERATIVE[room].title if room in GENERATIVE else room)
    for tool in tools(page) or [None]:
        if tool:
            page.click(f"#{tool}")
            page.locator(OPENED).first.wait_for()
        page.evaluate(SETTLED)
        assert page.evaluate(HARD_TO_HIT) == [], tool
        go = page.locator(".go:visible")
        if go.count():  # at hand wherever one is
            page.evaluate("scrollTo(0, 300)")
            box = go.first.bounding_box()
            assert box["y"] > 0 and box["y"] + box["height"] <= 801


def test_the_data_sets_take_one_row_on_a_phone_and_the_chosen_one_is_in_sight(open_page, app_url):
    page = open_page(f"{app_url}/?tab=gans&tool=samples&model=stacked-mnist/minimax", **FINGER)
    page.wait_for_function("document.querySelector('#dataset :checked')?.value === 'stacked-mnist'")
    box = page.locator("#dataset").bounding_box()
    assert box["height"] < 70 and box["x"] + box["width"] <= 360
    chosen = page.locator("#dataset label:has(:checked)")
    page.wait_for_function(
        "document.querySelector('#dataset label:has(:checked)').getBoundingClientRect().right <= 360"
    )
    assert chosen.bounding_box()["x"] >= 0
