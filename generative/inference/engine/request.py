"""A checked wish, and its one plain form, which PNG, GIF, link, history and copied code all are."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

import torch
from torch import Tensor

from generative.abilities import Ability
from generative.fields import Field
from generative.inference.inputs import short
from generative.inference.pictures.written import address, packed
from generative.library.entries import Entry
from generative.options import Options
from generative.seeds import Seeds

R = TypeVar("R")
STANDING = ("images", "latents")  # inputs that a command takes without a name
Door = Literal["python", "cli", "api"]


@dataclass(frozen=True, eq=False)
class Request(Generic[R]):
    """What is asked of a model, all of it checked (`Engine.request`). Nothing here says who asked, or when.

    inputs: what `ability.inputs` name, as tensors and numbers. given: of each its field, and what was said.
    """

    ability: Ability[R]
    entry: Entry
    seeds: Seeds
    options: Options
    condition: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, tuple[Field, Any]] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """What is told of the images, as JSON; what may be any is left out."""
        plain = {c.name: c.plain(self.condition.get(c.name)) for c in self.entry.told}
        return {name: value for name, value in plain.items() if value is not None}

    @property
    def captions(self) -> list[str]:
        """The words of each image's conditions; empty words for a model that is told nothing."""
        told = self.entry.told
        return [", ".join(filter(None, (c.words(self.condition.get(c.name), s) for c in told))) for s in self.seeds]

    @property
    def notes(self) -> str:
        """What of the conditions the model never learnt, in words."""
        return " ".join(filter(None, (c.notes(self.condition.get(c.name)) for c in self.entry.told)))

    def labels(self, count: int) -> Tensor | None:
        """(count, …) what the network takes of its first condition; None for any, and for a model told nothing."""
        if not self.told:
            return None
        first = self.entry.told[0]
        value = self.condition[first.name]
        return None if value is None else first.tensor(value, Seeds(0, count))

    @property
    def results(self) -> int:
        """How many there will be."""
        first = self.first
        return len(self.seeds) if self.ability.seeded else 1 if first is None else len(self.inputs[first])

    @property
    def first(self) -> str | None:
        """The input of which each result has its own part, where there is one."""
        many = (name for name, value in self.inputs.items() if isinstance(value, Tensor) and name != "mask")
        return next(many, None)

    def batches(self, together: int) -> Iterator["Request[R]"]:
        """The same in parts of at most so many results, in order: nobody's picture changes."""
        first, inputs = self.first, self.inputs
        if self.ability.seeded:
            shared = first is None or len(inputs[first]) != len(self.seeds)
            for few in self.seeds.batches(together):
                own = slice(few.first - self.seeds.first, few.first - self.seeds.first + len(few))
                yield replace(self, seeds=few, inputs=inputs if shared else {**inputs, first: inputs[first][own]})
        elif first is None:
            yield self
        else:
            for part in torch.split(inputs[first], together):
                yield replace(self, inputs={**inputs, first: part})

    def image(self, index: int) -> "Request[R]":
        """What makes one image of a run by itself."""
        return replace(self, seeds=Seeds(self.seeds.first + index, 1))

    def plain(self) -> dict[str, Any]:
        """As JSON; `Engine.recall` makes the same request of it."""
        return {
            "ability": self.ability.name,
            "model": self.entry.id,
            "seed": self.seeds.first,
            "count": len(self.seeds),
            "condition": self.told,
            "options": self.options.plain(),
            "inputs": {name: self._input(name) for name in self.inputs},
        }

    def _input(self, name: str) -> Any:
        field, said = self.given[name]
        name_of_it = short(said)
        return field.plain(self.inputs[name]) if name_of_it is None else name_of_it

    def changed(self) -> dict[str, Any]:
        """The options that differ from the model's defaults."""
        usual = type(self.options).parse(self.entry.options).plain()
        return {name: value for name, value in self.options.plain().items() if value != usual[name]}

    def link(self) -> str:
        """The query string that opens the page with this run; what is as usual is left out, and a picture that would
        make it too long for an address is only named."""
        words: dict[str, Any] = {"model": self.entry.id, "seed": self.seeds.first, "count": len(self.seeds)}
        if self.ability.name != "samples":
            words = {"ability": self.ability.name, **words}
        for name, value in self.plain()["inputs"].items():
            small = packed(value)
            words[name] = small if isinstance(small, (str, int)) else json.dumps(small)
        return address({**words, **self.said(), **self.changed()}, {"images"} & words.keys())

    def said(self) -> dict[str, str]:
        """What the model is told, as links say it."""
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in self.told.items()}

    def doors(self) -> dict[str, Door]:
        """Where else the same can be asked for, by title."""
        there = {"Command line": "cli"} if self.ability.command else {}
        return {**there, "Python": "python", **({"API": "api"} if self.ability.endpoint else {})}

    def code(self, door: Door) -> str:
        """What makes the same from Python, on the command line, or through the page's API."""
        return {"python": self._python, "cli": self._command, "api": self._call}[door]()

    def _python(self) -> str:
        arguments = [repr(self.ability.name), repr(self.entry.id)]
        arguments += [f"seed={self.seeds.first}", f"count={len(self.seeds)}"] if self.ability.seeded else []
        arguments += [f"condition={self.told!r}"] if self.told else []
        arguments += [f"options={self.changed()!r}"] if self.changed() else []
        arguments += [f"{name}={value!r}" for name, value in self.plain()["inputs"].items()]
        return (
            "from generative.inference.engine.engine import Engine\n\n"
            f"engine = Engine()\nrequest = engine.request({', '.join(arguments)})\nresult = engine.answer(request)\n"
        )

    def _command(self) -> str:
        words = ["python", "-m", "generative", self.ability.command, self.entry.id]
        for name, value in self.plain()["inputs"].items():
            words += self._words(name, value)
        words += ["--seed", str(self.seeds.first), "--count", str(len(self.seeds))] if self.ability.seeded else []
        for condition in self.entry.told:
            if condition.name in self.told:
                words += condition.words_of_command(self.condition[condition.name])
        for name, value in self.changed().items():
            words += ["--option", f"{name}={value}"]
        return shlex.join(words)

    def _words(self, name: str, value: Any) -> list[str]:
        """An input's plain form as words of a command: pictures alone, a switch, or a name with its value."""
        if isinstance(value, bool):
            return [f"--{name}"] if value else []
        if name == "text":  # may be empty, or begin with a hyphen
            return [f"--{name}={value}"]
        several = [str(one) for one in (value if isinstance(value, list) else [value])]
        if name in ("against", "other"):  # as the model's first condition reads it
            first = self.entry.told[0]
            several = [first.words(self.inputs[name][first.name], 0)]
        if name == "timesteps":
            several = [",".join(several)]
        return several if name in STANDING else [f"--{name}", *several]

    def _call(self) -> str:
        arguments = {"model": self.entry.id, **({"condition": self.told} if self.told else {})}
        if self.ability.seeded:
            arguments |= {"count": len(self.seeds), "seed": self.seeds.first}
        arguments |= {"options": self.changed()} if self.changed() else {}
        for name, value in self.plain()["inputs"].items():
            if name == "images" and (self.ability.seeded or self.ability.most[0] == 1):  # one picture, by its own name
                name, value = "image", value[0] if isinstance(value, list) else value
            arguments[name] = value
        told = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        return (
            "from gradio_client import Client\n\n"
            f'client = Client("http://127.0.0.1:7860")\n'
            f'result = client.predict({told}, api_name="/{self.ability.endpoint}")\n'
        )
