"""What may lie between the page and its server: a real nginx that shows it below a path, and slow ways."""

LATE = """{
    const real = window.fetch;
    window.fetch = async (what, how) => {
        const answer = await real(what, how), text = new TextDecoder();
        if (!(what.url ?? "").includes("/queue/data")) return answer;
        const late = new TransformStream({ async transform(chunk, out) {
            if (text.decode(chunk).includes("close_stream")) await new Promise((heard) => setTimeout(heard, 400));
            out.enqueue(chunk);
        } });
        return new Response(answer.body.pipeThrough(late), answer);
    };
}"""


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


def test_a_tool_opens_and_answers_where_messages_are_late(new_page, app_url):
    page = new_page(reduced_motion="reduce")
    page.add_init_script(LATE)
    page.goto(f"{app_url}/?tab=autoencoders&tool=interpolate")
    page.wait_for_selector("#autoencoders-interpolate-sheet .strip")
    for card, name in ((8, "Bag"), (5, "Sandal")):
        page.click(f"#autoencoders-interpolate-picker button >> nth={card}")
        page.locator("#autoencoders-interpolate-ends .name", has_text=name).wait_for()
