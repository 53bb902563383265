"""What can come next, as bars, and what was wrong with a beginning, as HTML."""

import html

from generative.answers import Written

SHOWN = 12  # characters; the others are rarer
NAMES = {" ": "space", "↵": "end"}
BARS = (
    "Grey: how probable the model finds each. In colour: how often it is drawn, with this temperature, top-k and top-p."
)
CALLED = {True: "What can come after “{}”", False: "What a text can begin with"}


def coming(written: Written) -> str:
    """The likeliest characters after the beginning, as the model says and as they are drawn."""
    begun = written.texts[0][: written.begun]
    order = written.chances.argsort(descending=True)[:SHOWN].tolist()
    rows = "".join(bar(written, i) for i in order)
    title = CALLED[bool(begun)].format(html.escape(begun[-20:]))
    head = "<thead><tr><td></td><td></td><td>model</td><td>drawn</td></tr></thead>"
    return f'<h2>{title}</h2><table class="next">{head}<tbody>{rows}</tbody></table><p class="quiet">{BARS}</p>'


def bar(written: Written, number: int) -> str:
    """A row: a character and its two probabilities."""
    character, plain, drawn = written.alphabet[number], float(written.chances[number]), float(written.bent[number])
    return (
        f'<tr><th scope="row">{html.escape(NAMES.get(character, character))}</th>'
        f'<td><i class="plain" style="--share: {plain:.4f}"></i><i style="--share: {drawn:.4f}"></i></td>'
        f"<td>{plain:.1%}</td><td>{drawn:.1%}</td></tr>"
    )
