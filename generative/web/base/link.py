"""What a tool shows, as the page's address has it; way.js puts it there."""

import html
from collections.abc import Mapping

from generative.inference.pictures.written import address
from generative.library.entries import Entry

PICTURE = "picture:"  # before one in base64, where a seed or a bundled picture could stand as well


def made(link: str) -> str:
    """As HTML that says so and cannot be seen."""
    return f'<made-link link="{html.escape(link)}"></made-link>'


def link_to(entry: Entry, said: Mapping[str, object]) -> str:
    """To a model, and what is shown of it by a tool's `words`. way.js adds tab and tool. Pictures that would make it
    too long for an address are only named."""
    own = [name for name, value in said.items() if PICTURE in str(value)]
    return address({"model": entry.id, **said}, own)
