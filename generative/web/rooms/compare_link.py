"""A comparison as a link says it: ?tab=compare&models=avatars/vae,avatars/dcgan&seed=3&count=4."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from generative.errors import InvalidOption, check_integer
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request

MOST, MOST_IMAGES = 4, 16


def check_models(ids: object) -> Sequence[str]:
    """Raises InvalidOption unless they are two to four names, each another."""
    if not isinstance(ids, list) or not 2 <= len(set(map(str, ids))) == len(ids) <= MOST:
        raise InvalidOption(f"Choose two to {MOST} models", "models")
    return ids


def read(engine: Engine, said: Mapping[str, str]) -> list[Request]:
    """A run of each model, with what of the wishes it learnt the meaning of. Raises GenerativeError."""
    entries = [engine.able(id, "samples") for id in check_models(said["models"].split(","))]
    if len({entry.dataset for entry in entries}) > 1:
        raise InvalidOption("Models are compared on one data set", "models")
    seeds = {name: said[name] for name in ("seed", "count") if name in said}
    told = [{c.name: said[c.name] for c in entry.told if c.name in said} for entry in entries]
    requests = [engine.follow({"model": e.id, **seeds, **t})[0] for e, t in zip(entries, told, strict=True)]
    check_integer("count", len(requests[0].seeds), 1, MOST_IMAGES)
    return requests


def written(requests: Sequence[Request]) -> str:
    """The link."""
    seeds, told = requests[0].seeds, {name: words for r in requests for name, words in r.said().items()}
    models = ",".join(request.entry.id for request in requests)
    return "?" + urlencode({"tab": "compare", "models": models, "seed": seeds.first, "count": len(seeds), **told})
