"""Mixing styles: a matrix of faces, each of the styles of its row in some layers and of its column in all others."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.abilities import ABILITIES
from generative.errors import GenerativeError
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.inference.latent.mixing import followed
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, QUIET, after_each, as_code
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.spread import spread_option, spread_slider, spread_update
from generative.web.tools.mix import views
from generative.web.widgets.plot.charts import problem

HEADING = '<h2 data-state="ready">Whose face is it?</h2>'
NOTE = (
    "Every layer of the generator has a **style**: how strong each of its maps is. A face has the same style in all "
    "layers; here **some layers have that of the row's face, all others that of the column's**. *Coarse* layers draw "
    "the first, smallest picture, which the others refine, up to the *fine* ones. See what each is in charge of."
)
FACES = "So many rows, and as many columns."
COLUMNS = "The first face at the top; the next has the next seed."
LAYERS = "From the smallest picture to the largest. Those ticked have the style of the row."
BESIDE = 100  # the seed of the first column, at first


class MixTool(Tool):
    """What is mixed stands above the matrix; the matrix is drawn anew when that changes."""

    title = "Mix styles"
    ability = "mixes"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            about = {"label": "Number of faces", "info": FACES, "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, VISITOR.most(ABILITIES[self.ability]), value=6, step=1, **about)
            self.seed, self.dice = seed_row(prefix)
            about = {"info": COLUMNS, "precision": None, "interactive": True, "elem_id": f"{prefix}-columns"}
            self.columns = gr.Number(BESIDE, label="Seed of the columns", **about)
            self.spread = spread_slider(first, prefix)
        with stage:
            self.heading = Heading(asked(first), classes("mix"), HEADING, elem_id=f"{prefix}-heading")
            with gr.Row(elem_classes="asks"):
                about = {"label": "Styles of the row", "interactive": True, "elem_id": f"{prefix}-depth"}
                self.depth = gr.Radio([*depths(first)], value=next(iter(depths(first)), None), **about)
                about = {"label": "Layers", "info": LAYERS, "interactive": True, "elem_id": f"{prefix}-layers"}
                self.layers = gr.CheckboxGroup(offered(first), value=opening(first), **about)
            self.state = panel("mix", f"{prefix}-state")
            self.matrix = panel("mix", f"{prefix}-matrix")
            gr.Markdown(NOTE, elem_classes="note")
            self.followed = panel("mix", f"{prefix}-followed")
            self.grew = panel("mix", f"{prefix}-grew", views.grew(first))
        self._wire()

    def _wire(self) -> None:
        controls, layers = self.controls, self.layers
        self.depth.input(self._ticked, [controls.model, self.depth], layers, **QUIET)
        layers.change(self._depth, [controls.model, layers], self.depth, **QUIET)
        changed = [self.seed.change, self.columns.change, self.count.release, self.spread.input, layers.change]
        after_each([self.heading.input, self.face.submit, *changed]).then(
            self._mix,
            [controls.model, self.count, self.seed, self.columns, self.spread, layers],
            [self.state, self.matrix, self.followed],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def held(self) -> list[Component]:
        return [self.layers]

    @property
    def outputs(self) -> list[Component]:
        own = [self.columns, self.depth, self.layers, self.heading, self.state, self.matrix, self.followed, self.grew]
        return [*self.controls.chosen, self.count, self.seed, self.spread, *own]

    def follow(self, entry: Entry, layers: Any) -> Updates:
        """Layers stay that the model has too."""
        there = [layer for _, layer in offered(entry)]
        kept = [layer for layer in layers or [] if layer in there] or opening(entry)
        return {**self._shown(entry, kept), self.heading: asked(entry)}

    def recall(self, request: Request, layers: Any) -> Updates:
        said = request.inputs
        spread = spread_update(request.entry) | {"value": getattr(request.options, "truncation", 1)}
        return {
            **self._shown(request.entry, list(said["layers"])),
            self.count: len(request.seeds),
            self.seed: request.seeds.first,
            self.columns: said["columns"],
            self.spread: spread,
        }

    def _shown(self, entry: Entry, chosen: Sequence[int]) -> dict[Any, Any]:
        return {
            **self.controls.choose(entry),
            self.spread: spread_update(entry),
            self.layers: gr.update(choices=offered(entry), value=list(chosen)),
            self.depth: gr.update(choices=[*depths(entry)], value=depth_of(entry, chosen)),
            self.grew: views.grew(entry),
            self.state: "",
        }

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _ticked(self, model: Any, depth: Any) -> Any:
        """The layers that a name stands for."""
        return list(depths(self.engine.entry(model)).get(depth, ())) if model in self.engine.entries else gr.skip()

    def _depth(self, model: Any, layers: Any) -> Any:
        """The name of what is ticked, if it has one."""
        return depth_of(self.engine.entry(model), layers) if model in self.engine.entries else gr.skip()

    def _mix(self, id: Any, count: Any, seed: Any, columns: Any, spread: Any, layers: Any) -> dict[Any, Any]:
        """The matrix, and which attributes came with the styles of the row."""
        try:
            entry = self.engine.able(id, self.ability)
            about = {"options": spread_option(entry, spread), "columns": columns, "layers": layers}
            request = self.engine.request(self.ability, entry, seed=seed, count=count, **about)
            mixed = self.engine.answer(request)
            found = followed(self.engine, request.entry, mixed)
        except GenerativeError as e:
            return self.fail(str(e))
        name = depth_of(request.entry, mixed.layers)
        return {
            self.state: "",
            self.matrix: views.matrix(mixed, request),
            self.followed: views.followed(found, name) + as_code(request),
        }


def depths(entry: Entry) -> dict[str, tuple[int, ...]]:
    """The layers of a model by name; none of a damaged one."""
    return entry.kind_class.depths(entry.size) if not entry.problem else {}


def opening(entry: Entry) -> list[int]:
    """The layers that have the styles of the row at first: the coarsest."""
    return list(next(iter(depths(entry).values()), ()))


def offered(entry: Entry) -> list[tuple[str, int]]:
    """Every layer with its name: its number, and how large what it draws is."""
    count = max((layer for layers in depths(entry).values() for layer in layers), default=0)
    return [(f"{layer} · {entry.size >> (count - layer) // 2} px", layer) for layer in range(1, count + 1)]


def depth_of(entry: Entry, layers: Any) -> str | None:
    """The name of just these layers, if they have one."""
    chosen = tuple(sorted(layers or ()))
    return next((name for name, of_it in depths(entry).items() if of_it == chosen), None)
