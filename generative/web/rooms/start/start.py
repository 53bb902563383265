"""The Start tab: all families at work on the same seeds, and things to try. Nothing runs before somebody asks."""

import html
from collections.abc import Callable, Iterable

from generative.data.known import title
from generative.families import GENERATIVE, Family
from generative.figures import amount, measured
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.web.base.run import duration
from generative.web.rooms.family import emphasised, offered
from generative.web.rooms.start.experiments import EXPERIMENTS, Experiment
from generative.web.rooms.start.films import COUNT, Film, read
from generative.web.widgets.modules import place
from generative.web.widgets.widget import Widget

IN_SHORT = (
    "Several ways to learn what pictures look like, each drawing **the same nine seeds** over and over. "
    "Click one, and it draws for you."
)
SENTENCE = "What this family promises, its quality (the lower the FID, the better) and its time"
NOTHING = "<p>No model is here yet. Train one: <code>python -m generative train --help</code>.</p>"


class Start(Widget):
    """Tiles and cards that are links of the page; a click fires ``select`` with {"query": "?model=…"}."""

    files = "rooms/start/start"


class StartTab:
    """`follows` makes a widget's selection take the visitor to where its link leads."""

    def __init__(self, engine: Engine, follows: Callable[[Start], None]) -> None:
        usable = {entry.id: entry for entry in engine.usable()}
        films = {id: film for id, film in read().items() if film.model in usable}
        tiles = [tile(GENERATIVE[id], film, usable[film.model]) for id, film in films.items()]
        cards = [card(experiment, usable[experiment.model]) for experiment in there(usable.values())]
        follows(Start(page(tiles, cards), elem_id="start"))


def there(entries: Iterable[Entry]) -> list[Experiment]:
    """The experiments whose models and tools are here."""
    known = list(entries)
    able = {
        (entry.id, tool)
        for family in GENERATIVE
        for tool, some in offered([e for e in known if e.family == family]).items()
        for entry in some
    }
    return [experiment for experiment in EXPERIMENTS if (experiment.model, experiment.tool) in able]


def page(tiles: list[str], cards: list[str]) -> str:
    """The films over the experiments, as HTML."""
    above = f'<div class="above"><p>{emphasised(IN_SHORT)}</p><button type="button" class="pause">Pause</button></div>'
    films = f'{above}<div class="films">{"".join(tiles)}</div>' if tiles else ""
    below = f'<h2>Things to try</h2><div class="experiments">{"".join(cards)}</div>' if cards else ""
    return films + below or NOTHING


def tile(family: Family, film: Film, entry: Entry) -> str:
    """A family's film, what it promises, and what it costs: a link to the very run."""
    return (
        f'<a class="tile" href="?model={entry.id}&amp;seed=0&amp;count={COUNT}">{played(family, film, entry)}'
        f"<h2>{family.title}</h2><p>{emphasised(family.sentence)}</p>"
        f'<p class="measured" title="{SENTENCE}">{" · ".join(figures(family, entry))}</p></a>'
    )


def played(family: Family, film: Film, entry: Entry) -> str:
    """The film itself: a background that is moved on by one moment at a time."""
    what = "walking from seed to seed" if film.walks else "drawing nine images"
    style = (
        f"background-image: url('{place(f'rooms/start/recorded/{family.id}.webp')}'); "
        f"background-size: {film.moments}00% 100%; animation-timing-function: steps({film.moments - 1})"
    )
    return f'<div class="film" role="img" aria-label="{html.escape(entry.title)}, {what}" style="{style}"></div>'


def figures(family: Family, entry: Entry) -> list[str]:
    """Its place among all families, its data set, and what was measured of the model."""
    known = measured(entry.metrics)
    told = [f"FID {amount('fid', known['fid'])}"] if "fid" in known else []
    told += [f"{duration(known['ms_per_image']['value'] / 1000)} an image"] if "ms_per_image" in known else []
    kind = ", ".join(family.place or ()).lower()
    return [html.escape(words) for words in (kind, entry.title + " on " + title(entry.dataset), *told)]


def card(experiment: Experiment, entry: Entry) -> str:
    """An experiment as HTML."""
    return (
        f'<a class="experiment" href="{html.escape(experiment.link)}"><h3>{html.escape(experiment.title)}</h3>'
        f"<p>{html.escape(experiment.look)}</p>"
        f'<p class="measured">{html.escape(entry.title)} · {title(entry.dataset)}</p></a>'
    )
