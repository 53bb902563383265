"""The whole page: a header, a tab for each family, Compare and Guide, and what ties them together."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import gradio as gr

from generative.data.known import in_order, title
from generative.errors import GenerativeError
from generative.families import GENERATIVE
from generative.inference.engine.engine import Engine
from generative.inference.pictures.provenance import Provenance, read_png
from generative.web.api.endpoints import add_endpoints
from generative.web.base.run import QUIET, WHEN_BUILT
from generative.web.page.hosted import HostedPage
from generative.web.rooms.compare import CompareTab
from generative.web.rooms.family import FamilyTab
from generative.web.rooms.guide import GuideTab
from generative.web.widgets.stage.stage import Stage, dropped_file, say

TITLE = "Generative models, at work"


def build(engine: Engine) -> gr.Blocks:
    """The page over `engine`, ready for `queue` and `launch`."""
    with HostedPage(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        with gr.Row(elem_id="top"):
            gr.HTML(header(engine), elem_id="header", padding=False)
            where = dataset_choice(engine)
        absence = gr.Markdown(elem_id="absence", elem_classes="note")
        with gr.Tabs(elem_id="tabs") as tabs:
            opened, families = {}, {}
            for id, family in GENERATIVE.items():
                with gr.Tab(family.title, id=id, elem_id=f"tab-{id}") as opened[id]:
                    families[id] = FamilyTab(engine, id)
            with gr.Tab("Compare", id="compare", elem_id="tab-compare") as opened["compare"]:
                compare = CompareTab(engine, where.value)
            with gr.Tab("Guide", id="guide", elem_id="tab-guide") as opened["guide"]:
                GuideTab(engine)
        families = {f: tab for f, tab in families.items() if tab.tools}
        for state in [compare.dataset, *(state for tab in families.values() for state in tab.states)]:
            state.render()
        follow_dataset(where, absence, opened, {**families, "compare": compare})
        Restorer(engine, tabs, where, families, compare.stages, page)
        add_endpoints(engine)
    return page


def header(engine: Engine) -> str:
    return (
        f"<h1>{TITLE}</h1><p>Watch trained networks turn noise into images. See what each family is good and bad at."
        f'</p><p class="where"><span title="Where the networks run">{engine.device.type.upper()}</span></p>'
    )


def dataset_choice(engine: Engine) -> gr.Radio:
    """What the models on show learnt from; holds for all tabs. Hidden while there is only one."""
    order = in_order(e.dataset for e in engine.entries.values() if e.family in GENERATIVE)
    return gr.Radio(
        [(title(d), d) for d in order],
        value=order[0] if order else None,
        label="Data set",
        elem_id="dataset",
        visible=len(order) > 1,
        min_width=350,
        scale=0,
    )


def follow_dataset(where: gr.Radio, absence: gr.Markdown, pages: dict[str, gr.Tab], tabs: dict[str, Any]) -> None:
    """Tells the open tab of the header's choice at once, and any other when it is opened.

    What stands in `absence` is about the tab that was open, so the browser takes it away before it asks for news.
    """
    names = [name for name in pages if name in tabs]
    open_tab = gr.State(names[0] if names else "")
    states = [tabs[name].dataset for name in names]

    def opened(dataset: str, name: str) -> tuple[str, str, str]:
        return dataset, name, tabs[name].absence(dataset)

    def chosen(dataset: str, name: str, *known: str) -> list[str]:
        # All states are given back, for Gradio takes one that is skipped for changed.
        return [dataset if n == name else old for n, old in zip(names, known, strict=True)] + [
            tabs[name].absence(dataset)
        ]

    for page in pages.values():
        page.select(None, None, absence, js="() => ''", api_visibility="private")
    for name in names:
        pages[name].select(
            partial(opened, name=name),
            where,
            [tabs[name].dataset, open_tab, absence],
            js=WHEN_BUILT % (tabs[name].built, 1),
            **QUIET,
        )
    where.input(chosen, [where, open_tab, *states], [*states, absence], **QUIET)


class Restorer:
    """Brings back a run from a dropped PNG or from the page's address: sets the controls and draws it again."""

    def __init__(
        self,
        engine: Engine,
        tabs: gr.Tabs,
        where: gr.Radio,
        families: dict[str, FamilyTab],
        others: list[Stage],
        page: gr.Blocks,
    ) -> None:
        self.engine, self.tabs, self.where, self.families = engine, tabs, where, families
        first = next(iter(families.values()), None)
        if first is None:
            return
        # Only states: touching a control in a tab that was never opened would keep Gradio from building it.
        self.states = [state for tab in families.values() for state in (tab.draw.pending, tab.dataset, tab.chosen)]
        arrivals = [tabs, where, *self.states]
        for stage in [*(stage for tab in families.values() for stage in tab.stages), *others]:
            stage.upload(self._dropped(stage), self.states, [*arrivals, stage], **QUIET)
        page.load(self._address(first.draw.stage), self.states, [*arrivals, first.draw.stage], **QUIET)

    def _dropped(self, here: Stage) -> Callable[..., dict[Any, Any]]:
        def restore(event: gr.EventData, *values: Any) -> dict[Any, Any]:
            try:
                _, content = dropped_file(event)
                return {**self._stay(values), **self._arrive(read_png(content))}
            except GenerativeError as e:
                return {**self._stay(values), here: say(error=str(e))}

        return restore

    def _address(self, first: Stage) -> Callable[..., dict[Any, Any]]:
        def follow(request: gr.Request, *values: Any) -> dict[Any, Any]:
            stay = self._stay(values)
            query = {k: v for k, v in dict(request.query_params).items() if not k.startswith("__")}
            if "model" not in query:
                return stay
            try:
                options = dict(query)
                model, seed, count = options.pop("model"), options.pop("seed", "0"), options.pop("count", "16")
                return {**stay, **self._arrive(Provenance(model, number(seed), number(count), options))}
            except GenerativeError as e:
                return {**stay, first: say(error=f"This link cannot be followed. {e}")}

        return follow

    def _stay(self, values: tuple[Any, ...]) -> dict[Any, Any]:
        """The states as they are: Gradio takes one that is skipped for changed, and would touch what is not built."""
        return dict(zip(self.states, values, strict=True))

    def _arrive(self, made: Provenance) -> dict[Any, Any]:
        """Raises GenerativeError unless the run can be made again here."""
        request = self.engine.request(made.model, made.seed, made.count, made.options)
        entry = request.entry
        family = self.families[entry.family]
        arrival = {"made": asdict(request.provenance()), "token": uuid.uuid4().hex}
        return {
            self.tabs: gr.Tabs(selected=entry.family),
            self.where: entry.dataset,
            family.dataset: entry.dataset,
            family.chosen: entry.id,
            family.draw.pending: arrival,
        }


def number(text: str) -> Any:
    """A number where `text` is one; otherwise `text`, which the check that follows refuses by name."""
    try:
        return float(text)
    except ValueError:
        return text
