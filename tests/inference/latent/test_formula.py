"""Formulas: what they may look like, and what is said of those that are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.inference.latent.formula import MAX_CHARACTERS, MAX_TERMS, STRONGEST, Term, full_name, parse, written

AVATARS = (
    "hair",
    "hair: none",
    "hair: bun",
    "hair: one-sided hair",
    "hair colour: black",
    "glasses",
    "glasses: none",
    "glasses: clear",
    "glasses: sun",
    "facial hair",
    "facial hair: none",
    "facial hair: beard",
    "facial hair: long beard",
    "mouth: smile",
    "clothing: t-shirt",
    "clothing colour: black",
)
CLOTHES = ("class: T-shirt/top", "class: Trouser", "class: Ankle boot", "class: Sneaker")
DIGITS = tuple(f"class: {digit}" for digit in range(10))


def read(text: str, known: tuple[str, ...] = AVATARS) -> list[tuple[str, float]]:
    return [(term.name, term.amount) for term in parse(text, known)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  \n ", []),
        ("glasses", [("glasses", 1)]),
        ("+1.0 glasses - 0.5 beard + smile", [("glasses", 1), ("facial hair: beard", -0.5), ("mouth: smile", 1)]),
        ("1.0·glasses − 0.5·beard", [("glasses", 1), ("facial hair: beard", -0.5)]),
        ("2*sun", [("glasses: sun", 2)]),
        ("2 × sun", [("glasses: sun", 2)]),
        ("0,5 sun", [("glasses: sun", 0.5)]),
        (".5sun", [("glasses: sun", 0.5)]),
        ("2. sun", [("glasses: sun", 2)]),
        ("+0 sun", [("glasses: sun", 0)]),
        ("–sun", [("glasses: sun", -1)]),
        ("+ -0.5 sun", [("glasses: sun", -0.5)]),
        ("- - sun", [("glasses: sun", 1)]),
        ("sun+smile-beard", [("glasses: sun", 1), ("mouth: smile", 1), ("facial hair: beard", -1)]),
        ("this image", []),
        ("This image + sun", [("glasses: sun", 1)]),
        ("this image − 0.5·sun", [("glasses: sun", -0.5)]),
    ],
)
def test_signs_and_amounts(text: str, terms: list[tuple[str, float]]) -> None:
    assert read(text) == terms


@pytest.mark.parametrize(
    ("text", "known", "terms"),
    [
        ("facial hair: long beard", AVATARS, [("facial hair: long beard", 1)]),
        ("- 2 facial  hair :long beard", AVATARS, [("facial hair: long beard", -2)]),
        ("LONG BEARD + Sun", AVATARS, [("facial hair: long beard", 1), ("glasses: sun", 1)]),
        ("beard", AVATARS, [("facial hair: beard", 1)]),  # though another one ends so
        ("hair", AVATARS, [("hair", 1)]),
        ("one-sided hair-t-shirt", AVATARS, [("hair: one-sided hair", 1), ("clothing: t-shirt", -1)]),
        ("+ 0.5 class: T-shirt/top - ankle boot", CLOTHES, [("class: T-shirt/top", 0.5), ("class: Ankle boot", -1)]),
        ("t-shirt/top - t-shirt/top + sneaker", CLOTHES, [("class: T-shirt/top", 0), ("class: Sneaker", 1)]),
        ("7", DIGITS, [("class: 7", 1)]),
        ("2 7 - 3", DIGITS, [("class: 7", 2), ("class: 3", -1)]),
        ("0.5·9", DIGITS, [("class: 9", 0.5)]),
        ("class: 3 + 1", DIGITS, [("class: 3", 1), ("class: 1", 1)]),
    ],
)
def test_names_with_spaces_colons_hyphens_and_digits(text, known, terms) -> None:
    assert read(text, known) == terms


def test_a_name_that_holds_a_sign_is_read_as_far_as_it_goes() -> None:
    known = ("on", "on - off", "off")
    assert read("on - off", known) == [("on - off", 1)]
    assert read("off - on", known) == [("off", 1), ("on", -1)]
    assert read("3d glasses", ("3d glasses", "d glasses")) == [("3d glasses", 1)]


def test_a_direction_named_twice_is_added_up() -> None:
    assert read("sun + 0.5 glasses: sun - beard") == [("glasses: sun", 1.5), ("facial hair: beard", -1)]
    assert read("sun - sun") == [("glasses: sun", 0)]
    with pytest.raises(InvalidOption, match=r"glasses: sun .* from −3 to 3, not 4"):
        parse("2 sun + 2 sun", AVATARS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("+ sun +", "A name is missing after a sign"),
        ("-", "A name is missing"),
        ("+ 1.0", "A name is missing after '1.0'"),
        ("+ 1.0 + sun", "A name is missing after '1.0'"),
        ("3.1 sun", "The amount of glasses: sun must be a number from −3 to 3, not 3.1"),
        ("-3.1 sun", "The amount of glasses: sun"),
        ("9" * 500 + " sun", "not inf"),
        ("none", "could be hair: none or glasses: none or facial hair: none. Write it in full"),
        ("0.5 black + sun", "'black' could be hair colour: black or clothing colour: black"),
        ("sunn", r"There is no direction 'sunn'. Did you mean glasses: sun\?"),
        ("SMIEL", "Did you mean mouth: smile"),
        ("sunglasses", "Did you mean glasses or glasses: sun"),
        ("sun + one-sded hair - smile", r"no direction 'one-sded hair'. Did you mean hair: one-sided hair\?"),
        ("1e3 sun", "There is no direction 'e3 sun'"),
        ("nan sun", "There is no direction 'nan sun'"),
        ("xyzzy", "Known are those of hair, hair colour, glasses, facial hair, mouth, clothing, clothing colour"),
        ("<script>alert(1)</script>", "There is no direction"),
        ("a" * (MAX_CHARACTERS + 1), f"at most {MAX_CHARACTERS} characters, not {MAX_CHARACTERS + 1}"),
        (None, "A formula is text, not None"),
        (["sun"], "A formula is text"),
        (7, "A formula is text, not 7"),
    ],
)
def test_what_is_no_formula_is_told_in_words(text, words: str) -> None:
    with pytest.raises(InvalidOption, match=words) as caught:
        parse(text, AVATARS)
    assert caught.value.field == "formula" and len(str(caught.value)) < 300


def test_few_directions_are_all_named() -> None:
    with pytest.raises(InvalidOption, match="Known are: class: T-shirt/top, class: Trouser"):
        parse("xyzzy", CLOTHES)
    with pytest.raises(InvalidOption, match="Known are: none"):
        parse("xyzzy", ())


def test_there_is_a_limit_to_the_number_of_directions() -> None:
    known = tuple(f"direction {chr(97 + i)}" for i in range(MAX_TERMS + 1))
    assert len(parse(" + ".join(known[:MAX_TERMS]), known)) == MAX_TERMS
    with pytest.raises(InvalidOption, match=f"at most {MAX_TERMS}"):
        parse(" + ".join(known), known)


def test_a_full_name_is_found_from_a_unique_short_one() -> None:
    assert full_name("Sun", AVATARS) == "glasses: sun"
    with pytest.raises(InvalidOption, match="Did you mean"):
        full_name("moth: smile", AVATARS)


def test_a_formula_is_written_as_it_is_read() -> None:
    terms = (Term("glasses", 1.0), Term("facial hair: long beard", -0.5), Term("mouth: smile", 0.0))
    assert written(terms) == "+ 1 glasses - 0.5 facial hair: long beard + 0 mouth: smile"
    assert parse(written(terms), AVATARS) == terms
    assert written([Term("glasses", 1e-9)]) == "+ 0 glasses"


amounts = st.floats(-STRONGEST, STRONGEST).map(lambda amount: round(amount, 4))


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(AVATARS + CLOTHES), amounts, max_size=MAX_TERMS))
def test_whatever_is_written_can_be_read(formula: dict[str, float]) -> None:
    terms = tuple(Term(name, amount + 0.0) for name, amount in formula.items())
    assert parse(written(terms), AVATARS + CLOTHES) == terms


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.text("+-−–·*×.,:0123456789 sunhairbeard", max_size=200)))
def test_nonsense_is_read_or_refused(text: str) -> None:
    try:
        terms = parse(text, AVATARS + DIGITS)
    except InvalidOption:
        return
    assert all(term.name in AVATARS + DIGITS and abs(term.amount) <= STRONGEST for term in terms)
