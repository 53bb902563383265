"""Every message names the value, briefly, and what would do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generative import errors
from generative.errors import GenerativeError, InvalidOption, check_choice, check_integer, check_number, near, shown

anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())


def test_the_docstring_draws_every_error_there_is() -> None:
    drawn = [line.split()[1] for line in errors.__doc__.splitlines() if line.startswith(("├──", "└──"))]
    kinds = {name: value for name, value in vars(errors).items() if isinstance(value, type)}
    defined = [name for name, kind in kinds.items() if issubclass(kind, GenerativeError)]
    assert sorted([*drawn, "GenerativeError"]) == sorted(defined)


def test_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(errors.InvalidOption, ValueError)
    assert issubclass(errors.UnknownModel, LookupError)
    assert issubclass(errors.CannotWrite, OSError)


def test_an_error_keeps_its_words_and_its_field() -> None:
    for kind in (GenerativeError, *GenerativeError.__subclasses__()):
        error = kind("words", "seed")
        assert (str(error), error.field) == ("words", "seed")
        assert kind("words").field is None


@given(value=anything)
def test_a_quoted_value_is_short(value: object) -> None:
    assert len(shown(value)) <= 60


def test_a_huge_value_is_still_told() -> None:
    assert shown(10**5000)
    with pytest.raises(InvalidOption, match="n must be a whole number from 0 to 9"):
        check_integer("n", 10**5000, 0, 9)


@given(value=anything, low=st.integers(-5, 5), high=st.integers(5, 50))
def test_an_integer_is_within_its_bounds_or_refused(value: object, low: int, high: int) -> None:
    try:
        taken = check_integer("n", value, low, high)
    except InvalidOption as e:
        assert e.field == "n"
        assert str(e).startswith(f"n must be a whole number from {low} to {high}, not ")
    else:
        assert type(taken) is int
        assert low <= taken <= high
        assert taken == value


@given(value=anything)
def test_a_number_is_within_its_bounds_or_refused(value: object) -> None:
    try:
        taken = check_number("x", value, -1, 1)
    except InvalidOption as e:
        assert e.field == "x"
        assert str(e).startswith("x must be a number from -1 to 1, not ")
    else:
        assert type(taken) is float
        assert -1 <= taken <= 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400], ids=["nan", "inf", "-inf", "huge"])
def test_what_is_no_finite_number_is_refused(value: float) -> None:
    for check in (check_integer, check_number):
        with pytest.raises(InvalidOption):
            check("x", value, 0, 1)


def test_a_choice_lists_the_choices() -> None:
    assert check_choice("sampler", "ddim", ["ddim", "ddpm"]) == "ddim"
    for value in ("DDIM", "", None, 3, ["ddim"]):
        with pytest.raises(InvalidOption, match="sampler must be one of ddim, ddpm, not"):
            check_choice("sampler", value, ["ddim", "ddpm"])


def test_near_names_come_first_and_otherwise_all() -> None:
    assert near("vea", ["vae", "ddpm"]) == "Did you mean vae?"
    assert near("zzz", ["vae", "ddpm"]) == "Known are: vae, ddpm."
    assert near("zzz", []) == "Known are: none."
