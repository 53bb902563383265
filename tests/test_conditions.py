"""What a model can be told: read alike from every door, told in words, turned into tensors."""

import math

import pytest
import torch

from generative.conditions import Attributes, Caption, Class, Condition, from_records, read_told
from generative.errors import BadCheckpoint, InvalidOption, NotSupported
from generative.seeds import Seeds

CLOTHES = Class(("Shirt", "Bag", "Coat"))
FACES = Attributes((("glasses", ("none", "clear", "sun")), ("mouth", ("smile", "open"))))
WORDS = Caption(("red", "hair", "big", "smile"), 4)
ALL = [CLOTHES, FACES, WORDS]
VALUES = [(CLOTHES, "Bag"), (FACES, (("glasses", "sun"),)), (WORDS, "Red hair")]


@pytest.mark.parametrize(("condition", "value"), VALUES)
def test_the_plain_form_is_read_back_and_so_is_the_record(condition: Condition, value: object) -> None:
    assert condition.read(condition.plain(value)) == value
    assert condition.read(condition.plain(None)) is None is condition.read("") is condition.read(None)
    assert from_records([{condition.kind: condition.record()}]) == (condition,)


def test_a_class_is_read_in_any_case_and_any_goes_round_with_the_seed() -> None:
    assert CLOTHES.read(" bAG ") == "Bag" and CLOTHES.read("any") is None
    assert CLOTHES.tensor(None, Seeds(4, 4)).tolist() == [1, 2, 0, 1]
    assert [CLOTHES.words(None, seed) for seed in (4, 5)] == ["Bag", "Coat"]
    assert CLOTHES.tensor("Coat", Seeds(0, 2)).tolist() == [2, 2]


@pytest.mark.parametrize("value", [3, True, ["Bag"], b"Bag", math.nan, {}])
def test_a_class_is_a_name(value: object) -> None:
    with pytest.raises(InvalidOption, match="There is no class") as failure:
        CLOTHES.read(value)
    assert failure.value.field == "class"


def test_a_near_class_is_named() -> None:
    with pytest.raises(InvalidOption, match="Did you mean Bag"):
        CLOTHES.read("Bags")


@pytest.mark.parametrize(
    "said", [{"Glasses": "SUN", "mouth": ""}, "glasses: sun", ["glasses: Sun", "mouth: any"], [["glasses", "sun"]]]
)
def test_attributes_are_any_subset_told_in_several_ways(said: object) -> None:
    value = FACES.read(said)
    assert value == (("glasses", "sun"),) and FACES.plain(value) == {"glasses": "sun"}
    assert FACES.tensor(value, Seeds(0, 2)).tolist() == [[2, -1], [2, -1]]
    assert FACES.words(value, 0) == "glasses: sun"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hat": "red"}, "no attribute 'hat'"),
        ("glasses: pink", "glasses cannot be 'pink'"),
        ("glasses", 'told as "glasses: sun"'),
        (["glasses: sun", "glasses: none"], "at once"),
        (3, "told as"),
        ({1: 2}, "no attribute 1"),
    ],
)
def test_attributes_that_there_are_not_are_named(said: object, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        FACES.read(said)


def test_a_sentence_becomes_words_and_names_those_it_never_learnt() -> None:
    value = WORDS.read("  RED hair,\nand a big SMILE ")
    assert WORDS.tensor(value, Seeds(0)).tolist() == [[1, 2, 3, 4]]
    assert WORDS.notes(value) == "Never learnt, so ignored: and, a." and not WORDS.notes(None)
    assert WORDS.tensor(None, Seeds(0, 2)).equal(torch.zeros(2, 4, dtype=torch.int64))
    with pytest.raises(InvalidOption, match="at most 2000 characters"):
        WORDS.read("word " * 10_000)


def test_a_bare_value_is_for_the_first_condition_and_names_say_which() -> None:
    told = (CLOTHES, WORDS)
    assert read_told(told, "bag") == {"class": "Bag", "caption": None}
    assert read_told(told, {"caption": "red"}) == {"class": None, "caption": "red"}
    assert read_told((FACES,), {"glasses": "sun"}) == {"attributes": (("glasses", "sun"),)}
    assert read_told((), None) == {}
    with pytest.raises(NotSupported, match=r"VAE can be told nothing about its images\. Leave out 'bag'"):
        read_told((), "bag", "VAE")


@pytest.mark.parametrize(
    "records", [3, [3], [{}], [{"class": []}], [{"class": [1]}], [{"colour": ["red"]}], [{"attributes": 3}], [{}] * 9]
)
def test_records_of_a_stranger_are_refused_in_words(records: object) -> None:
    with pytest.raises(BadCheckpoint, match=r"config\.json"):
        from_records(records)


def test_a_sentence_says_what_of_it_counts() -> None:
    assert WORDS.hint("  ") == WORDS.hint(None) == "No sentence: everything is up to the seed."
    assert WORDS.hint("Big, red hair!") == "Every word is known."
    assert WORDS.hint("purple hair") == "Never learnt, so ignored: purple."
    assert (
        WORDS.hint("шляпа") == "Never learnt, so ignored: шляпа. That leaves no sentence: everything is up to the seed."
    )
    assert WORDS.hint("red " * 5) == "Only the first 4 known words are read."
    assert "at most 2000 characters" in WORDS.hint("hair " * 10_000)
    assert "text" in WORDS.hint(7)
    assert Caption(("a",), examples=("a",)) == Caption(("a",)), "examples are no part of what a model was told"
