"""Where a picture comes from: one of the bundled test images, or a file of the visitor's own."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from generative.data.dataset import Openings
from generative.data.examples import captions, examples
from generative.data.known import DATASETS
from generative.errors import GenerativeError, InvalidOption, InvalidPicture, MissingData, check_integer
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_SCORED
from generative.inference.pictures.files import background, read_pictures
from generative.library.entries import Entry
from generative.web.base.run import QUIET
from generative.web.widgets.easel.easel import easel_state, empty_message, picture_message
from generative.web.widgets.pixels import data_url, sheet
from generative.web.widgets.plot import charts
from generative.web.widgets.widget import Widget, event_data

SHOWN = 20
Reaction = Callable[[Entry, Tensor, list[str]], dict[Any, Any]]  # model, pictures (N, C, H, W), their names → updates


class Picker:
    """Test images to click, and a button to upload others, `several` at once. Build it where it is to stand."""

    def __init__(self, engine: Engine, first: Entry, prefix: str, several: bool = False) -> None:
        self.engine = engine
        with gr.Row(elem_classes="sources"):
            self.gallery = Gallery(offer(first.dataset, first.size), elem_id=f"{prefix}-picker")
            self.upload = gr.UploadButton(
                "Upload pictures" if several else "Upload a picture",
                file_count="multiple" if several else "single",
                file_types=["image"],
                elem_id=f"{prefix}-upload",
                size="sm",
                min_width=140,
                scale=0,
            )
        self.problem = gr.HTML("", elem_id=f"{prefix}-problem", elem_classes="source-problem", padding=False)

    def on_picture(
        self,
        model: gr.Dropdown,
        react: Reaction,
        fail: Callable[[str], dict[Any, Any]],
        outputs: list[Any],
        idle: Mapping[Any, Any] = MappingProxyType({}),
    ) -> None:
        """Calls `react` with the pictures that a visitor brings, `fail` with why nothing came of them, in words.

        What is wrong with a file is told under the button that it came by, until the next one; all else stays as it is,
        but for the updates `idle`, which end a wait.
        """

        def picked(id: str, event: gr.EventData) -> dict[Any, Any]:
            def read(entry: Entry) -> tuple[Tensor, list[str]]:
                images, names = gallery(entry.dataset, entry.size)
                index = check_integer("picture", event_data(event).get("index"), 0, len(images) - 1)
                return images[index : index + 1], [names[index]]

            return self._bring(id, read, react, fail, idle)

        def uploaded(id: str, paths: str | list[str]) -> dict[Any, Any]:
            def read(entry: Entry) -> tuple[Tensor, list[str]]:
                files = paths if isinstance(paths, list) else [paths] if paths else []
                check_integer("number of pictures", len(files), 1, MAX_SCORED)
                wanted = entry.size, entry.channels, background(entry.dataset)
                names = [Path(file).name for file in files]
                return read_pictures(files, *wanted, names), names

            return self._bring(id, read, react, fail, idle)

        self.gallery.select(picked, model, [*outputs, self.problem], **QUIET)
        self.upload.upload(uploaded, [model, self.upload], [*outputs, self.problem], **QUIET)

    def _bring(
        self,
        id: str,
        read: Callable[[Entry], tuple[Tensor, list[str]]],
        react: Reaction,
        fail: Callable[[str], Any],
        idle: Mapping[Any, Any],
    ) -> dict[Any, Any]:
        try:
            entry = self.engine.entry(id)
            images, names = read(entry)
        except GenerativeError as e:
            return {**idle, self.problem: charts.problem(str(e))}
        try:
            return {**react(entry, images, names), self.problem: ""}
        except GenerativeError as e:
            return {**fail(str(e)), self.problem: ""}

    @property
    def chosen(self) -> list[gr.components.Component]:
        """What `follow` changes."""
        return [self.gallery, self.problem]

    def follow(self, entry: Entry) -> dict[Any, Any]:
        """The updates for another model: its own data set's images."""
        return {self.gallery: offer(entry.dataset, entry.size), self.problem: ""}


class Gallery(Widget):
    """Small pictures, each a button; a ``select`` event tells the index of one."""

    files = "sources/gallery"


@cache
def gallery(dataset: str, size: int) -> tuple[Tensor, tuple[str, ...]]:
    """(SHOWN, C, size, size) bundled test images, a class after the other in turn, and what each shows."""
    try:
        images, words = examples(dataset, size), captions(dataset)
    except (InvalidOption, MissingData):
        return torch.empty(0, 1, size, size), ()
    each = SHOWN // len(images)
    names = tuple(group[i] for i in range(each) for group in words)
    return images[:, :each].transpose(0, 1).flatten(0, 1), names


@cache
def offer(dataset: str, size: int) -> dict[str, Any]:
    """The gallery's value: the names, and all pictures in one sheet without gaps."""
    images, names = gallery(dataset, size)
    if not len(images):
        return {"count": 0, "names": [], "sheet": ""}
    return {"count": len(images), "names": list(names), "sheet": data_url(sheet(images))}


def openings(entry: Entry) -> Openings:
    """What tools begin with on a model's data set."""
    return DATASETS[entry.dataset].openings if entry.dataset in DATASETS else Openings()


def first_picture(entry: Entry, index: int = 0) -> dict[str, Any]:
    """The message that puts one of the gallery's pictures on an easel; an empty easel if none is bundled."""
    images, names = gallery(entry.dataset, entry.size)
    if len(images):
        return picture_message(images[index], names[index])
    return empty_message(entry.channels, entry.size, entry.size) if entry.size else {}


def wanted_picture(value: Any, entry: Entry) -> Tensor:
    """(C, H, W) what stands on an easel. Raises InvalidPicture unless it is one that a model takes."""
    image = easel_state(value).image
    if image.shape != (entry.channels, entry.size, entry.size):
        colours = "grey" if entry.channels == 1 else "in colour"
        raise InvalidPicture(
            f"{entry.title} takes pictures {colours}, {entry.size}×{entry.size} pixels. Choose another one."
        )
    return image


def held_picture(value: Any, entry: Entry) -> Tensor | None:
    """(C, H, W) what stands on an easel, if a model takes it."""
    try:
        return wanted_picture(value, entry)
    except InvalidPicture:
        return None
