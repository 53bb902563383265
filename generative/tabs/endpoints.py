"""The page's API for programs: named endpoints, callable with gradio_client or curl."""

import io
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
import torch
from PIL import Image
from torch import Tensor

from generative.errors import GenerativeError, InvalidOption, InvalidPicture, shown
from generative.frame import Frame
from generative.inference.completions import Completions
from generative.inference.engine import MAX_SCORED, Engine
from generative.inference.heatmap import BITS, surprise_map
from generative.inference.images import grid, to_pil
from generative.inference.percentile import percentile
from generative.inference.pictures import MASKS, open_picture, read_mask
from generative.inference.provenance import save_png

MAX_CHARACTERS = 8_000_000  # of one picture in base64
DEVICE = {"concurrency_id": "device", "concurrency_limit": 1}


def add_endpoints(engine: Engine) -> None:
    """Adds /list_models, /generate, /complete and /score to the Blocks that is being built."""
    api = Endpoints(engine)
    gr.api(api.list_models, api_name="list_models")
    gr.api(api.generate, api_name="generate", **DEVICE)
    gr.api(api.complete, api_name="complete", **DEVICE)
    gr.api(api.score, api_name="score", **DEVICE)


class Endpoints:
    """What programs can call. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def list_models(self) -> list[dict[str, Any]]:
        """Of every model id, family, data set, abilities, classes, options with their defaults, size and metrics."""
        return [entry.describe() for entry in self.engine.entries.values()]

    def generate(
        self, model: str, label: str | None = None, count: int = 1, seed: int = 0, options: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Draw images and stream the progress.

        Yields {"step", "total", "label"} for every step; the last one also holds "seeds" and "png", the grid of images
        as a base64 PNG file whose metadata say what made it. `options` are the model's own, as /list_models names them.
        """
        with told():
            request = self.engine.request(model, seed, count, wish(label, options))
            for frame in self.engine.sample(request):
                result = {}
                if frame.step == frame.total:
                    file = io.BytesIO()
                    save_png(grid(frame.images), file, request.provenance())
                    result = {"seeds": list(request.seeds), "png": b64encode(file.getvalue()).decode()}
                yield progress(frame) | result

    def complete(
        self,
        model: str,
        image: str,
        mask: str = "lower",
        label: str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Let a model invent the hidden part of a picture, and stream the progress.

        image: a PNG, JPEG or WebP file in base64, or as a data URL, or "example:CLASS/0", of a data set without classes
        "example:avatar/0"; made to fit the model. mask: "lower", "right", "middle", "random", "everything", or a square
        picture file in base64, white where to invent. count: at most 16; times options["candidates"] at most 256.
        Yields {"step", "total", "label"} for every step; the last one also holds "completions", the most probable
        first, each {"rank", "seed", "bits_per_dim", "effective_sample_size", "png"}; "effective_sample_size", the mean
        of theirs, of "candidates"; "seen", the picture that the model saw, its hidden part hatched; and "png", the grid
        of that and all completions. All pictures are base64 PNG files; figures that were not measured are null.
        """
        with told():
            request = self.engine.request(model, seed, count, wish(label, options), "completes")
            entry = request.entry
            picture = read_image(self.engine, entry.id, image)
            hidden = read_mask(mask if mask in MASKS else from_base64(mask, "mask"), entry.size)
            for frame in self.engine.complete(request, picture, hidden):
                result = {}
                if frame.step == frame.total:
                    result = described(Completions.ranked(picture, hidden, request.seeds, request.options, frame))
                yield progress(frame) | result

    def score(self, model: str, images: list[str], label: str | None = None) -> list[dict[str, Any]]:
        """How probable a model finds pictures, and where it is surprised.

        images: at most 64, each as in /complete. label: the class that they are meant to show; null is the class that
        finds each one most probable. Returns, in the order of `images`, {"bits_per_dim", "kind": "exact" or "lower
        bound", "rank": 1 is the most probable, "percentile": of the test images, how many in 100 the model finds more
        probable, "label": the class that it was scored under, "heatmap": a base64 PNG of each pixel's surprise, from
        dark, 0 bits, to light, 8 bits a channel}. What the model does not tell is null.
        """
        with told():
            if not isinstance(images, list) or not 1 <= len(images) <= MAX_SCORED:
                raise InvalidOption(f"images must be a list of 1 to {MAX_SCORED} pictures in base64", "images")
            entry = self.engine.able(model, "scores")
            pictures = torch.stack([read_image(self.engine, model, image) for image in images])
            result = self.engine.score(model, pictures, label)
            bits = result.bits_per_dim.tolist()
            ranks = result.bits_per_dim.argsort(stable=True).argsort().tolist()
            return [
                {
                    "bits_per_dim": bits[i],
                    "kind": result.kind,
                    "rank": ranks[i] + 1,
                    "percentile": percentile(entry.folder, bits[i]),
                    "label": None if result.labels is None else entry.classes[int(result.labels[i])],
                    "heatmap": None if result.bits is None else heatmap(result.bits[i]),
                }
                for i in range(len(images))
            ]


@contextmanager
def told() -> Iterator[None]:
    """Passes what a user can mend on to the program that asked, in words."""
    try:
        yield
    except GenerativeError as e:
        raise gr.Error(str(e), print_exception=False) from e


def progress(frame: Frame) -> dict[str, Any]:
    return {"step": frame.step, "total": frame.total, "label": frame.label}


def wish(label: Any, options: Any) -> dict[str, Any]:
    """The options, with the class among them if there is one. Raises InvalidOption for what is no object."""
    if options is not None and not isinstance(options, dict):
        raise InvalidOption(f"options must be an object of names and values, not {shown(options)}", "options")
    return {**(options or {}), **({} if label is None else {"label": label})}


def read_image(engine: Engine, model: str, image: Any) -> Tensor:
    """(C, H, W) as `model` wants it, from base64 or "example:CLASS/0". Raises InvalidPicture or InvalidOption."""
    entry = engine.entry(model)
    example = isinstance(image, str) and image.startswith("example:")
    return open_picture(image if example else from_base64(image, "image"), entry.dataset, entry.size, entry.channels)


def from_base64(text: Any, field: str) -> bytes:
    """The file in a base64 text or data URL. Raises InvalidPicture."""
    if not isinstance(text, str):
        raise InvalidPicture(f"{field} must be a picture in base64, not {shown(text)}", field)
    if len(text) > MAX_CHARACTERS:
        limit = f"{MAX_CHARACTERS / 1e6:.0f} million"
        raise InvalidPicture(
            f"{field} has {len(text):,} characters of base64; the limit is {limit}. Make it smaller.", field
        )
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        known = f" one of {', '.join(MASKS)}, nor" if field == "mask" else ""
        raise InvalidPicture(f"{field} is not{known} a picture in base64: {shown(text)}", field) from None


def png(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def heatmap(bits: Tensor) -> str:
    return png(to_pil(surprise_map(bits, BITS * len(bits))))


def described(done: Completions) -> dict[str, Any]:
    """What /complete says of its result."""
    pngs = [png(to_pil(image)) for image in done.images]
    return {
        "completions": [row | {"png": drawn} for row, drawn in zip(done.rows(), pngs, strict=True)],
        "effective_sample_size": done.effective_sample_size,
        "candidates": done.candidates,
        "seen": png(to_pil(done.seen)),
        "png": png(done.sheet()),
    }
