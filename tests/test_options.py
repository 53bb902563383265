"""Options are checked where they are made, whoever makes them."""

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.fields import Choice, Integer, Number, Option
from generative.models.registry import MODELS
from generative.options import Options

OPTIONS = list(dict.fromkeys(option for model in MODELS.values() for option in model.Options.fields().values()))
ids = [f"{i}-{option.name}" for i, option in enumerate(OPTIONS)]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
each_option = pytest.mark.parametrize("option", OPTIONS, ids=ids)


def refused(option: Option, value: object) -> str:
    """The message for a value that must not pass."""
    with pytest.raises(InvalidOption) as failure:
        option.read(value)
    assert failure.value.field == option.name
    assert option.name in str(failure.value)
    return str(failure.value)


@pytest.mark.parametrize("kind", MODELS)
def test_defaults_pass_and_are_told_in_words(kind: str) -> None:
    options = MODELS[kind].Options
    assert options.parse({}) == options() == options(**options.defaults()) == options.parse(options().plain())
    for option in options.fields().values():
        assert option.title
        assert option.help.endswith(".")


@each_option
def test_the_ends_pass_and_what_lies_beyond_is_refused(option: Option) -> None:
    if isinstance(option, Choice):
        good, bad = option.choices, ["", option.choices[0].upper() + "x", 0]
    else:
        past = 1 if isinstance(option, Integer) else 1e-9
        good, bad = (option.low, option.high), [option.low - past, option.high + past, 10**400, -math.inf]
    for value in good:
        assert option.read(value) == option.read(str(value)) == option.read(option.plain(value)) == value
    for value in bad:
        refused(option, value)


@pytest.mark.parametrize(
    "value",
    [None, True, False, math.nan, math.inf, [], [1], {}, (1, 2), b"1", 1j, "x" * 10**6, "nan", "1e999"],
    ids=lambda value: repr(value)[:20],
)
@each_option
def test_wrong_types_are_refused_with_a_short_message(option: Option, value: object) -> None:
    assert len(refused(option, value)) < 300


@given(value=anything)
def test_whatever_passes_is_within_the_bounds_and_of_the_right_type(value: object) -> None:
    for option in OPTIONS:  # each with the same values, since to think of them takes longest
        try:
            taken = option.read(value)
        except InvalidOption as e:
            assert e.field == option.name
            continue
        if isinstance(option, Choice):
            assert taken in option.choices, option.name
        else:
            assert type(taken) is (int if isinstance(option, Integer) else float), option.name
            assert option.low <= taken <= option.high, option.name


@given(value=st.integers(1, 1000))
def test_a_whole_float_and_its_text_count_as_the_integer(value: int) -> None:
    steps = Integer("steps", "", "", low=1, high=1000)
    assert steps.read(float(value)) == steps.read(str(value)) == steps.read(f" {value}.0 ") == value


def test_a_decimal_comma_is_a_point() -> None:
    assert Number("scale", "", "", low=0, high=10).read("1,5") == 1.5


def test_a_choice_is_read_in_any_case() -> None:
    assert Choice("sampler", "", "", choices=("ddim", "ddpm")).read(" DDIM ") == "ddim"


@pytest.mark.parametrize("kind", MODELS)
def test_an_unknown_option_is_named(kind: str) -> None:
    for name in ("", "no such", "x" * 1000, "__class__"):
        with pytest.raises(InvalidOption, match="There is no option") as failure:
            MODELS[kind].Options.parse({name: 1})
        assert failure.value.field == name


def test_names_of_options_are_read_with_either_dash_and_in_any_case() -> None:
    assert MODELS["pixelcnn"].Options.parse({"Top-K": 3}).top_k == 3


def test_a_near_miss_is_answered_with_the_right_name() -> None:
    with pytest.raises(InvalidOption, match=r"Did you mean .*guidance_scale\?"):
        MODELS["ddpm"].Options.parse({"guidance": 3})
    with pytest.raises(InvalidOption, match="Did you mean num_inference_steps"):
        MODELS["ddpm"].Options.parse({"inference_steps": 3})


def test_options_cannot_be_changed_past_their_bounds() -> None:
    options = MODELS["vae"].Options()
    with pytest.raises(FrozenInstanceError):
        options.temperature = 99
    assert Options.parse({}) == Options()
