"""Latent arithmetic in words: "+1.0 glasses - 0.5 beard + smile".

    formula = [START] {sign [amount [·]] name}

A sign is + or −, also several of them, whose product counts; the first may be left out. An amount is a number, with a
point or a comma; without one it is 1. A name is that of a direction, in full or as far as it cannot be mistaken, and
may itself hold spaces, digits, hyphens and colons: of all the ways to read it the longest one counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NoReturn

from generative.errors import InvalidOption, shown

STRONGEST = 3.0
MAX_TERMS, MAX_CHARACTERS = 16, 1000  # of a formula, which a stranger may have written
START = "this image"  # what a formula is added to; it may begin with these words
MOST_NAMED = 12  # directions, where the names of all are told
SIGNS = re.compile(r"\s*([+\-−–](?:\s*[+\-−–])*)\s*")
AMOUNT = re.compile(r"(\d+(?:[.,]\d*)?|[.,]\d+)(?:\s*[·*×]\s*|\s+|(?=[^\W\d_])|$)")


@dataclass(frozen=True)
class Term:
    """So much of a direction: at 1 most images without the attribute come to have it (`Atlas.moved`)."""

    name: str
    amount: float


@dataclass(frozen=True)
class Piece:
    """The words between two signs. negative: whether the sign in front of them is. start, end: where they stand."""

    negative: bool
    start: int
    end: int


def parse(text: str, known: Sequence[str]) -> tuple[Term, ...]:
    """The terms of a formula over the directions `known`, their names in full; a direction named twice is added up.

    An empty formula has none. Raises InvalidOption, with near matches for a name that is not known.
    """
    if not isinstance(text, str):
        raise InvalidOption(f"A formula is text, not {shown(text)}", "formula")
    if len(text) > MAX_CHARACTERS:
        raise InvalidOption(f"A formula has at most {MAX_CHARACTERS} characters, not {len(text)}", "formula")
    total: dict[str, float] = {}
    for term in read_terms(without_start(" ".join(text.split())), known):
        total[term.name] = check_amount(total.get(term.name, 0.0) + term.amount, term.name)
        if len(total) > MAX_TERMS:
            raise InvalidOption(f"A formula has at most {MAX_TERMS} directions. Leave some out.", "formula")
    return tuple(Term(name, amount) for name, amount in total.items())


def read_terms(text: str, known: Sequence[str]) -> Iterator[Term]:
    """One after another, as they are written."""
    found = pieces(text)
    most = 1 + max((len(SIGNS.findall(name)) for name in known), default=0)  # pieces of one name
    while found:
        taken, term = longest(text, found[:most], known)
        yield Term(term.name, -term.amount if found[0].negative else term.amount)
        found = found[taken:]


def longest(text: str, found: Sequence[Piece], known: Sequence[str]) -> tuple[int, Term]:
    """How many of the pieces make the longest term that can be read, and that term, whatever its sign."""
    for taken in range(len(found), 0, -1):
        if term := read(text[found[0].start : found[taken - 1].end], known):
            return taken, term
    refuse(text[found[0].start :], known)


def pieces(text: str) -> list[Piece]:
    """What stands between the signs of `text`, the first of which may be left out."""
    found, negative, start = [], False, 0
    for match in SIGNS.finditer(text):
        if match.start() > 0:
            found.append(Piece(negative, start, match.start()))
        negative, start = sum(c in "-−–" for c in match[1]) % 2 == 1, match.end()
    return [*found, Piece(negative, start, len(text))] if text else found


def read(words: str, known: Sequence[str]) -> Term | None:
    """Amount and name; None for words that do not say exactly one direction."""
    amount, found = 1.0, meant(words, known)
    if not found and (number := AMOUNT.match(words)):
        amount, found = float(number[1].replace(",", ".")), meant(words[number.end() :], known)
    return Term(found[0], check_amount(amount, found[0])) if len(found) == 1 else None


def refuse(rest: str, known: Sequence[str]) -> NoReturn:
    """Raises InvalidOption for what cannot be read, told as far as the next sign after a space."""
    words = re.split(r"(?:^|\s+)(?=[+\-−–])", rest, maxsplit=1)[0].strip()
    name = words[number.end() :] if (number := AMOUNT.match(words)) else words
    if not name:
        after = shown(words) if words else "a sign"
        raise InvalidOption(f"A name is missing after {after}. Write +1.0 NAME - 0.5 NAME.", "formula")
    full_name(name, known)
    raise AssertionError(f"{name} can be read")


def without_start(text: str) -> str:
    """A formula without START; a name that only begins like it stays."""
    rest = text[len(START) :]
    return rest if text.casefold().startswith(START) and (not rest.strip() or SIGNS.match(rest)) else text


def check_amount(amount: float, name: str) -> float:
    """The amount itself. Raises InvalidOption beyond ±STRONGEST."""
    if not -STRONGEST <= amount <= STRONGEST:
        raise InvalidOption(
            f"The amount of {name} must be a number from −{STRONGEST:g} to {STRONGEST:g}, not {amount:g}", "formula"
        )
    return amount


def full_name(name: str, known: Sequence[str]) -> str:
    """ "sun" → "glasses: sun", if no other direction ends so. Raises InvalidOption with near matches."""
    found = meant(name, known)
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidOption(f"{shown(name)} could be {' or '.join(found)}. Write it in full.", "formula")
    raise InvalidOption(f"There is no direction {shown(name)}. {hint(name, known)}", "formula")


def meant(name: str, known: Sequence[str]) -> list[str]:
    """The directions that `name` can stand for: that of this name alone or, without one, all whose value it is."""
    wanted = plain(name)
    exact = [candidate for candidate in known if plain(candidate) == wanted]
    return exact or [candidate for candidate in known if plain(candidate).partition(": ")[2] == wanted != ""]


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """Without regard to capitals, and to spaces around a colon."""
    return re.sub(r"\s*:\s*", ": ", " ".join(name.split())).casefold()


def hint(name: str, known: Sequence[str]) -> str:
    """Directions of about that name or, where there are none, what there is."""
    forms = {plain(k).partition(": ")[2]: k for k in known if ":" in k} | {plain(k): k for k in known}
    if close := dict.fromkeys(forms[form] for form in get_close_matches(plain(name), list(forms), n=3, cutoff=0.6)):
        return f"Did you mean {' or '.join(close)}?"
    if len(known) <= MOST_NAMED:
        return f"Known are: {', '.join(known) or 'none'}."
    attributes = dict.fromkeys(k.partition(": ")[0] for k in known)
    return f"Known are those of {', '.join(attributes)}, such as {known[-1]}."


def written(terms: Sequence[Term]) -> str:
    """The formula of `terms`, as `parse` reads it; amounts to four digits after the point."""
    return " ".join(f"{'-' if term.amount < 0 else '+'} {round(abs(term.amount), 4):g} {term.name}" for term in terms)
