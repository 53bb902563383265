"""What tools share that look at a picture and make no run: a link to a bundled one brings it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from generative.errors import InvalidOption, shown
from generative.inference.inputs import EXAMPLE
from generative.library.entries import Entry
from generative.web.base.tool import Tool, Updates
from generative.web.sources.anchor import Source
from generative.web.sources.named import source_of


class LookingTool(Tool):
    """Its link says which picture, as `named.told_of` writes it."""

    words = ("of",)

    @abstractmethod
    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """The updates for other pictures (N, C, H, W)."""

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Source:
        """The picture. Raises GenerativeError unless the link names a bundled one or holds one."""
        if "of" not in said:
            raise InvalidOption("It does not say which picture", "of")
        source = source_of(entry, said["of"])
        if source.picture is None:
            raise InvalidOption(f"A picture is named {EXAMPLE}CLASS/0, not {shown(said['of'])}", "of")
        return source

    def show(self, entry: Entry, said: Source) -> Updates:
        return self._bring(entry, said.picture[None], [said.name])
