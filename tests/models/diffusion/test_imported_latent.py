"""Pipelines of diffusers in the latents of an AutoencoderKL draw what they draw in diffusers, of the same noise."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DDPMScheduler,
    DiTPipeline,
    DiTTransformer2DModel,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
    UNet2DConditionModel,
    UniPCMultistepScheduler,
)

import generative
from generative.__main__ import main
from generative.errors import BadCheckpoint
from generative.library.entries import Library
from generative.models.diffusion import imported_text
from generative.models.diffusion.imported import OWN
from generative.models.diffusion.imported_latent import TINY_DIT, TINY_VAE, ImportedDiT
from generative.models.diffusion.imported_text import TINY_ENCODER, TINY_TEXT_UNET, can_read
from generative.models.model import drain
from generative.seeds import Seeds

TWO = Seeds(3, 2)
VAE = {**TINY_VAE, "in_channels": 3, "out_channels": 3}
LABELS = {0: "cat", 1: "dog", 2: "dog"}
reads = pytest.mark.skipif(not can_read(), reason="pip install 'transformers>=5,<6'")


def alike(ours: torch.Tensor, theirs: Any) -> None:
    torch.testing.assert_close(ours, torch.from_numpy(theirs).permute(0, 3, 1, 2), atol=1e-5, rtol=0)


def moved(network: Any) -> Any:
    """With every weight moved a little: the last layer of a transformer begins as 0."""
    torch.manual_seed(0)
    for weight in network.parameters():
        weight.data.add_(0.1 * torch.randn_like(weight))
    return network.eval()


def dit(folder: Path, scheduler: Any, **about: Any) -> DiTPipeline:
    transformer = moved(DiTTransformer2DModel(**{**TINY_DIT, "num_embeds_ada_norm": 1000, "out_channels": 8, **about}))
    pipeline = DiTPipeline(transformer, moved(AutoencoderKL(**VAE)), scheduler, id2label=LABELS)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(folder)
    index = folder / "model_index.json"  # which diffusers reads the names from, and does not write them into
    index.write_text(json.dumps(json.loads(index.read_text()) | {"id2label": LABELS}))
    return pipeline


@pytest.mark.parametrize("scheduler", [DDIMScheduler(clip_sample=False), DPMSolverMultistepScheduler()])
def test_a_transformer_told_a_class_draws_as_in_diffusers(scheduler: Any, tmp_path: Path) -> None:
    """With guidance and without; the variance that it has learnt is left out."""
    pipeline, model = dit(tmp_path, scheduler), generative.load(str(tmp_path))
    assert isinstance(model, ImportedDiT) and (model.config.size, model.config.image_channels) == (8, 3)
    assert model.config.classes[:4] == ("cat", "dog (1)", "dog (2)", "3") and len(model.config.classes) == 1000
    assert model.default_options.guidance_scale == 4.0
    for scale in (1.0, 4.0):
        about = {"generator": TWO.generators(), "num_inference_steps": 5, "output_type": "np"}
        theirs = pipeline([2, 2], guidance_scale=scale, **about).images
        options = model.Options(sampler=OWN, num_inference_steps=5, guidance_scale=scale)
        alike(drain(model.sample(TWO, options, "dog (2)")).images, theirs)
    assert drain(model.guide(TWO, "cat", options, "3")).images.isfinite().all()


def test_a_learnt_variance_is_made_use_of_by_ddpm_alone(tmp_path: Path) -> None:
    dit(tmp_path, DDPMScheduler(variance_type="learned_range", clip_sample=False))
    model = generative.load(str(tmp_path))
    options = model.Options(sampler=OWN, num_inference_steps=3)
    assert drain(model.sample(TWO, options)).images.isfinite().all()


def test_an_older_description_of_a_transformer_is_understood(tmp_path: Path) -> None:
    pipeline, file = dit(tmp_path, DDIMScheduler(clip_sample=False)), tmp_path / "transformer" / "config.json"
    about = json.loads(file.read_text()) | {"_class_name": "Transformer2DModel", "only_cross_attention": False}
    file.write_text(json.dumps(about))
    ours, theirs = generative.load(str(tmp_path)).unet, pipeline.transformer
    assert torch.equal(ours.proj_out_2.weight, theirs.proj_out_2.weight)
    file.write_text(json.dumps(about | {"norm_type": "layer_norm"}))
    with pytest.raises(BadCheckpoint, match=r"transformer/config\.json: norm_type must be ada_norm_zero"):
        generative.load(str(tmp_path))


def test_previews_have_the_colours_of_the_picture(tmp_path: Path) -> None:
    """Of a latent that is the same everywhere, about which a linear map can be right."""
    dit(tmp_path, DDIMScheduler(clip_sample=False))
    model = generative.load(str(tmp_path))
    flat = torch.randn(8, 4, 1, 1, generator=torch.Generator().manual_seed(7)).expand(-1, -1, 4, 4)
    with torch.inference_mode():
        near = (model.glimpse(flat).mean((2, 3)) - model.unfold(flat).mean((2, 3))).square().mean()
        spread = model.unfold(flat).mean((2, 3)).var(0).mean()
    assert model.glimpse(flat).shape == (8, 3, 8, 8) and near < spread / 2


def text(folder: Path, scheduler: Any) -> Any:
    """A StableDiffusionPipeline of letters and two of their pairs."""
    from diffusers import StableDiffusionPipeline
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    ends = ["<|startoftext|>", "<|endoftext|>"]
    words = [*"abcde", *(f"{letter}</w>" for letter in "abcde"), "ab", "ab</w>", *ends]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=[("a", "b"), ("a", "b</w>")], model_max_length=8)
    about = {"vocab_size": len(words), "bos_token_id": len(words) - 2, "eos_token_id": len(words) - 1}
    encoder = CLIPTextModel(CLIPTextConfig(**{**TINY_ENCODER, **about}))
    parts = {"vae": AutoencoderKL(**VAE), "unet": UNet2DConditionModel(**TINY_TEXT_UNET), "text_encoder": encoder}
    rest = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    pipeline = StableDiffusionPipeline(
        **{name: moved(part) for name, part in parts.items()}, tokenizer=tokenizer, scheduler=scheduler, **rest
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(folder)
    return pipeline


SCHEDULERS = {
    "pndm": lambda: PNDMScheduler(skip_prk_steps=True, steps_offset=1, beta_schedule="scaled_linear"),
    "ddim, told wrong": lambda: DDIMScheduler(),
    "euler": lambda: EulerDiscreteScheduler(beta_schedule="scaled_linear"),
    "ancestral, of v": lambda: EulerAncestralDiscreteScheduler(
        prediction_type="v_prediction", timestep_spacing="trailing"
    ),
    "dpm-solver": lambda: DPMSolverMultistepScheduler(use_karras_sigmas=True),
    "unipc": lambda: UniPCMultistepScheduler(),
}


@reads
@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_sentence_is_drawn_as_in_diffusers(name: str, tmp_path: Path) -> None:
    """With guidance away from nothing, and from negative words."""
    pipeline, model = text(tmp_path, SCHEDULERS[name]()), generative.load(str(tmp_path))
    assert (model.config.size, model.default_options.guidance_scale) == (8, 7.5)
    options = model.Options(sampler=OWN, num_inference_steps=4, guidance_scale=3)
    for negative in (None, "e d"):
        about = {"negative_prompt": None if negative is None else [negative] * 2, "output_type": "np"}
        run = {"num_inference_steps": 4, "guidance_scale": 3, "generator": TWO.generators()}
        theirs = pipeline(["ab cab"] * 2, **run, **about).images
        alike(drain(model.sample(TWO, options, "ab cab", against=negative)).images, theirs)


@reads
def test_of_a_long_sentence_it_is_told_what_is_not_read(tmp_path: Path) -> None:
    text(tmp_path, DDIMScheduler())
    entry = Library(tmp_path / "none", outside=True).entry(str(tmp_path))
    (prompt,) = entry.told
    assert prompt.notes("a b c d e ab") == "" and prompt.hint("a b") == ""
    assert prompt.notes("a b c d e ab c d") == prompt.hint("a b c d e ab c d") == "Too long, so not read: c d."
    assert prompt.hint("") == "No sentence: everything is up to the seed." and "at most" in prompt.hint("a" * 3000)
    assert str(tmp_path) not in json.dumps(entry.describe(), default=str).replace(json.dumps(str(entry.folder)), "")
    out = tmp_path / "grid.png"
    words = ["--caption", "ab c", "--option", "num_inference_steps=2", "--device", "cpu", "--out", str(out)]
    assert main(["sample", str(tmp_path), *words]) == 0 and out.exists()


BAD = {
    "another autoencoder": ("vae", {"_class_name": "VQModel"}, r"vae/config\.json: the autoencoder is VQModel"),
    "another width": ("text_encoder", {"hidden_size": 16}, r"unet/config\.json: cross_attention_dim is 8"),
    "endless": (
        "text_encoder",
        {"max_position_embeddings": 10**6},
        r"text_encoder/config\.json: max_position_embeddings",
    ),
    "distilled": ("unet", {"time_cond_proj_dim": 8}, r"unet/config\.json: time_cond_proj_dim"),
    "an odd encoder": ("text_encoder", {"hidden_act": "none"}, r"text_encoder/config\.json does not describe"),
}


@reads
@pytest.mark.parametrize("name", BAD)
def test_what_of_a_text_pipeline_cannot_be_read_is_told_by_its_file(name: str, tmp_path: Path) -> None:
    text(tmp_path, DDIMScheduler())
    part, about, words = BAD[name]
    file = tmp_path / part / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | about))
    with pytest.raises(BadCheckpoint, match=words):
        generative.load(str(tmp_path))


@reads
def test_a_tokenizer_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    text(tmp_path, DDIMScheduler())
    for path in (tmp_path / "tokenizer").iterdir():
        path.write_text("{")
    for words in (r"tokenizer/ does not describe a CLIPTokenizer", r"tokenizer/vocab\.json is missing"):
        imported_text.tokenizer_in.cache_clear()
        with pytest.raises(BadCheckpoint, match=words):
            drain(generative.load(str(tmp_path)).sample(TWO))
        for path in (tmp_path / "tokenizer").iterdir():
            path.unlink()


def test_without_transformers_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generative.library.pipelines.can_read", lambda: False)
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    (tmp_path / "scheduler" / "scheduler_config.json").write_text("{}")
    with pytest.raises(BadCheckpoint, match=r"not installed here: pip install 'transformers>=5,<6'"):
        generative.load(str(tmp_path))
