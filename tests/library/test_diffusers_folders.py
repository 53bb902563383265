"""What other libraries save is named for what it is, with what is supported and what to type."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel

import generative
from generative.errors import BadCheckpoint, UnknownModel
from generative.library import weights
from generative.library.entries import Library
from tests.building import build


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `save_pretrained` of diffusers writes."""
    folder = tmp_path_factory.mktemp("pipeline")
    unet = UNet2DModel(
        sample_size=8,
        block_out_channels=(8,),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("DownBlock2D",),
        up_block_types=("UpBlock2D",),
    )
    DDPMPipeline(unet, DDPMScheduler()).save_pretrained(folder)
    return folder


def test_a_pipeline_and_its_parts_are_recognised(pipeline: Path, tmp_path: Path) -> None:
    index = json.loads((pipeline / "model_index.json").read_text()) | {"_class_name": "KandinskyPipeline"}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(
        BadCheckpoint, match=r"a pipeline of diffusers, KandinskyPipeline, of scheduler, unet\. .*train"
    ):
        generative.load(str(tmp_path))
    with pytest.raises(BadCheckpoint, match="a single network of diffusers, UNet2DModel"):
        generative.load(str(pipeline / "unet"))
    with pytest.raises(BadCheckpoint, match="the noise schedule of a diffusers pipeline"):
        generative.load(str(pipeline / "scheduler"))


def test_a_part_of_our_own_checkpoint_points_to_the_folder_above(tmp_path: Path) -> None:
    tiny = {"classes": ["a", "b"], "channels": [16, 32], "attention": [False, True], "layers_per_block": 1}
    weights.save(tmp_path, "ddpm", build("ddpm", tiny), {})
    with pytest.raises(BadCheckpoint, match=r"'unet' is a part of a checkpoint: .*Type the folder above it"):
        generative.load(str(tmp_path / "unet"))


FILES = {
    "transformers": (
        {"config.json": json.dumps({"architectures": ["BertModel"], "model_type": "bert"})},
        "a model of transformers, BertModel",
    ),
    "an odd name": ({"config.json": json.dumps({"architectures": ["<b>" * 500]})}, "a model of transformers, '<b>"),
    "an adapter": ({"adapter_config.json": "{}", "adapter_model.safetensors": ""}, "an adapter"),
    "a pickle": ({"pytorch_model.bin": "x"}, "a pickle, which could run any code when read"),
    "another format": ({"model.gguf": "x"}, r"a file in the format of llama\.cpp: model\.gguf"),
    "weights alone": ({"model.safetensors": "x"}, r"a file of weights, model\.safetensors, without .*config\.json"),
    "another library": ({"config.json": json.dumps({"architecture": "resnet50"})}, "names the model class None"),
    "nothing": ({}, r"config\.json is missing"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_folder_is_named_for_what_it_holds(tmp_path: Path, name: str) -> None:
    files, words = FILES[name]
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    with pytest.raises(BadCheckpoint, match=words) as failure:
        Library(tmp_path / "none", outside=True).entry(str(tmp_path))
    assert str(tmp_path.parent) not in str(failure.value)


def test_a_lone_file_is_named_for_what_it_is(tmp_path: Path) -> None:
    for name, words in (("model.ckpt", "a pickle"), ("model.safetensors", "Type the folder of a checkpoint")):
        torch.save({}, tmp_path / name)
        with pytest.raises(UnknownModel, match=words):
            generative.load(str(tmp_path / name))
