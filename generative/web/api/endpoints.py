"""The page's API for programs: named endpoints, callable with gradio_client or curl."""

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from torch import Tensor

from generative.abilities import ABILITIES
from generative.answers import Likelihood
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.likelihood.completions import RANKING, Completions
from generative.inference.pictures.grids import grid
from generative.inference.pictures.heatmap import BITS, surprise_map
from generative.library.entries import Entry
from generative.library.percentile import percentile
from generative.web.api.denoising import DenoisingEndpoints
from generative.web.api.energy import EnergyEndpoints
from generative.web.api.features import FeatureEndpoints
from generative.web.api.gans import GANEndpoints
from generative.web.api.latent import LatentEndpoints
from generative.web.api.payload import listed, png, progress, told
from generative.web.api.repair import RepairEndpoints
from generative.web.api.tokens import TokenEndpoints
from generative.web.api.words import WordEndpoints

DEVICE = {"concurrency_id": "device", "concurrency_limit": 1}
BRINGING = {"concurrency_id": "bringing", "concurrency_limit": 4}  # beside the device, which others go on using


def add_endpoints(engine: Engine) -> None:
    """Adds everything that programs can call to the Blocks that is being built."""
    api, latent, repair = Endpoints(engine), LatentEndpoints(engine), RepairEndpoints(engine)
    gr.api(api.list_models, api_name="list_models")
    if engine.library.room is not None:
        gr.api(api.bring, api_name="bring", **BRINGING)
    gr.api(api.generate, api_name="generate", **DEVICE)
    gr.api(api.complete, api_name="complete", **DEVICE)
    gr.api(api.score, api_name="score", **DEVICE)
    denoising = DenoisingEndpoints(engine)
    gr.api(denoising.noise, api_name="noise", **DEVICE)
    gr.api(denoising.samplers, api_name="samplers", **DEVICE)
    gr.api(denoising.paths, api_name="paths", **DEVICE)
    gr.api(TokenEndpoints(engine).attend, api_name="attend", **DEVICE)
    gr.api(WordEndpoints(engine).listen, api_name="listen", **DEVICE)
    gr.api(WordEndpoints(engine).between, api_name="between", **DEVICE)
    gr.api(TokenEndpoints(engine).write, api_name="write", **DEVICE)
    gr.api(TokenEndpoints(engine).cost, api_name="cost", **DEVICE)
    gr.api(repair.edit, api_name="edit", **DEVICE)
    gr.api(repair.restore, api_name="restore", **DEVICE)
    gans = GANEndpoints(engine)
    gr.api(gans.contrast, api_name="contrast", **DEVICE)
    gr.api(gans.mix, api_name="mix", **DEVICE)
    gr.api(gans.translate, api_name="translate", **DEVICE)
    gr.api(FeatureEndpoints(engine).features, api_name="features", **DEVICE)
    energy = EnergyEndpoints(engine)
    gr.api(energy.descend, api_name="descend", **DEVICE)
    gr.api(energy.compose, api_name="compose", **DEVICE)
    gr.api(energy.slope, api_name="slope", **DEVICE)
    gr.api(latent.reconstruct, api_name="reconstruct", **DEVICE)
    gr.api(latent.interpolate, api_name="interpolate", **DEVICE)
    gr.api(latent.arithmetic, api_name="arithmetic", **DEVICE)


class Endpoints:
    """What programs can call of every family. Their documentation is what stands here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def list_models(self) -> list[dict[str, Any]]:
        """Of every model id, family, data set, abilities, classes, options with their defaults, size and metrics."""
        there = [*self.engine.entries.values(), *self.engine.library.brought.values()]
        return [entry.describe() for entry in there]

    def bring(self, model: str) -> Iterator[dict[str, Any]]:
        """Bring a pipeline of diffusers from the Hugging Face Hub, where the host allows it.

        model: "owner/name", "hf:owner/name@revision" or the address of its page. Yields {"model", "done", "total"}:
        the id, with its commit, by which all else here knows it when the last has come, and bytes of its weights.
        """
        with told():
            for state in self.engine.library.bring(model):
                yield {"model": state.id, "done": state.done, "total": state.total}

    def generate(
        self,
        model: str,
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
        against: dict[str, Any] | str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Draw images and stream the progress.

        Yields {"step", "total", "label"} for every step; the last one also holds "seeds", "notes": the words of a
        sentence that were never learnt, "png", the grid of images as a base64 PNG file whose metadata say what made it,
        and of a model that wrote tokens after a sentence
        "bits_from_sentence", how much less surprising the sentence makes each drawing. condition: what the model is
        told of the images, as "told" of /list_models names it, {"class": "Sneaker"} or {"attributes": {"glasses":
        "sun"}}; or, bare, what its first condition reads, "Sneaker". options: the model's own, as /list_models names
        them.
        against: what guidance leads away from, told as a condition is; null leads away from nothing told.
        """
        with told():
            ability, given = ("samples", {}) if against is None else ("guides", {"against": against})
            request = self.engine.request(
                ability, model, seed=seed, count=count, condition=condition, options=options, **given
            )
            for frame in self.engine.run(request):
                result = {}
                if frame.step == frame.total:
                    made = png(grid(frame.images), request.plain())
                    result = {"seeds": list(request.seeds), "notes": request.notes, "png": made}
                    result |= ranked(frame)
                yield progress(frame) | result

    def complete(
        self,
        model: str,
        image: str,
        mask: str = "lower",
        condition: dict[str, Any] | str | None = None,
        count: int = 1,
        seed: int = 0,
        options: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Let a model invent the hidden part of a picture, and stream the progress.

        image: a PNG, JPEG or WebP file in base64, or as a data URL, or "example:CLASS/0", of a data set without classes
        "example:avatar/0"; made to fit the model. mask: "lower", "right", "middle", "random", "everything", or a square
        picture file in base64, white where to invent. count: at most 16; times options["candidates"] at most 256.
        Yields {"step", "total", "label"} for every step; the last one also holds "completions", the most probable
        first, each {"rank", "seed", "bits_per_dim", "bits_per_token", "energy", "effective_sample_size", "ancestors",
        "png"};
        "effective_sample_size", the least of theirs, of "candidates"; "seen", the picture that the model saw, its
        hidden part hatched; and "png", the grid of that and all completions. All pictures are base64 PNG files;
        figures that were not measured are null.
        """
        with told():
            request = self.engine.request(
                "completes",
                model,
                seed=seed,
                count=count,
                condition=condition,
                options=options,
                images=image,
                mask=mask,
            )
            picture, hidden = request.inputs["images"][0], request.inputs["mask"]
            for frame in self.engine.run(request):
                result = {}
                if frame.step == frame.total:
                    done = Completions.ranked(picture, hidden, request.seeds, request.options, frame)
                    result = described(request, done)
                yield progress(frame) | result

    def score(
        self, model: str, images: list[str], condition: dict[str, Any] | str | None = None
    ) -> list[dict[str, Any]]:
        """How probable a model finds pictures, and where it is surprised.

        images: at most 64, each as in /complete. condition: what they are meant to show, as in /generate; null asks for
        p(x) whatever it is. Returns, in the order of `images`, {"bits_per_dim", "bits_per_token", "energy": that one of
        them which the model tells, "kind": "exact", "tokens" (exact, of what stands for the picture), "bound" (it is at
        most that) or "unnormalised" (of an energy), "rank": 1 is the most probable, "percentile": of the test images,
        how many in 100 the model finds more probable, "label": the class that it was told, "best_class": the one that
        fits best, where it was told none, and "best_class_probability": p(class | picture), "heatmap": a base64 PNG of
        each pixel's surprise, from dark, 0 bits, to light, 8 bits a channel}. What the model does not tell is null.
        """
        with told():
            listed("images", images, self.engine.limits.most(ABILITIES["scores"]), "pictures in base64")
            request = self.engine.request("scores", model, condition=condition, images=images)
            entry, result, made = request.entry, self.engine.answer(request), request.plain()
            numbers = result.number.tolist()
            ranks = result.number.argsort(stable=True).argsort().tolist()
            return [
                {
                    **{name: numbers[i] if name == result.figure else None for name in RANKING},
                    "kind": result.kind,
                    "rank": ranks[i] + 1,
                    "percentile": percentile(entry.folder, numbers[i]),
                    "label": None if result.told is None else entry.classes[int(result.told[i])],
                    **best_class(entry, result, i),
                    "heatmap": None if result.bits is None else heatmap(result.bits[i], made),
                }
                for i in range(len(images))
            ]


def ranked(frame: Frame) -> dict[str, list[float]]:
    """By what drawings of one sentence are ranked; nothing of others."""
    return {name: bits.tolist() for name, bits in frame.figures.items() if name == "bits_from_sentence"}


def best_class(entry: Entry, result: Likelihood, index: int) -> dict[str, Any]:
    """Which class fits a picture best, and how surely, where the model was told none."""
    if result.posterior is None:
        return {"best_class": None, "best_class_probability": None}
    share, best = result.posterior[index].max(0)
    return {"best_class": entry.classes[int(best)], "best_class_probability": float(share)}


def heatmap(bits: Tensor, made: Mapping[str, Any]) -> str:
    return png(surprise_map(bits, BITS * len(bits)), made)


def described(request: Request, done: Completions) -> dict[str, Any]:
    """What /complete says of its result."""
    made, first = request.plain(), request.seeds.first
    pngs = [png(im, request.image(s - first).plain()) for s, im in zip(done.seeds, done.images, strict=True)]
    return {
        "completions": [row | {"png": drawn} for row, drawn in zip(done.rows(), pngs, strict=True)],
        "effective_sample_size": done.effective_sample_size,
        "candidates": done.candidates,
        "seen": png(done.seen, made),
        "png": png(done.sheet(), made),
    }
