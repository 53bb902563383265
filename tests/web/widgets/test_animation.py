"""An animation that a browser orders says what made it, and what is no recipe is refused in words."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from generative.errors import InvalidPicture
from generative.inference.pictures.provenance import Provenance, read_note
from generative.web.widgets.stage.animation import encode_animation


def order(**changes: Any) -> dict[str, Any]:
    panel = b64encode(bytes(64)).decode()
    return {"format": "gif", "shape": [1, 1, 8, 8], "columns": 1, "frames": [[panel], [panel]]} | changes


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_carries_the_recipe_of_its_run(kind: str) -> None:
    made = Provenance("tiny/vae", 7, 4, {"temperature": 1.0})
    answer = encode_animation(order(format=kind, recipe=made.to_json()))
    assert read_note(b64decode(answer["data"])) == made.plain()


def test_an_animation_of_no_run_has_no_note() -> None:
    with pytest.raises(InvalidPicture, match="does not say what made it"):
        read_note(b64decode(encode_animation(order(recipe=None))["data"]))


@pytest.mark.parametrize("recipe", ["", "{}", "[1]", 7, {"model": "a"}, '{"model": "a", "b": 1e999}', "x" * 1_000_001])
def test_what_is_no_recipe_is_refused_in_words(recipe: Any) -> None:
    assert "recipe" in encode_animation(order(recipe=recipe))["error"]
