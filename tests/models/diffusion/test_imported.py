"""Pipelines of diffusers, saved by diffusers itself: each draws what its pipeline draws of the same noise."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    DDIMPipeline,
    DDIMScheduler,
    DDPMPipeline,
    DDPMScheduler,
    HeunDiscreteScheduler,
    LDMPipeline,
    UNet2DModel,
    VQModel,
)
from safetensors.torch import load_file, save_file

import generative
from generative.__main__ import main
from generative.errors import BadCheckpoint, InvalidOption
from generative.models.diffusion.imported import OWN
from generative.models.diffusion.imported_latent import TINY_VQVAE
from generative.models.model import drain
from generative.seeds import Seeds

TWO = Seeds(3, 2)
BETAS = torch.linspace(0.001, 0.3, 40).tolist()


def unet(channels: int = 3, size: int = 8, **about: Any) -> UNet2DModel:
    torch.manual_seed(0)
    looks = {"block_out_channels": (8, 8), "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 4}
    types = {"down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D")}
    shape = {"sample_size": size, "in_channels": channels, "out_channels": channels}
    return UNet2DModel(**{**looks, **types, **shape, **about})


PIPELINES = {
    "epsilon, linear, cut off": lambda: DDPMPipeline(unet(), DDPMScheduler()),
    "v, cosine, grey, odd size": lambda: DDIMPipeline(
        unet(1, 10), DDIMScheduler(prediction_type="v_prediction", beta_schedule="squaredcos_cap_v2")
    ),
    "sample, sigmoid, four channels": lambda: DDPMPipeline(
        unet(4), DDPMScheduler(prediction_type="sample", beta_schedule="sigmoid", clip_sample=False)
    ),
    "trained betas, few": lambda: DDIMPipeline(
        unet(),
        DDIMScheduler(num_train_timesteps=40, trained_betas=BETAS, timestep_spacing="trailing"),
    ),
    "learnt variance": lambda: DDPMPipeline(unet(out_channels=6), DDPMScheduler(variance_type="learned_range")),
}


def latent() -> LDMPipeline:
    network, vqvae = unet(size=4), VQModel(**TINY_VQVAE)
    return LDMPipeline(vqvae=vqvae, unet=network, scheduler=DDIMScheduler(clip_sample=False))


PIPELINES["in latents"] = latent


@pytest.mark.parametrize("name", PIPELINES)
def test_the_same_noise_becomes_the_same_picture_as_in_diffusers(name: str, tmp_path: Path) -> None:
    pipeline = PIPELINES[name]()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(tmp_path)
    theirs = pipeline(batch_size=2, generator=TWO.generators(), num_inference_steps=5, output_type="np").images
    model = generative.load(str(tmp_path))
    assert (model.config.size, model.config.image_channels) == (theirs.shape[1], theirs.shape[3])
    ours = drain(model.sample(TWO, model.Options(sampler=OWN, num_inference_steps=5))).images
    torch.testing.assert_close(ours, torch.from_numpy(theirs).permute(0, 3, 1, 2), atol=1e-5, rtol=0)
    for sampler in ("dpm-solver++", "euler", "heun"):
        last = drain(model.sample(TWO, model.Options(sampler=sampler, num_inference_steps=4)))
        assert last.images.isfinite().all() and last.images.shape == ours.shape


def saved(folder: Path, scheduler: Any = None, **about: Any) -> Path:
    DDPMPipeline(unet(**about), scheduler or DDPMScheduler()).save_pretrained(folder)
    return folder


def test_samplers_agree_on_what_the_network_says(tmp_path: Path) -> None:
    """DDIM on our side of an epsilon network is diffusers' own, where that goes the same way."""
    scheduler = DDIMScheduler(clip_sample=False, timestep_spacing="trailing")
    DDIMPipeline(unet(), scheduler).save_pretrained(tmp_path)
    model = generative.load(str(tmp_path))
    own, ddim = (drain(model.sample(TWO, model.Options(sampler=s, num_inference_steps=10))) for s in (OWN, "ddim"))
    assert (own.images - ddim.images).abs().max() < 0.01, "but for the last step, which goes on to t = 0 there"


def test_classes_are_told_by_number_and_guidance_does_not_break_what_was_taught_no_other(tmp_path: Path) -> None:
    model = generative.load(str(saved(tmp_path, num_class_embeds=3)))
    assert model.config.classes == ("0", "1", "2")
    few = model.Options(num_inference_steps=3, guidance_scale=4)
    one, other = (drain(model.sample(TWO, few, said)).images for said in ("0", "2"))
    assert not torch.equal(one, other)


def test_older_names_of_attention_are_understood(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    wanted, file = generative.load(str(folder)), folder / "unet" / "diffusion_pytorch_model.safetensors"
    older = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    state = load_file(file)
    assert any("to_out.0" in key for key in state)
    for new, old in older.items():
        state = {key.replace(f".{new}.", f".{old}."): tensor for key, tensor in state.items()}
    save_file(state, file)
    assert torch.equal(drain(generative.load(str(folder)).sample(TWO)).images, drain(wanted.sample(TWO)).images)


def test_a_scheduler_of_another_kind_lends_its_schedule_alone(tmp_path: Path) -> None:
    model = generative.load(str(saved(tmp_path, HeunDiscreteScheduler())))
    assert drain(model.sample(TWO, model.Options(num_inference_steps=3))).images.isfinite().all()
    with pytest.raises(InvalidOption, match=r"HeunDiscreteScheduler.*Choose another"):
        drain(model.sample(TWO, model.Options(sampler=OWN)))


def change(file: str, **about: Any) -> Any:
    def changed(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps(json.loads(path.read_text()) | about))

    return changed


def pickled(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").rename(folder / "unet" / "diffusion_pytorch_model.bin")


UNET, SCHEDULER = "unet/config.json", "scheduler/scheduler_config.json"
BAD = {
    "no scheduler": (lambda folder: shutil.rmtree(folder / "scheduler"), f"{SCHEDULER} is missing"),
    "damaged": (lambda folder: (folder / UNET).write_text("{"), f"{UNET} cannot be read"),
    "another network": (change(UNET, _class_name="Transformer2DModel"), f"{UNET}: the network is Transformer2DModel"),
    "not square": (change(UNET, sample_size=[8, 16]), f"{UNET}: sample_size must be one whole number"),
    "odd channels": (change(UNET, in_channels=7), f"{UNET}: in_channels must be 1, 3 or 4"),
    "no such block": (change(UNET, down_block_types=["A", "B"]), f"{UNET} does not describe a UNet2DModel"),
    "unknown entry": (change(UNET, colour="red"), f"{UNET} does not describe a UNet2DModel.*colour"),
    "no such schedule": (change(SCHEDULER, beta_schedule="wild"), f"{SCHEDULER} does not describe a noise schedule"),
    "no such prediction": (change(SCHEDULER, prediction_type="x"), f"{SCHEDULER}: prediction_type cannot be 'x'"),
    "endless": (change(SCHEDULER, num_train_timesteps=10**9), "num_train_timesteps cannot be 1000000000"),
    "larger": (change(UNET, block_out_channels=[8] * 200), f"{UNET}|larger model than the weights"),
    "a pickle": (pickled, r"diffusion_pytorch_model\.bin is a pickle"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_told_by_its_file(name: str, tmp_path: Path) -> None:
    spoil, words = BAD[name]
    spoil(saved(tmp_path))
    with pytest.raises(BadCheckpoint, match=words):
        generative.load(str(tmp_path))


def test_the_command_line_draws_with_it(tmp_path: Path) -> None:
    out = tmp_path / "four.png"
    folder = str(saved(tmp_path / "pipeline", in_channels=4, out_channels=4))
    assert main(["sample", folder, "--count", "2", "--option", "num_inference_steps=2", "--out", str(out)]) == 0
    assert out.exists()
