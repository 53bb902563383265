"""translate: a picture of one kind as one of another, and back."""

import argparse
import json

from generative.commands.draw import wished
from generative.commands.opening import open_engine, open_pictures
from generative.commands.runs import checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.inference.translation import Translations


def translate(arguments: argparse.Namespace) -> None:
    """Translate a picture and back, save every station of that, and print how near it comes."""
    target = checked_target(arguments.out, 1)
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "translates")
    image = open_pictures([arguments.image], entry, arguments.invert)[0]
    wish = {"to": arguments.to or entry.kind_class.pair.second.name, "prepared": arguments.prepared}
    request = wished(engine, "translates", arguments, images=image, **wish)
    done = Translations(draw(engine, request, target).last, request.seeds)
    save(done.sheet(), [], target, request.plain(), arguments.scale)
    say(as_json(done, str(target)) if arguments.json else as_table(done, str(target)))


def as_table(done: Translations, target: str) -> str:
    """The errors as text."""
    cells = [["SEED", "BACK AGAIN", "SSIM", "BACK, DISTURBED", "TO THE TRUTH", "BACK FROM IT"]]
    for row in done.rows:
        numbers = [row[name] for name in ("cycle_error", "cycle_ssim", "disturbed_error", "error", "honest_error")]
        cells.append([str(row["seed"]), *("not known" if number is None else f"{number:.3f}" for number in numbers)])
    words = f"Root mean square errors. From left to right: {', '.join(done.names)}."
    return f"{columns(cells)}\n\n{words}\n{target}"


def as_json(done: Translations, target: str) -> str:
    """The same as JSON."""
    return json.dumps({"translations": done.rows, "out": target}, indent=2)
