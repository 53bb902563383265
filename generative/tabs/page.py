"""The whole page: a header, a tab for each family, Compare and Guide, and what ties them together."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from generative.errors import GenerativeError
from generative.inference.engine import Engine
from generative.inference.provenance import Provenance, read_png
from generative.tabs import autoencoders, autoregressive, diffusion, gans
from generative.tabs.compare import CompareTab
from generative.tabs.endpoints import add_endpoints
from generative.tabs.family import QUIET, FamilyTab
from generative.tabs.guide import GuideTab
from generative.tabs.stage import Stage, dropped_file, say

TITLE = "Generative models, at work"
FAMILIES = {
    "autoregressive": autoregressive.TEXT,
    "autoencoders": autoencoders.TEXT,
    "gans": gans.TEXT,
    "diffusion": diffusion.TEXT,
}
CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
THEME = gr.themes.Default(
    primary_hue="indigo",
    secondary_hue="indigo",
    neutral_hue="slate",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def build(engine: Engine) -> gr.Blocks:
    """The page over `engine`, ready for `queue` and `launch`."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(header(engine), elem_id="header", padding=False)
        with gr.Tabs(elem_id="tabs") as tabs:
            families = {}
            for family, text in FAMILIES.items():
                with gr.Tab(text.title, id=family, elem_id=f"tab-{family}"):
                    families[family] = FamilyTab(engine, family, text)
            with gr.Tab("Compare", id="compare", elem_id="tab-compare"):
                compare = CompareTab(engine)
            with gr.Tab("Guide", id="guide", elem_id="tab-guide"):
                GuideTab(engine)
        Restorer(engine, tabs, {f: tab for f, tab in families.items() if tab.controls}, compare.stages, page)
        add_endpoints(engine)
    return page


def header(engine: Engine) -> str:
    sets = ", ".join(
        dict.fromkeys({"fashion-mnist": "Fashion-MNIST"}.get(e.dataset, e.dataset) for e in engine.entries.values())
    )
    return (
        f"<h1>{TITLE}</h1><p>Watch trained networks turn noise into images. See what each family is good and bad at."
        f'</p><p class="where"><span title="What the models learnt from">{sets}</span>'
        f'<span title="Where the networks run">{engine.device.type.upper()}</span></p>'
    )


class Restorer:
    """Brings back a run from a dropped PNG or from the page's address: sets the controls and draws it again."""

    def __init__(
        self, engine: Engine, tabs: gr.Tabs, families: dict[str, FamilyTab], others: list[Stage], page: gr.Blocks
    ) -> None:
        self.engine, self.tabs, self.families = engine, tabs, families
        first = next(iter(families.values()), None)
        if first is None:
            return
        # Only states: touching a control in a tab that was never opened would keep Gradio from building it.
        arrivals = [tabs, *(tab.pending for tab in families.values())]
        for stage in [*(tab.stage for tab in families.values()), *others]:
            stage.upload(self._dropped(stage), None, [*arrivals, stage], **QUIET)
        page.load(self._address(first.stage), None, [*arrivals, first.stage], **QUIET)

    def _dropped(self, here: Stage) -> Callable[..., dict[Any, Any]]:
        def restore(event: gr.EventData) -> dict[Any, Any]:
            try:
                _, content = dropped_file(event)
                return self._arrive(read_png(content))
            except GenerativeError as e:
                return {here: say(error=str(e))}

        return restore

    def _address(self, first: Stage) -> Callable[..., dict[Any, Any]]:
        def follow(request: gr.Request) -> dict[Any, Any]:
            query = {k: v for k, v in dict(request.query_params).items() if not k.startswith("__")}
            if "model" not in query:
                return {self.tabs: gr.skip()}
            try:
                bounds = self.engine.entry(query["model"]).kind_class.Options.bounds()
                options = {k: number(v) if k in bounds and bounds[k].kind != "choice" else v for k, v in query.items()}
                model, seed, count = options.pop("model"), options.pop("seed", "0"), options.pop("count", "16")
                return self._arrive(Provenance(model, number(seed), number(count), options))
            except GenerativeError as e:
                return {first: say(error=f"This link cannot be followed. {e}")}

        return follow

    def _arrive(self, made: Provenance) -> dict[Any, Any]:
        """Raises GenerativeError unless the run can be made again here."""
        request = self.engine.request(made.model, made.seed, made.count, made.options)
        family = request.entry.family
        arrival = {"made": asdict(request.provenance()), "token": uuid.uuid4().hex}
        return {self.tabs: gr.Tabs(selected=family), self.families[family].pending: arrival}


def number(text: str) -> Any:
    """A number where `text` is one; otherwise `text`, which the check that follows refuses by name."""
    try:
        return float(text)
    except ValueError:
        return text
