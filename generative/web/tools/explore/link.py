"""A latent as a link says it: its numbers in single precision, in base64 as addresses have it."""

import base64
import binascii
from collections.abc import Mapping

import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.library.entries import Entry
from generative.web.base.link import link_to

WORDS = ("latent",)
MOST = 512  # numbers that fit in an address everywhere


def read(said: Mapping[str, str]) -> Tensor:
    """(D,). Raises InvalidOption."""
    try:
        latent = torch.frombuffer(bytearray(base64.b64decode(said["latent"], "-_", validate=True)), dtype=torch.float32)
    except (binascii.Error, ValueError):
        latent = torch.empty(0)
    if not 1 <= len(latent) <= MOST or not latent.isfinite().all():
        raise InvalidOption("The latent that it names has arrived damaged", "latent")
    return latent


def written(entry: Entry, latent: Tensor) -> str:
    """The link; to the model alone where the latent (D,) is too long for one."""
    numbers = base64.b64encode(latent.float().contiguous().numpy(), b"-_").decode("ascii")
    return link_to(entry, {"latent": numbers} if len(latent) <= MOST else {})
