"""What a model can be told about an image: its class, some of its attributes, a sentence.

A model declares its conditions (`config.told`); None stands for *any*, which is then up to the seed. They are fields,
so every door asks for them in the same way.
"""

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.errors import BadCheckpoint, InvalidOption, NotSupported, near, shown
from generative.fields import Field, Line, Menu, Menus, V, one_of
from generative.seeds import Seeds

ANY = ("", "any")  # as a control, or a person, says it
LONGEST = 2000  # characters of a sentence that anyone may send
UNTOLD = -1  # the value of an attribute that a network is not told


@dataclass(frozen=True)
class Condition(Field[V | None]):
    """A field that a network is told. What stands in config.json of it is `record`, under `kind`."""

    kind: ClassVar[str]
    name: str = field(default="", kw_only=True)
    title: str = field(default="", kw_only=True)
    help: str = field(default="", kw_only=True)

    def words(self, value: V | None, seed: int) -> str:
        """The caption of the image that a seed gives."""
        return ""

    @abstractmethod
    def tensor(self, value: V | None, seeds: Seeds) -> Tensor:
        """What the network takes, of each image; on the CPU."""

    def notes(self, value: V | None) -> str:
        """Words that the model never learnt, in a sentence; none if there are none."""
        return ""

    def hint(self, said: Any) -> str:
        """What stands under its control while it says this: what of it will count. Never raises."""
        return ""

    def words_of_command(self, value: V) -> list[str]:
        """What says so on a command line."""
        return [f"--{self.name}", str(value)]

    @abstractmethod
    def record(self) -> Any:
        """JSON from which `from_records` makes this condition again."""


@dataclass(frozen=True)
class Class(Condition[str]):
    """One class out of `names`. Any: classes go round with the seed, so ten neighbouring seeds show ten classes."""

    kind = "class"
    names: tuple[str, ...] = ()
    name: str = field(default="class", kw_only=True)
    title: str = field(default="Class", kw_only=True)
    help: str = field(default="This model was told the class of every image that it learnt from.", kw_only=True)

    def read(self, said: Any) -> str | None:
        """A name in any case; None, empty words and "any" are any. Raises InvalidOption."""
        if said is None or (isinstance(said, str) and said.strip().casefold() in ANY):
            return None
        return one_of(self, said, self.names, "There is no class")

    @property
    def control(self) -> Menu:
        """A menu of *any* and of each name."""
        return Menu((("Any (all classes in turn)", ""), *((name, name) for name in self.names)))

    def words(self, value: str | None, seed: int) -> str:
        """The class that was asked for, or the one whose turn it is."""
        return value or self.names[seed % len(self.names)]

    def tensor(self, value: str | None, seeds: Seeds) -> Tensor:
        """(N,) int64, the number of each image's class."""
        return seeds.labels(None if value is None else self.names.index(value), len(self.names))

    def record(self) -> list[str]:
        """The names, in the order of their numbers."""
        return list(self.names)


Told = tuple[tuple[str, str], ...]  # of attributes: ("glasses", "sun"), …, in the order of the groups


@dataclass(frozen=True)
class Attributes(Condition[Told]):
    """Any subset of named groups, one value of each; what is not told is up to the seed."""

    kind = "attributes"
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    name: str = field(default="attributes", kw_only=True)
    title: str = field(default="Attributes", kw_only=True)
    help: str = field(
        default="This model was told some of the attributes of every image that it learnt from.", kw_only=True
    )

    def read(self, said: Any) -> Told | None:
        """From {"glasses": "sun"}, "glasses: sun, mouth: smile", a list of such words, or pairs."""
        if said is None:
            return None
        if isinstance(said, str):
            said = [] if said.strip().casefold() in ANY else re.split(r"[,;]", said)
        pairs = said.items() if isinstance(said, Mapping) else self._pairs(said)
        told: dict[str, str] = {}
        for group, value in pairs:
            name = one_of(self, group, tuple(dict(self.groups)), "There is no attribute")
            if value is None or (isinstance(value, str) and value.strip().casefold() in ANY):
                continue
            found = one_of(self, value, dict(self.groups)[name], f"{name} cannot be")
            if told.setdefault(name, found) != found:
                raise self.wrong(f"{name} cannot be {told[name]} and {found} at once. Choose one of them.")
        return tuple((name, told[name]) for name, _ in self.groups if name in told) or None

    def _pairs(self, said: Any) -> list[tuple[Any, Any]]:
        pairs = []
        for part in said if isinstance(said, (list, tuple)) else [said]:
            if isinstance(part, str):
                name, colon, value = part.partition(":")
                part = (name.strip(), value.strip()) if colon else None
            if not isinstance(part, (list, tuple)) or len(part) != 2:
                raise self.wrong(f'Attributes are told as "glasses: sun", not {shown(part or said)}')
            pairs.append(tuple(part))
        return pairs

    def plain(self, value: Told | None) -> dict[str, str] | None:
        """As {"glasses": "sun", …}; None for any."""
        return None if value is None else dict(value)

    @property
    def control(self) -> Menus:
        """A menu for each group."""
        return Menus(dict(self.groups))

    def words(self, value: Told | None, seed: int) -> str:
        """ "glasses: sun, mouth: smile", of what was told; what the seed decides is not in it."""
        return ", ".join(f"{name}: {told}" for name, told in value or ())

    def tensor(self, value: Told | None, seeds: Seeds) -> Tensor:
        """(N, groups) int64, the number of each told value, UNTOLD where nothing was told."""
        told = dict(value or ())
        row = [values.index(told[name]) if name in told else UNTOLD for name, values in self.groups]
        return torch.tensor(row).expand(len(seeds), -1).clone()

    def words_of_command(self, value: Told) -> list[str]:
        return [word for name, told in value for word in ("--attribute", f"{name}: {told}")]

    def record(self) -> dict[str, list[str]]:
        """The values of each group, in the order of their numbers."""
        return {name: list(values) for name, values in self.groups}


@dataclass(frozen=True)
class Caption(Condition[str]):
    """A sentence, of which the network sees the first `length` words that are among `vocabulary`. examples: of such."""

    kind = "caption"
    vocabulary: tuple[str, ...] = ()
    length: int = 16
    examples: tuple[str, ...] = field(default=(), compare=False)
    name: str = field(default="caption", kw_only=True)
    title: str = field(default="Sentence", kw_only=True)
    help: str = field(
        default="Describe the picture in words. An empty sentence leaves everything to the seed.", kw_only=True
    )

    def read(self, said: Any) -> str | None:
        """The sentence with single spaces; None if there is none. Raises InvalidOption for more than LONGEST
        characters."""
        if said is None or (isinstance(said, str) and not said.strip()):
            return None
        if not isinstance(said, str) or len(said) > LONGEST:
            raise self.wrong(f"A sentence is a text of at most {LONGEST} characters, not {shown(said)}")
        return " ".join(said.split())

    @property
    def control(self) -> Line:
        """A line of text."""
        return Line(LONGEST, self.examples[0] if self.examples else "", self.examples)

    def words(self, value: str | None, seed: int) -> str:
        """The sentence itself."""
        return value or ""

    def tensor(self, value: str | None, seeds: Seeds) -> Tensor:
        """(N, length) int64: words by their place in the vocabulary, from 1; 0 fills up."""
        numbers = numbered(self.vocabulary)
        row = [numbers[word] for word in self._split(value) if word in numbers][: self.length]
        return torch.tensor(row + [0] * (self.length - len(row))).expand(len(seeds), -1).clone()

    def notes(self, value: str | None) -> str:
        """At most twelve of the words that are not in the vocabulary, as they come."""
        unknown = list(dict.fromkeys(word for word in self._split(value) if word not in self.vocabulary))
        if not unknown:
            return ""
        return f"Never learnt, so ignored: {', '.join(unknown[:12])}{' …' if len(unknown) > 12 else ''}."

    def hint(self, said: Any) -> str:
        """That there is no sentence, what of one is not heard, or that all of it is."""
        try:
            value = self.read(said)
        except InvalidOption as e:
            return str(e)
        heard = [word for word in self._split(value) if word in self.vocabulary]
        if value is None:
            return "No sentence: everything is up to the seed."
        if not heard:
            return f"{self.notes(value)} That leaves no sentence: everything is up to the seed."
        if len(heard) > self.length:
            return f"{self.notes(value)} Only the first {self.length} known words are read.".strip()
        return self.notes(value) or "Every word is known."

    def _split(self, value: str | None) -> list[str]:
        return re.findall(r"[^\W_]+(?:-[^\W_]+)*", (value or "").casefold())

    def record(self) -> dict[str, Any]:
        """Vocabulary and length."""
        return {"vocabulary": list(self.vocabulary), "length": self.length}


@lru_cache(maxsize=8)
def numbered(vocabulary: tuple[str, ...]) -> dict[str, int]:
    """The place of each word, from 1."""
    return {word: place for place, word in enumerate(vocabulary, start=1)}


def from_records(records: Any) -> tuple[Condition, ...]:
    """The conditions that a config.json tells, [{"class": [names …]}, …]. Raises BadCheckpoint."""
    if not isinstance(records, (list, tuple)) or len(records) > 4:
        raise BadCheckpoint(f"config.json: told must be a list of conditions, not {shown(records)}")
    return tuple(record if isinstance(record, Condition) else _from_record(record) for record in records)


def _from_record(record: Any) -> Condition:
    if not isinstance(record, dict) or len(record) != 1:
        raise BadCheckpoint(f'config.json: a condition is told as {{"class": [names]}}, not {shown(record)}')
    ((kind, about),) = record.items()
    makers = {
        "class": lambda: Class(_names(about)),
        "attributes": lambda: Attributes(tuple((str(group), _names(values)) for group, values in about.items())),
        "caption": lambda: Caption(_names(about["vocabulary"]), int(about["length"])),
    }
    if kind not in makers:
        raise BadCheckpoint(f"config.json names the condition {shown(kind)}. {near(str(kind), list(makers))}")
    try:
        return makers[kind]()
    except (TypeError, ValueError, KeyError, AttributeError) as e:
        raise BadCheckpoint(f"config.json does not describe a condition: {shown(record)}") from e


def _names(about: Any) -> tuple[str, ...]:
    if not isinstance(about, list) or not about or not all(isinstance(n, str) and len(n) <= 100 for n in about):
        raise ValueError("no list of names")
    return tuple(about)


def read_told(told: Sequence[Condition], said: Any, title: str = "This model") -> dict[str, Any]:
    """What each condition of `told` is to be, by its name. Raises NotSupported or InvalidOption.

    said: None for any; {name: value, …}; or, bare, what the first condition reads.
    """
    by_name = {condition.name: condition for condition in told}
    if isinstance(said, Mapping) and set(said) <= set(by_name):
        return {name: condition.read(said.get(name)) for name, condition in by_name.items()}
    if said is None or said == "" or said == {}:
        return dict.fromkeys(by_name)
    if not told:
        raise NotSupported(f"{title} can be told nothing about its images. Leave out {shown(said)}.", "condition")
    try:
        return {**dict.fromkeys(by_name), told[0].name: told[0].read(said)}
    except InvalidOption as e:
        raise InvalidOption(str(e), told[0].name) from e
