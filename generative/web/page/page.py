"""The whole page: a header, Start, a tab for each family, Compare and Guide. Tools are built when opened."""

from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from generative.data.known import in_order, title
from generative.families import GENERATIVE
from generative.inference.engine.engine import Engine
from generative.web.api.endpoints import add_endpoints
from generative.web.base.face import turn
from generative.web.base.late import when_opened
from generative.web.base.run import QUIET
from generative.web.base.visit import Visit
from generative.web.page.arrivals import Arrivals, Way
from generative.web.page.history import History
from generative.web.page.hosted import HostedPage
from generative.web.rooms.compare import CompareTab
from generative.web.rooms.family import FamilyTab
from generative.web.rooms.guide import GuideTab
from generative.web.rooms.start.start import StartTab

TITLE = "Generative models, at work"


def build(engine: Engine) -> gr.Blocks:
    """The page over `engine`, ready for `queue` and `launch`."""
    with HostedPage(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        with gr.Row(elem_id="top"):
            gr.HTML(header(engine), elem_id="header", padding=False)
            where = dataset_choice(engine)
        visit = gr.State(Visit(where.value or ""))
        problem = gr.HTML(elem_id="arrival")
        tabs = gr.Tabs(elem_id="tabs")
        arrivals = Arrivals(engine, visit, tabs, where, problem)
        with tabs:
            with gr.Tab("Start", id="start", elem_id="tab-start"):
                StartTab(engine, arrivals.by_link)
            for id, family in GENERATIVE.items():
                with gr.Tab(family.title, id=id, elem_id=f"tab-{id}"):
                    FamilyTab(id, engine, visit, arrivals.by_picture)
            with gr.Tab("Compare", id="compare", elem_id="tab-compare"):
                when_opened(visit, partial(compare, engine, visit, arrivals))
            with gr.Tab("Guide", id="guide", elem_id="tab-guide"):
                when_opened(visit, partial(guide, engine))
        turned = where.input(Visit.turn, [visit, where], visit, **QUIET)
        turned.then(None, None, None, js=turn(), api_visibility="private")
        arrivals.by_link(History(elem_id="history"))
        arrivals.by_link(Way(elem_id="way"))  # Back and Forward
        arrivals.by_address(page)
        add_endpoints(engine)
    return page


def where(engine: Engine) -> str:
    """The kind of device, and how many there are of it."""
    kind, count = engine.device.type.upper(), len(engine.devices)
    return kind if count == 1 else f"{count} × {kind}"


def header(engine: Engine) -> str:
    return (
        f"<h1>{TITLE}</h1><p>See how trained networks turn noise into images."
        '</p><p class="where"><button type="button" data-copy="link" title="To what is on show">Copy link</button>'
        '<button type="button" data-present title="One tool in large type, for a projector">Present</button>'
        f'<span title="Where the networks run">{where(engine)}</span></p>'
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
        min_width=440,
        scale=0,
    )


def compare(engine: Engine, state: gr.State, arrivals: Arrivals, now: Visit) -> None:
    """Compare, which follows the data set of the visit when it comes on show."""
    with gr.Column(elem_classes="built"):
        tab = CompareTab(engine, now.dataset)
        tab.dataset.render()

        def turned(visit: Visit, shown: str) -> dict[Any, Any]:
            return {state: visit, **tab.follow(visit.dataset, shown)}

        def recalled(visit: Visit) -> dict[Any, Any]:
            return {state: replace(visit, compared=()), **tab.recall(visit.compared)}

        changed = [state, *tab.outputs]
        pulled = tab.face.expand(turned, [state, tab.dataset], changed, trigger_mode="always_last", **QUIET)
        pulled.then(recalled, state, changed, **QUIET)
        for stage in tab.stages:
            arrivals.by_picture(stage)


def guide(engine: Engine, now: Visit) -> None:
    with gr.Column(elem_classes="built"):
        GuideTab(engine)
