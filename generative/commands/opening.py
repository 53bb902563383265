"""Models, conditions and options from the words of a command line."""

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidOption, InvalidPicture, shown
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import OWNER
from generative.inference.pictures.files import open_picture
from generative.inference.pictures.reading import SUFFIXES, is_picture
from generative.library.entries import Library
from generative.library.entry import Entry


def open_engine(arguments: argparse.Namespace) -> Engine:
    """The engine of the owner of the machine, who may name folders and repositories of the hub too."""
    return Engine(Library(arguments.root, outside=True), getattr(arguments, "device", "cpu"), OWNER)


def find(id: str, root: Path) -> Entry:
    """The entry of an id, folder or hub repository. Raises UnknownModel or BadCheckpoint."""
    return Library(root, outside=True).entry(id)


def told(arguments: argparse.Namespace, entry: Entry) -> Any:
    """What the words say of the images: by the names of the model's conditions, or, bare, for its first."""
    said = {"class": arguments.class_name, "attributes": arguments.attribute, "caption": arguments.caption}
    said = {name: value for name, value in said.items() if value}
    if set(said) <= {condition.name for condition in entry.told}:
        return said
    return next(iter(said.values()))


def options(pairs: Iterable[str]) -> Mapping[str, str]:
    """Options from "name=value" words. Raises InvalidOption for a word that is none."""
    values = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidOption(f"--option takes name=value, not {shown(pair)}", "option")
        values[name] = text
    return values


def open_pictures(names: Iterable[str], entry: Entry, invert: bool) -> Tensor:
    """(N, C, H, W): files and bundled examples as the model takes them. Raises InvalidPicture or InvalidOption."""
    return torch.stack([open_picture(name, entry.dataset, entry.size, entry.channels, invert) for name in names])


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
