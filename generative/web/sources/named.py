"""Sources as links and commands name them: "seed:7", "example:Bag/0"; and as links alone hold them, "picture:…"."""

import torch
from torch import Tensor

from generative.data.examples import captions, groups
from generative.errors import InvalidOption, shown
from generative.inference.inputs import EXAMPLE
from generative.inference.latent.ends import SEED, seed_of
from generative.inference.pictures.files import background, open_picture, read_picture
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.reading import FileLimits
from generative.inference.pictures.written import GONE, OWN, data_url, from_base64, packed
from generative.library.entries import Entry
from generative.web.base.link import PICTURE, link_to, made
from generative.web.sources.anchor import Source, finds_pictures
from generative.web.sources.picker import gallery

YOURS = "The picture of the link"


def name_of(entry: Entry, source: Source) -> str:
    """A picture of a visitor's own has all of it in its name."""
    if source.picture is None:
        return f"{SEED}{source.seed}"
    images, _ = gallery(entry.dataset, entry.size)
    same = [i for i, image in enumerate(images) if torch.equal(image, source.picture)]
    if not same:
        return PICTURE + packed(data_url(to_pil(source.picture)))
    known = groups(entry.dataset)
    index, group = divmod(same[0], len(known))
    return f"{EXAMPLE}{known[group]}/{index}"


def source_of(entry: Entry, name: str) -> Source:
    """Raises InvalidOption for a name of neither a seed nor a picture, and InvalidPicture for one that is damaged."""
    if name == OWN:
        raise InvalidOption(f"{GONE}.", "source")
    if name.startswith(PICTURE):
        return Source(YOURS, picture=_held(entry, name.removeprefix(PICTURE)))
    seed = seed_of(name)
    if seed is not None:
        return Source(f"seed {seed}", seed=seed)
    if not name.startswith(EXAMPLE):
        raise InvalidOption(f"A start is named seed:7 or {EXAMPLE}CLASS/0, not {shown(name)}", "source")
    picture = open_picture(name, entry.dataset, entry.size, entry.channels)
    group, _, index = name.removeprefix(EXAMPLE).rpartition("/")
    return Source(captions(entry.dataset)[groups(entry.dataset).index(group)][int(index)], picture=picture)


def _held(entry: Entry, text: str) -> Tensor:
    """The picture (C, H, W) in base64: of the model's size, or smaller."""
    limits, ground = FileLimits(side=entry.size, pixels=entry.size**2), background(entry.dataset)
    file = from_base64(text, "picture")
    return read_picture(file, entry.size, entry.channels, ground, name="The picture in it", limits=limits)


def point_of(entry: Entry, name: str) -> Source:
    """The same, of whose latent a model can tell. Raises InvalidOption for a picture where it cannot."""
    source = source_of(entry, name)
    if source.picture is not None and not finds_pictures(entry):
        raise InvalidOption(f"{entry.title} cannot tell which latent a picture comes from. Choose a seed.", "source")
    return source


def told_of(entry: Entry, image: Tensor, **said: object) -> str:
    """The link to a picture (C, H, W) as HTML that cannot be seen. said: what else stands in it, if it is anything."""
    more = {name: value for name, value in said.items() if value}
    return made(link_to(entry, {"of": name_of(entry, Source("", picture=image)), **more}))
