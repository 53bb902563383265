"""Loaded models on their device, and the one place where work runs."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from generative.abilities import ABILITIES, Ability
from generative.answers import Likelihood, Verdict
from generative.conditions import read_told
from generative.errors import GenerativeError, InvalidOption, NotSupported, check_choice, near, shown
from generative.fields import Integer
from generative.frame import Frame
from generative.inference.engine.devices import budget, free, pick_devices, trouble
from generative.inference.engine.handing_out import handed_out, nothing_shown
from generative.inference.engine.limits import VISITOR, Limits
from generative.inference.engine.line import Line
from generative.inference.engine.request import Request
from generative.inference.inputs import input_field
from generative.inference.pictures.provenance import restorable
from generative.library.entries import Library
from generative.library.entry import Entry
from generative.models.model import Model, drain
from generative.models.precision import allow_tf32
from generative.seeds import MAX_SEED, Seeds

R = TypeVar("R")


class Engine:
    """Models by id, loaded at first use and kept within a memory budget, and one fair line for the devices.

    library: where the models are; None for the usual place, a path for another root. memory_budget: bytes of
    parameters kept loaded on each device; None for what the device allows (`budget`).
    """

    def __init__(
        self,
        library: Library | Path | str | None = None,
        device: str = "auto",
        limits: Limits = VISITOR,
        memory_budget: int | None = None,
    ) -> None:
        self.library = library if isinstance(library, Library) else Library(library)
        self.devices, self.limits, self.memory_budget = pick_devices(device), limits, memory_budget
        self.device = self.devices[0]
        allow_tf32(self.device)
        self.line: Line[torch.device] = Line(self.devices)
        self._models: OrderedDict[tuple[torch.device, Path], Model] = OrderedDict()  # the one last used last
        self._load_lock = threading.Lock()

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every model there is, by id."""
        return self.library.entries

    def entry(self, id: Any) -> Entry:
        """What is known of a model. Raises UnknownModel or, for a damaged one, BadCheckpoint."""
        return id if isinstance(id, Entry) else self.library.entry(id)

    def able(self, id: Any, ability: str) -> Entry:
        """The same of a model that can do something. Raises NotSupported too."""
        entry = self.entry(id)
        if ability not in entry.abilities:
            raise NotSupported(
                f"{entry.title} cannot {ABILITIES[ability].verb}; it {', '.join(entry.abilities)}.", "model"
            )
        return entry

    def usable(self, family: str | None = None, ability: str = "samples") -> list[Entry]:
        """The models of a family (or of all) that can do something."""
        return self.library.usable(ability, family)

    def judge(self, entry: Entry) -> Entry | None:
        """The classifier that sees in this model's pictures what they show; None where none fits them.

        What can help to draw them is no judge of them.
        """
        helpers = [*chain.from_iterable(entry.kind_class.helped_by.values())]
        judges = (e for e in self.usable(None, "classifies") if e.dataset == entry.dataset and e.kind not in helpers)
        judge = next(judges, None)
        return judge if judge and (judge.size, judge.channels) == (entry.size, entry.channels) else None

    def model(self, id: str | Entry, device: torch.device | None = None) -> Model:
        """The model of that id on a device, None for the engine's first."""
        entry, device = self.entry(id), device or self.device
        key = device, entry.folder
        with self._load_lock:
            if key not in self._models:
                with trouble(device, f"the weights of {entry.title}"):
                    self._models[key] = self.library.load(entry, device)
                self._make_room(device)
            self._models.move_to_end(key)
            return self._models[key]

    def _make_room(self, device: torch.device) -> None:
        """Let go of the models of a device that were used longest ago, but for the last, till the rest fits."""
        own = [key for key in self._models if key[0] == device]
        most = budget(device) if self.memory_budget is None else self.memory_budget
        while len(own) > 1 and sum(size(self._models[key]) for key in own) > most:
            del self._models[own.pop(0)]

    def request(
        self,
        ability: str,
        model: Any,
        *,
        seed: Any = 0,
        count: Any = 1,
        condition: Any = None,
        options: Mapping[str, Any] | None = None,
        **inputs: Any,
    ) -> Request:
        """The only check of a wish. Raises a GenerativeError whose `field` is at fault.

        ability: one of ABILITIES. condition: {name: value} of what the model is told, or what its first condition
        reads. options: the model's own, as anyone may have written them. inputs: what the ability is given besides.
        """
        can = ABILITIES[check_choice("ability", ability, list(ABILITIES))]
        entry = self.able(model, can.name)
        if not isinstance(options, Mapping | None):
            raise InvalidOption(f"options must be an object of names and values, not {shown(options)}", "options")
        wish = entry.kind_class.Options.parse({**entry.options, **(options or {})})
        told = read_told(entry.told, condition, entry.title)
        values, given = self._inputs(can, entry, inputs)
        seeds = self._seeds(can, seed, count)
        self.limits.check(can, len(seeds), wish)
        return Request(can, entry, seeds, wish, told, values, given)

    def run(
        self, request: Request[R], visitor: str = "", shown: Callable[[Frame], bool] = nothing_shown
    ) -> Iterator[R]:
        """The answers to a request, when its turn has come: frames, or one answer. Nothing else runs a model.

        shown: the frames that somebody will look at: they are copied from a GPU while it goes on. Closing the iterator
        frees the device at the next step. What does not fit in the device's memory is done in
        halves. Raises GenerativeError when a run takes too long, one image does not fit, or something is not finite.
        """
        with self.line.turn(visitor, self.limits.waiting) as device, trouble(device):
            deadline = time.monotonic() + self.limits.seconds
            member = getattr(self.model(request.entry, device), request.ability.member)
            if request.ability.streams:
                yield from self._frames(request, member, deadline, shown)
            else:
                yield joined(list(self._parts(request, member, request.ability.together, deadline)))

    def answer(self, request: Request[R], visitor: str = "") -> R:
        """The last of `run`."""
        return drain(self.run(request, visitor))

    def recall(self, note: Mapping[str, Any], ability: str = "samples") -> tuple[Request, str]:
        """The request of a plain form that anyone may have written, and a sentence on what of it was left out.

        Unknown keys are ignored; more images than are allowed become as many as are. Raises GenerativeError.
        """
        name = note.get("ability", ability)
        can = ABILITIES[check_choice("ability", name, list(ABILITIES))]
        recipe, words = restorable(note, self.limits.most(can))
        entry = self.able(recipe.get("model"), can.name)
        options, inputs = dict(asked(recipe, "options")), asked(recipe, "inputs")
        told = {**asked(recipe, "condition"), **{c.name: options.pop(c.name) for c in entry.told if c.name in options}}
        if "label" in options:  # as pictures of the first release have it
            told.setdefault("class", options.pop("label"))
        told = {key: value for key, value in told.items() if value is not None}
        seed, count = recipe.get("seed", 0), recipe.get("count", 1)
        request = self.request(can.name, entry, seed=seed, count=count, condition=told, options=options, **inputs)
        return request, words

    def follow(self, query: Mapping[str, str]) -> tuple[Request, str]:
        """The request of a link's query string (`Request.link`), and a sentence on what of it was left out."""
        can = ABILITIES[check_choice("ability", query.get("ability", "samples"), list(ABILITIES))]
        entry = self.able(query.get("model"), can.name)
        names = [*entry.kind_class.Options.fields()]
        inputs = {name: loads(query[name]) for name in can.inputs if name in query}
        note: dict[str, Any] = {"ability": can.name, "model": entry.id, "inputs": inputs}
        note["options"] = {name: query[name] for name in names if name in query}
        note["condition"] = {c.name: loads(query[c.name]) for c in entry.told if c.name in query}
        for name, usual in (("seed", 0), ("count", 16)):
            note[name] = loads(query[name]) if name in query else usual
        return self.recall(note)

    def _seeds(self, can: Ability, seed: Any, count: Any) -> Seeds:
        if not can.seeded:
            return Seeds()
        count = Integer("count", "Count", "How many.", low=1, high=self.limits.most(can)).read(count)
        return Seeds(Integer("seed", "Seed", "Of the first.", low=0, high=MAX_SEED + 1 - count).read(seed), count)

    def _inputs(self, can: Ability, entry: Entry, said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The checked inputs, and of each its field with what was said."""
        if unknown := set(said) - set(can.inputs):
            name = sorted(unknown)[0]
            raise InvalidOption(f"To {can.verb} takes no {shown(name)}. {near(name, list(can.inputs))}", name)
        values, given = {}, {}
        for name in can.inputs:
            if said.get(name) is None and name in can.optional:
                continue
            if said.get(name) is None:
                raise InvalidOption(f"To {can.verb}, {entry.title} needs {name}. Give it.", name)
            field = input_field(name, entry, partial(self.model, entry), self.limits.most(can), self.limits.files)
            values[name], given[name] = field.read(said[name]), (field, said[name])
        return values, given

    def _arguments(self, request: Request) -> dict[str, Any]:
        """What the model's member is called with."""
        inputs = dict(request.inputs)
        own: dict[str, Callable[[], Any]] = {
            "seeds": lambda: request.seeds,
            "options": lambda: request.options,
            "condition": lambda: request.condition,
            "labels": lambda: request.labels(len(inputs["images"])),
        }
        return inputs | {name: make() for name, make in own.items() if name in request.ability.takes}

    def _frames(
        self,
        request: Request,
        member: Callable[..., Iterator[Frame]],
        deadline: float,
        shown: Callable[[Frame], bool],
    ) -> Iterator[Frame]:
        """Of all images at once; where that does not fit, of parts that go in step: nobody's picture changes."""
        together, sent, done = request.results, 0, False
        while not done:
            with ExitStack() as open_runs:
                parts = (member(**self._arguments(part)) for part in request.batches(together))
                runs = [open_runs.enter_context(closing(frames)) for frames in parts]
                try:
                    whole = map(Frame.joined, islice(zip(*runs, strict=True), sent, None))
                    for frame in handed_out(whole, shown):
                        yield frame
                        sent += 1
                        if frame.step < frame.total:
                            self._check_time(deadline)
                    done = True
                except torch.OutOfMemoryError:
                    if together == 1:
                        raise
            if not done:
                together = -(-together // 2)
                free()

    def _parts(self, request: Request, member: Callable[..., Any], together: int, deadline: float) -> Iterator[Any]:
        """Answers to at most `together` images each, halved where they do not fit."""
        for part in request.batches(together):
            self._check_time(deadline)
            answers, fits = [], True
            try:
                answers = [member(**self._arguments(part))]
            except torch.OutOfMemoryError:
                if part.results == 1:
                    raise
                fits = False
            if not fits:  # not within `except`: what failed holds memory until then
                free()
                answers = list(self._parts(part, member, -(-part.results // 2), deadline))
            yield from answers

    def _check_time(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            minutes = self.limits.seconds / 60
            raise GenerativeError(f"Stopped after {minutes:.0f} minutes. Ask for fewer images or steps.")


def asked(recipe: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in a recipe; {} where there is none. Raises InvalidOption for something else."""
    value = recipe.get(name) or {}
    if not isinstance(value, Mapping):
        raise InvalidOption(f"{name} must be an object of names and values, not {shown(value)}", name)
    return value


def loads(text: str) -> Any:
    """What a word of a link says: JSON that is a list or an object, else the text itself."""
    if not isinstance(text, str) or text[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def joined(parts: list[Any]) -> Any:
    """The answers to the parts of a request as one, on the CPU. Raises GenerativeError for what is not finite."""
    first = parts[0]
    if isinstance(first, Likelihood):
        return finite(Likelihood.joined(parts), lambda whole: whole.nats)
    if isinstance(first, Verdict):
        whole = Verdict(torch.cat([part.score.cpu() for part in parts]), first.scale)
        return finite(whole, lambda verdict: verdict.score)
    if isinstance(first, tuple):
        return tuple(joined(list(each)) for each in zip(*parts, strict=True))
    if isinstance(first, Tensor):
        return finite(torch.cat([part.cpu() for part in parts]), lambda tensor: tensor)
    if len(parts) > 1:  # each row of a mixture is mixed with every column: no half of it is a part of the whole
        raise GenerativeError("The device's memory does not suffice for all of this at once. Ask for fewer.", "count")
    return first


def finite(whole: R, values: Callable[[R], Tensor]) -> R:
    """`whole`, if its values are numbers. Raises GenerativeError."""
    if not values(whole).isfinite().all():
        raise GenerativeError("The model's answer holds NaN or infinite numbers, so nothing is shown.")
    return whole


def size(model: Model) -> int:
    """Bytes of a model's parameters."""
    return sum(p.numel() * p.element_size() for p in model.parameters())
