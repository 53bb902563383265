"""Pipelines of diffusers as what this project makes of them: the config.json that each would have here.

All that stands in their JSON files may have been written by anyone. What is wrong is told with the name of the file.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generative.errors import BadCheckpoint, shown
from generative.library.diffusers_folders import CONFIG, INDEX, SCHEDULER, content, title
from generative.models.diffusion.imported_text import REMEDY, Prompt, can_read

CHANNELS = (1, 3, 4)
MAX_CLASSES = 10_000
MAX_LEVELS = 8  # of an autoencoder, each half the size of the one before
MAX_TOKENS = 1024  # of a sentence
LONGEST_NAME = 100  # characters of a class
Parts = dict[str, Any]


def translated(folder: Path) -> Parts:
    """The config.json that a pipeline of diffusers would have here. Raises BadCheckpoint, which names the file."""
    kind = (content(folder / INDEX) or {}).get("_class_name")
    model, config = TRANSLATIONS[kind](folder, described(folder, f"scheduler/{SCHEDULER}"))
    return {"model": model, "config": config, "training": {}}


def simple(folder: Path, scheduler: Parts) -> tuple[str, Parts]:
    """Of a pipeline that draws pixels."""
    unet, file, size = network(folder, "unet", "UNet2DModel")
    if (channels := unet.get("in_channels", 3)) not in CHANNELS:
        raise BadCheckpoint(f"{file}: in_channels must be 1, 3 or 4, as pictures have, not {shown(channels)}")
    classes = unet.get("num_class_embeds")
    if classes is not None and (type(classes) is not int or not 1 <= classes <= MAX_CLASSES):
        raise BadCheckpoint(f"{file}: num_class_embeds must be from 1 to {MAX_CLASSES}, not {shown(classes)}")
    told = [{"class": [str(k) for k in range(classes)]}] if classes else []
    shape = {"size": size, "image_channels": channels}
    return "imported", {**shape, **made_of(scheduler, unet=unet), "told": told}


def in_codes(folder: Path, scheduler: Parts) -> tuple[str, Parts]:
    """Of one that draws the latents of a VQModel."""
    unet, _, side = network(folder, "unet", "UNet2DModel")
    vqvae, shape = autoencoder(folder, "vqvae", "VQModel", side)
    return "imported-latent", {**shape, **made_of(scheduler, unet=unet, vqvae=vqvae), "told": []}


def by_class(folder: Path, scheduler: Parts) -> tuple[str, Parts]:
    """Of a diffusion transformer. Older folders call it by what it was a case of, with entries of other cases."""
    dit, file, side = network(folder, "transformer", "DiTTransformer2DModel", "Transformer2DModel")
    if dit.get("norm_type", "ada_norm_zero") != "ada_norm_zero":
        raise BadCheckpoint(f"{file}: norm_type must be ada_norm_zero, not {shown(dit['norm_type'])}")
    if dit.get("_class_name") == "Transformer2DModel":
        dit = {name: value for name, value in dit.items() if name in OF_DIT or name.startswith("_")}
    classes = dit.get("num_embeds_ada_norm", 1000)
    if type(classes) is not int or not 1 <= classes <= MAX_CLASSES:
        raise BadCheckpoint(f"{file}: num_embeds_ada_norm must be from 1 to {MAX_CLASSES}, not {shown(classes)}")
    vae, shape = autoencoder(folder, "vae", "AutoencoderKL", side)
    told = [{"class": class_names(content(folder / INDEX) or {}, classes)}]
    usual = {"options": {"guidance_scale": 4.0}, "told": told}
    return "imported-dit", {**shape, **made_of(scheduler, transformer=dit, vae=vae), **usual}


def by_words(folder: Path, scheduler: Parts) -> tuple[str, Parts]:
    """Of one that is told a sentence. Its pipeline sets two entries of the scheduler right, whatever the file says."""
    if not can_read():
        raise BadCheckpoint(REMEDY)
    unet, file, side = network(folder, "unet", "UNet2DConditionModel")
    if unet.get("time_cond_proj_dim"):
        raise BadCheckpoint(f"{file}: time_cond_proj_dim makes it a distilled network, which is told its guidance")
    encoder = described(folder, f"text_encoder/{CONFIG}")
    length = encoder.get("max_position_embeddings", 77)
    if type(length) is not int or not 3 <= length <= MAX_TOKENS:
        words = f"max_position_embeddings must be from 3 to {MAX_TOKENS}, not {shown(length)}"
        raise BadCheckpoint(f"text_encoder/{CONFIG}: {words}")
    vae, shape = autoencoder(folder, "vae", "AutoencoderKL", side)
    told = Prompt(length=length, folder=folder.resolve() / "tokenizer")
    usual = {"options": {"guidance_scale": 7.5}, "told": [told]}
    fixed = {**scheduler, "steps_offset": 1, "clip_sample": False}
    return "imported-text", {**shape, **made_of(fixed, unet=unet, vae=vae, text_encoder=encoder), **usual}


TRANSLATIONS: dict[Any, Callable[[Path, Parts], tuple[str, Parts]]] = {
    "DDPMPipeline": simple,
    "DDIMPipeline": simple,
    "LDMPipeline": in_codes,
    "DiTPipeline": by_class,
    "StableDiffusionPipeline": by_words,
}
OF_DIT = (
    *("num_attention_heads", "attention_head_dim", "in_channels", "out_channels", "num_layers", "dropout", "norm_eps"),
    *("norm_num_groups", "attention_bias", "sample_size", "patch_size", "activation_fn", "num_embeds_ada_norm"),
    *("upcast_attention", "norm_type", "norm_elementwise_affine"),
)


def network(folder: Path, part: str, *kinds: str) -> tuple[Parts, str, int]:
    """What a part's file says of the network, the file, and how many places its square has along a side."""
    about, file = described(folder, f"{part}/{CONFIG}"), f"{part}/{CONFIG}"
    if (kind := about.get("_class_name")) not in kinds:
        raise BadCheckpoint(f"{file}: the network is {title(kind)}; what opens here is a {kinds[0]}")
    if type(size := about.get("sample_size")) is not int:
        raise BadCheckpoint(f"{file}: sample_size must be one whole number, of a square picture, not {shown(size)}")
    return about, file, size


def autoencoder(folder: Path, part: str, kind: str, side: int) -> tuple[Parts, Parts]:
    """What a file says of an autoencoder, and the size and channels of the pictures of latents of `side` places."""
    about, file = described(folder, f"{part}/{CONFIG}"), f"{part}/{CONFIG}"
    if (name := about.get("_class_name")) != kind:
        raise BadCheckpoint(f"{file}: the autoencoder is {title(name)}; what opens here is a {kind}")
    levels, channels = about.get("block_out_channels"), about.get("in_channels", 3)
    if not isinstance(levels, list) or not 1 <= len(levels) <= MAX_LEVELS or channels not in CHANNELS:
        words = "block_out_channels must be a short list, and in_channels 1, 3 or 4"
        raise BadCheckpoint(f"{file}: {words}, not {shown(levels)} and {shown(channels)}")
    return about, {"size": side * 2 ** (len(levels) - 1), "image_channels": channels}


def class_names(index: Parts, count: int) -> list[str]:
    """What model_index.json calls each class; a number where it does not, and after a name that comes twice."""
    names = index.get("id2label")
    names = names if isinstance(names, dict) else {}
    found = [" ".join(str(names.get(str(k), k)).split())[: LONGEST_NAME - 8] or str(k) for k in range(count)]
    times = Counter(found)
    return [f"{name} ({k})" if times[name] > 1 else name for k, name in enumerate(found)]


def made_of(scheduler: Parts, **parts: Parts) -> Parts:
    """What is to be made of each network, without diffusers' own notes, and the scheduler."""
    steps = {"num_train_timesteps": scheduler.get("num_train_timesteps", 1000), "scheduler": scheduler}
    return steps | {
        part: {name: value for name, value in about.items() if not name.startswith("_")}
        for part, about in parts.items()
    }


def described(folder: Path, file: str) -> Parts:
    """What a file of a pipeline holds. Raises BadCheckpoint."""
    found = content(folder / file)
    if found is None:
        raise BadCheckpoint(f"{file} {'cannot be read' if (folder / file).exists() else 'is missing'}")
    return found
