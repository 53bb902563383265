"""Sentences about an avatar, in many wordings and about some of what it shows: what models that are told sentences
learn from. Every sentence is true of its picture; what it leaves out is up to the model."""

import re
from collections.abc import Mapping
from random import Random

from generative.data.avatars.parts import hides_hair_colour

# {c} is the colour with a space after it, or nothing.
HAIR = {
    "none": ("a bald head", "no hair on the head", "bald"),
    "short hair": ("short {c}hair",),
    "quiff": ("a {c}quiff", "{c}hair in a quiff"),
    "mohawk": ("a {c}mohawk", "{c}hair in a mohawk"),
    "messy hair": ("messy {c}hair", "untidy {c}hair"),
    "frizzy hair": ("frizzy {c}hair",),
    "afro": ("{c}afro hair", "{c}hair in an afro"),
    "hairband": ("a hairband in {c}hair", "a headband in {c}hair"),
    "bun": ("a {c}bun", "{c}hair in a bun"),
    "pigtails": ("{c}pigtails",),
    "bob": ("a {c}bob", "{c}hair in a bob"),
    "long hair": ("long {c}hair",),
    "wavy hair": ("wavy {c}hair",),
    "one-sided hair": ("{c}hair to one side", "one-sided {c}hair"),
    "winter hat": ("a winter hat", "a woolly hat", "a beanie"),
    "hat": ("a hat",),
}
COLOURS = {
    "black": ("black",),
    "brown": ("brown", "chestnut"),
    "red": ("red", "ginger"),
    "blond": ("blond", "blonde"),
    "grey": ("grey", "gray"),
    "pink": ("pink",),
}
SKIN = {"pale": ("pale",), "light": ("light",), "brown": ("brown", "tanned"), "dark": ("dark",)}
GLASSES = {
    "none": ("no glasses", "without glasses"),
    "clear": ("glasses", "spectacles", "clear glasses"),
    "sun": ("sunglasses", "shades", "dark glasses"),
}
FACIAL = {
    "none": ("no beard", "clean-shaven"),
    "moustache": ("a moustache", "a mustache"),
    "beard": ("a beard", "a short beard"),
    "long beard": ("a long beard",),
}
MOUTH = {
    "smile": ("a smile", "smiling"),
    "serious": ("a serious mouth", "looking serious", "serious"),
    "open": ("an open mouth", "mouth open"),
    "teeth": ("showing teeth", "teeth", "a grin with teeth"),
    "tongue": ("tongue out", "sticking out the tongue", "a tongue"),
}
CLOTHING = {
    "t-shirt": ("a {c}t-shirt", "a {c}shirt"),
    "hoodie": ("a {c}hoodie",),
    "overalls": ("{c}overalls", "{c}dungarees"),
    "jacket": ("a {c}jacket", "a {c}coat"),
}
BEGINNINGS = ("", "", "", "a person", "someone", "a face", "an avatar", "a portrait")
THINGS = ("a ", "glasses", "spectacles", "sunglasses", "shades", "tongue", "teeth", "no ")  # what one is "with"
SEVERAL = 0.6  # how often a part of what is shown is mentioned, in a sentence that mentions several
ALL_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
LENGTH = 48  # words that the longest sentence stays below


EXAMPLES = (
    "a person with a red afro and sunglasses",
    "pink pigtails, glasses and a smile",
    "someone with grey hair, a long beard and a green hoodie",
    "a bald head, dark skin, sticking out the tongue",
    "a beanie, clean-shaven, in a blue jacket",
)


def described(values: Mapping[str, str], draw: Random) -> tuple[str, dict[str, str]]:
    """A sentence about one avatar, {"hair": "afro", …}, and which of that it tells: which parts, in which order and
    words is up to `draw`."""
    every = parts(values, draw)
    some = [part for part in every if draw.random() < SEVERAL] or [draw.choice(every)]
    draw.shuffle(some)
    told = {name: values[name] for _, names in some for name in names}
    phrases = [words for words, _ in some]
    last = f"{draw.choice((', and', ' and', ','))} " if len(some) > 1 else ""
    listed = ", ".join(phrases[:-1]) + last + phrases[-1]
    beginning = draw.choice(BEGINNINGS)
    if not beginning:
        return listed, told
    return (f"{beginning} with {listed}" if listed.startswith(THINGS) else f"{beginning}, {listed}"), told


def parts(values: Mapping[str, str], draw: Random) -> list[tuple[str, tuple[str, ...]]]:
    """What can be said of an avatar, a phrase for each part of it, and the attributes that it tells."""
    colour = "" if hides_hair_colour(values) else draw.choice(COLOURS[values["hair colour"]])
    clothes = values["clothing colour"]
    hair = phrase(HAIR[values["hair"]], colour, draw)
    head = ("hair", "hair colour") if colour and colour in hair.split() else ("hair",)
    if colour and draw.random() < 0.3:
        hair, head = f"{colour} hair", ("hair colour",)
    clothing = phrase(CLOTHING[values["clothing"]], clothes, draw)
    body = ("clothing", "clothing colour") if clothes in clothing.split() else ("clothing",)
    if draw.random() < 0.15:
        clothing, body = f"{clothes} clothes", ("clothing colour",)
    return [
        (hair, head),
        (f"{draw.choice(SKIN[values['skin']])} skin", ("skin",)),
        (draw.choice(GLASSES[values["glasses"]]), ("glasses",)),
        (draw.choice(FACIAL[values["facial hair"]]), ("facial hair",)),
        (draw.choice(MOUTH[values["mouth"]]), ("mouth",)),
        (f"{draw.choice(('', 'wearing ', 'in '))}{clothing}", body),
    ]


def phrase(wordings: tuple[str, ...], colour: str, draw: Random) -> str:
    """One of the wordings, three times in four with the colour where there is one."""
    return draw.choice(wordings).format(c=f"{colour} " if colour and draw.random() < 0.75 else "")


def vocabulary() -> tuple[str, ...]:
    """Every word that occurs in some sentence, in the order of the alphabet."""
    tables = (HAIR, COLOURS, SKIN, GLASSES, FACIAL, MOUTH, CLOTHING)
    wordings = [wording for table in tables for all in table.values() for wording in all]
    more = [*BEGINNINGS, "with", "skin", "hair", "clothes", "wearing", "in", "and", "white", "yellow", "green", "blue"]
    text = " ".join([*wordings, *more]).replace("{c}", " ")
    return tuple(sorted(set(ALL_WORDS.findall(text))))
