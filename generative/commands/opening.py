"""Models and options from the words of a command line."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generative.errors import BadCheckpoint, InvalidOption, InvalidPicture, NotSupported, shown
from generative.inference.engine.engine import pick_device
from generative.inference.pictures.reading import SUFFIXES, is_picture
from generative.library import entries as library
from generative.library import weights
from generative.library.entries import Entry
from generative.models.model import Model
from generative.options import Options


def find(id: str, root: Path) -> Entry:
    """The entry of an id, folder or hub repository. Raises UnknownModel or BadCheckpoint."""
    entry = library.describe(id, library.locate(id, root))
    if entry.problem:
        raise BadCheckpoint(f"{id} is unavailable: {entry.problem}", "model")
    return entry


def open_model(arguments: argparse.Namespace, ability: type, verb: str) -> tuple[Entry, Any]:
    """A model on its device. Raises NotSupported when it lacks the ability."""
    entry = find(arguments.model, arguments.root)
    if not isinstance(model := weights.load(entry.folder, pick_device(arguments.device)), ability):
        raise NotSupported(f"{entry.title} cannot {verb}; it {', '.join(entry.abilities)}.", "model")
    return entry, model


def dataset_of(entry: Entry) -> str:
    """The data set of a checkpoint, which it says itself; "" for an older one that lies anywhere."""
    return entry.dataset


def find_pictures(names: Iterable[str]) -> list[str]:
    """The names, each folder replaced by the pictures in it. Raises InvalidPicture for a folder without any."""
    found = []
    for name in names:
        if not os.path.isdir(name):
            found.append(name)
            continue
        inside = sorted(str(p) for p in Path(name).iterdir() if is_picture(p))
        if not inside:
            raise InvalidPicture(f"There is no picture in the folder {name}: none of {', '.join(SUFFIXES)}.", "image")
        found += inside
    return found


def parse_options(model: Model, pairs: Iterable[str]) -> Options:
    """Options from "name=value" words. Raises InvalidOption for a name or value that the model does not take."""
    values: dict[str, Any] = dict(model.config.options)
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidOption(f"--option takes name=value, not {shown(pair)}", "option")
        values[name.strip().replace("-", "_")] = text
    return model.Options.parse(values)
