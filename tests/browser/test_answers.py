"""No question goes unanswered, however late the page hears that its stream has been closed."""

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


def test_a_tool_opens_and_answers_where_messages_are_late(new_page, app_url):
    page = new_page(reduced_motion="reduce")
    page.add_init_script(LATE)
    page.goto(f"{app_url}/?tab=autoencoders&tool=interpolate")
    page.wait_for_selector("#autoencoders-interpolate-sheet .strip")
    for card, name in ((8, "Bag"), (5, "Sandal")):
        page.click(f"#autoencoders-interpolate-picker button >> nth={card}")
        page.locator("#autoencoders-interpolate-ends .name", has_text=name).wait_for()
