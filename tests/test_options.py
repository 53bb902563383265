"""Options are checked where they are made, whoever makes them."""

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.models.registry import MODELS
from generative.options import Bounds, ClassOptions, Options

FIELDS = [(kind, name) for kind, model in MODELS.items() for name in model.Options.bounds()]
ids = [f"{kind}.{name}" for kind, name in FIELDS]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def bounds_of(kind: str, name: str) -> Bounds:
    return MODELS[kind].Options.bounds()[name]


def refused(kind: str, name: str, value: object) -> str:
    """The message for a value that must not pass."""
    with pytest.raises(InvalidOption) as failure:
        MODELS[kind].Options.parse({name: value})
    assert failure.value.field == name
    assert name in str(failure.value)
    return str(failure.value)


@pytest.mark.parametrize("kind", MODELS)
def test_defaults_pass_and_are_told_in_words(kind: str) -> None:
    options = MODELS[kind].Options
    assert options.parse({}) == options() == options(**options.defaults())
    for bounds in options.bounds().values():
        assert bounds.title
        assert bounds.help.endswith(".")


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=ids)
def test_the_ends_pass_and_what_lies_beyond_is_refused(kind: str, name: str) -> None:
    bounds = bounds_of(kind, name)
    if bounds.kind == "choice":
        good, bad = bounds.choices, ["", bounds.choices[0].upper() + "x", 0]
    else:
        past = 1 if bounds.kind == "integer" else 1e-9
        good, bad = (bounds.low, bounds.high), [bounds.low - past, bounds.high + past, 10**400, -math.inf]
    for value in good:
        assert getattr(MODELS[kind].Options.parse({name: value}), name) == value
    for value in bad:
        refused(kind, name, value)


@pytest.mark.parametrize(
    "value",
    [None, True, False, math.nan, math.inf, [], [1], {}, (1, 2), b"1", 1j, "x" * 10**6],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=ids)
def test_wrong_types_are_refused_with_a_short_message(kind: str, name: str, value: object) -> None:
    assert len(refused(kind, name, value)) < 300


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=ids)
@given(value=anything)
def test_whatever_passes_is_within_the_bounds_and_of_the_right_type(kind: str, name: str, value: object) -> None:
    bounds = bounds_of(kind, name)
    try:
        taken = getattr(MODELS[kind].Options.parse({name: value}), name)
    except InvalidOption as e:
        assert e.field == name
        return
    if bounds.kind == "choice":
        assert taken in bounds.choices
    else:
        assert type(taken) is (int if bounds.kind == "integer" else float)
        assert bounds.low <= taken <= bounds.high


@given(value=st.integers(1, 1000))
def test_a_whole_float_counts_as_the_integer(value: int) -> None:
    assert MODELS["ddpm"].Options.parse({"num_inference_steps": float(value)}).num_inference_steps == value


@pytest.mark.parametrize("kind", MODELS)
@given(name=st.text())
def test_an_unknown_option_is_named(kind: str, name: str) -> None:
    if name not in MODELS[kind].Options.defaults():
        with pytest.raises(InvalidOption, match="There is no option") as failure:
            MODELS[kind].Options.parse({name: 1})
        assert failure.value.field == name


def test_a_near_miss_is_answered_with_the_right_name() -> None:
    with pytest.raises(InvalidOption, match="Did you mean guidance_scale"):
        MODELS["ddpm"].Options.parse({"guidance": 3})


@pytest.mark.parametrize("value", [3, True, ["Sneaker"], b"Sneaker", math.nan])
def test_a_label_is_a_name_or_none(value: object) -> None:
    with pytest.raises(InvalidOption, match="label must be the name of a class") as failure:
        ClassOptions(value)
    assert failure.value.field == "label"
    assert ClassOptions(None).label is None


def test_options_cannot_be_changed_past_their_bounds() -> None:
    options = MODELS["vae"].Options()
    with pytest.raises(FrozenInstanceError):
        options.temperature = 99
    assert Options.parse({}) == Options()
