"""write: texts that go on with a beginning, what each character costs, and what can come next."""

import argparse
import json

from generative.commands.opening import open_engine, options
from generative.commands.terminal import columns, say

NEXT = 8  # characters that are told of what can come next


def write(arguments: argparse.Namespace) -> None:
    """Print texts with their bits per character, and what the model expects after the beginning."""
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "writes")
    wish = {"seed": arguments.seed, "count": arguments.count, "options": options(arguments.option)}
    written = engine.answer(engine.request("writes", entry, text=arguments.text, **wish))
    if arguments.json:
        return say(json.dumps({"model": entry.id, **written.record(arguments.seed)}, indent=2))
    cells = [["SEED", "BITS/CHARACTER", "TEXT"]]
    for seed, (text, bits) in enumerate(zip(written.texts, written.means, strict=True), start=arguments.seed):
        cells.append([str(seed), f"{bits:.2f}", text])
    likeliest = written.chances.argsort(descending=True)[:NEXT].tolist()
    named = ", ".join(f"{written.alphabet[i]!r} {float(written.chances[i]):.0%}" for i in likeliest)
    say(f"{columns(cells)}\n\nAfter {arguments.text!r}: {named}")
