"""A field for the id of a pipeline on the Hugging Face Hub, where the host allows visitors to bring some."""

import html
from collections.abc import Iterator
from urllib.parse import urlencode

import gradio as gr

from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.library.bringing import Arriving, Room, in_words
from generative.library.diffusers_folders import PIPELINES
from generative.web.base.run import QUIET

OPEN = "() => document.querySelector('#{id} a')?.click()"  # the page opens anew, with the model in its lists


class BringModel:
    """Folded away under a family's tools. What has come is in the lists of the page as soon as that is opened anew."""

    def __init__(self, engine: Engine, room: Room, family: str) -> None:
        self.engine, self.family, prefix = engine, family, f"{family}-bring"
        with gr.Accordion("Bring a model", open=False, elem_id=prefix):
            gr.HTML(about(room), elem_classes="note", padding=False)
            wish = gr.Textbox(
                label="On the Hugging Face Hub",
                info="Such as google/ddpm-cifar10-32, hf:owner/name@revision, or the address of its page.",
                max_length=300,
                submit_btn="Bring it",
                elem_id=f"{prefix}-id",
            )
            state = gr.HTML(elem_id=f"{prefix}-state", padding=False)
        own = {"concurrency_id": "bringing", "concurrency_limit": 4, "trigger_mode": "once"}
        come = wish.submit(self._bring, wish, state, **own, **QUIET)
        come.then(None, None, None, js=OPEN.format(id=f"{prefix}-state"), api_visibility="private")

    def _bring(self, id: str) -> Iterator[str]:
        yield told("Looking at what it is …")
        try:
            for state in self.engine.library.bring(id if isinstance(id, str) else ""):
                yield on_its_way(state) if state.folder is None else there(state, self.family)
        except GenerativeError as e:
            yield f'<p class="problem" role="alert">{html.escape(str(e))}</p>'


def about(room: Room) -> str:
    """What can be brought, and the limits of the host."""
    return (
        f"Draw with somebody else's diffusion model: a {', '.join(PIPELINES[:-1])} or {PIPELINES[-1]} of diffusers, "
        f"in safetensors. This host takes weights of up to {in_words(room.bytes)}, pictures of up to {room.side} "
        f"pixels and {room.models} models in all. They stay until it is started again, for everyone."
    )


def told(words: str) -> str:
    return f'<p class="note" role="status">{html.escape(words)}</p>'


def on_its_way(state: Arriving) -> str:
    """How much of the weights has come."""
    words = f"{named(state)}: {in_words(state.done)} of {in_words(state.total)}"
    return f'{told(words)}<progress max="{state.total}" value="{state.done}"></progress>'


def there(state: Arriving, family: str) -> str:
    """A link to the first tool, with the model."""
    place = html.escape("?" + urlencode({"tab": family, "tool": "samples", "model": state.id}))
    return f'{told(f"{named(state)} is here.")}<p><a href="{place}">Draw with it</a></p>'


def named(state: Arriving) -> str:
    repo, _, commit = state.id.removeprefix("hf:").partition("@")
    return f"{repo}, revision {commit[:7]}"
