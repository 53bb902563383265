"""StableDiffusionPipeline of diffusers: latent diffusion (Rombach et al. 2022) told a sentence, which a CLIP text
encoder (Radford et al. 2021) reads and the UNet asks by cross-attention.

Encoder and tokenizer are those of transformers, which has to be installed for this alone. The filter for pictures that
some pipelines come with, the "safety checker", is not run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.conditions import Caption
from generative.errors import BadCheckpoint, InvalidOption
from generative.models.diffusion.imported import TINY_UNET, read_from
from generative.models.diffusion.imported_latent import InKL, KLConfig
from generative.seeds import Seeds

REMEDY = (
    "A StableDiffusionPipeline reads sentences with transformers, which is not installed here: pip install "
    "'transformers>=5,<6'"
)
TINY_TEXT_UNET = {
    **TINY_UNET,
    "sample_size": 4,
    "in_channels": 4,
    "out_channels": 4,
    "cross_attention_dim": 8,
    "attention_head_dim": 4,
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
}
TINY_ENCODER = {
    "vocab_size": 20,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "max_position_embeddings": 8,
    "bos_token_id": 18,
    "eos_token_id": 19,
}


def can_read() -> bool:
    """Whether transformers is there."""
    return find_spec("transformers") is not None


@lru_cache(maxsize=8)
def tokenizer_in(folder: Path) -> Any:
    """The tokenizer that a folder describes. Raises BadCheckpoint."""
    if not can_read():
        raise BadCheckpoint(REMEDY)
    from transformers import CLIPTokenizer  # which takes seconds

    if not any((folder / name).is_file() for name in ("vocab.json", "tokenizer.json")):
        raise BadCheckpoint("tokenizer/vocab.json is missing")
    try:
        return CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as e:  # the parser of the tokenizers library raises nothing narrower
        raise BadCheckpoint(f"tokenizer/ does not describe a CLIPTokenizer: {e}") from e


@dataclass(frozen=True)
class Prompt(Caption):
    """A sentence in any words, cut into `length` tokens by the tokenizer in a folder; no words are unknown to it."""

    kind = "prompt"
    folder: Path = field(default=Path(), kw_only=True)

    def tensor(self, value: str | None, seeds: Seeds) -> Tensor:
        """(N, length) int64: the tokens between those that begin and end a sentence; what is too long is left out."""
        about = {"padding": "max_length", "max_length": self.length, "truncation": True}
        return torch.tensor(tokenizer_in(self.folder)(value or "", **about).input_ids).expand(len(seeds), -1).clone()

    def notes(self, value: str | None) -> str:
        """What is too long to be read."""
        tokenizer = tokenizer_in(self.folder)
        beyond = tokenizer(value or "", add_special_tokens=False).input_ids[self.length - 2 :]
        if not beyond:
            return ""
        words = tokenizer.decode(beyond[:20])
        return f"Too long, so not read: {words}{' …' if len(beyond) > 20 else ''}."

    def hint(self, said: Any) -> str:
        """That there is no sentence, or what of it is not read; never raises."""
        try:
            value = self.read(said)
            return self.notes(value) if value else "No sentence: everything is up to the seed."
        except (InvalidOption, BadCheckpoint) as e:
            return str(e)

    def record(self) -> dict[str, Any]:
        """The length in tokens. Where the folder lies is nobody's business."""
        return {"length": self.length}


@dataclass(frozen=True)
class ImportedTextConfig(KLConfig):
    """text_encoder: what transformers makes the encoder of, from text_encoder/config.json."""

    can_be_told = ("prompt",)
    least: ClassVar[Mapping[str, Any]] = {**KLConfig.least, "unet": TINY_TEXT_UNET, "text_encoder": TINY_ENCODER}
    text_encoder: dict[str, Any] = field(default_factory=dict)


class ImportedText(InKL):
    """StableDiffusionPipeline."""

    title = "Imported text-to-image pipeline"
    paper = "https://arxiv.org/abs/2112.10752"
    Config = ImportedTextConfig
    weights: ClassVar[Mapping[str, str]] = {
        "unet/diffusion_pytorch_model.safetensors": "unet",
        **InKL.weights,
        "text_encoder/model.safetensors": "encoder",
    }
    renamed = (*InKL.renamed, ("text_model.", ""))
    left_out = ("position_ids",)
    config: ImportedTextConfig

    def __init__(self, config: ImportedTextConfig) -> None:
        super().__init__(config)
        if not can_read():
            raise BadCheckpoint(REMEDY)
        from transformers import CLIPTextConfig, CLIPTextModel  # which takes seconds

        with read_from("text_encoder/config.json", "a CLIPTextModel"):
            encoder = CLIPTextModel(CLIPTextConfig(**config.text_encoder))
        self.encoder = getattr(encoder, "text_model", encoder)  # as older versions call what does the work
        wanted, width = self.unet.config.cross_attention_dim, self.encoder.config.hidden_size
        if wanted != width:
            words = f"cross_attention_dim is {wanted}, but text_encoder/config.json has a hidden_size of {width}"
            raise BadCheckpoint(f"unet/config.json: {words}")

    def network(self, attention: Sequence[bool], **about: Any) -> Any:
        """The UNet that the folder describes."""
        from diffusers import UNet2DConditionModel  # which takes seconds

        with read_from("unet/config.json", "a UNet2DConditionModel"):
            return UNet2DConditionModel(**self.config.unet)

    def forward(self, x_t: Tensor, t: Tensor, told: Tensor) -> Tensor:
        """What the network says of latents at timesteps t, 0-d or (N,), told sentences (N, length) of tokens."""
        different, which = told.unique(dim=0, return_inverse=True)  # most often all images are told the same
        return self.unet(x_t, t, self.encoder(different).last_hidden_state[which]).sample

    def untold(self, told: Tensor) -> Tensor:
        """The empty sentence, for as many images."""
        if self.config.told:
            return self.config.told[0].tensor(None, Seeds(0, len(told))).to(told)
        about, length = self.encoder.config, self.encoder.config.max_position_embeddings
        return torch.tensor([about.bos_token_id] + [about.eos_token_id] * (length - 1)).expand(len(told), -1).to(told)

    def asked(self, seeds: Seeds, condition: Any = None) -> Tensor:
        """(N, length) tokens of each image's sentence. Raises NotSupported or InvalidOption."""
        told = self.told(seeds, condition)
        return self.untold(torch.zeros(len(seeds), 1, dtype=torch.int64, device=self.device)) if told is None else told
