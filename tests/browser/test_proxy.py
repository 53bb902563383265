"""The page behind a real nginx that shows it below a path."""


def test_a_model_draws_behind_a_proxy_at_a_sub_path(proxied_url, open_page):  # the proxy outlives the page
    page = open_page(proxied_url)
    page.get_by_role("tab", name="Autoencoders", exact=True).click(timeout=60_000)
    stage = page.locator("#autoencoders-stage .gen-stage")
    stage.wait_for()
    before = stage.get_attribute("data-run")
    page.click("#autoencoders-generate")
    page.wait_for_function(
        """before => {
            const { run, state } = document.querySelector("#autoencoders-stage .gen-stage").dataset;
            return state === "done" && run !== before;
        }""",
        arg=before,
        timeout=60_000,
    )
    assert page.locator("#autoencoders-stage .cell canvas").count() > 0
