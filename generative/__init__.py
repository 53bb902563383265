"""Generative models that can be watched at work.

>>> import generative
>>> model = generative.load("fashion-mnist/vae")
>>> for frame in model.sample(generative.Seeds(0, count=16)): ...
"""

from generative.errors import GenerativeError
from generative.frame import Frame
from generative.library.entries import Entry, available, load
from generative.seeds import Seeds

__all__ = ["Entry", "Frame", "GenerativeError", "Seeds", "available", "load"]
