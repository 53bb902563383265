"""Every picture says what made it, without a folder of the machine; whatever else is dropped is refused in words."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from generative.errors import CannotWrite, InvalidOption, InvalidPicture
from generative.inference.pictures.grids import save_animation
from generative.inference.pictures.note_files import KEYWORD
from generative.inference.pictures.provenance import (
    MAX_BYTES,
    read_note,
    restorable,
    save_png,
    to_note,
    versions,
)
from tests.inference.pictures.made import chunk, file, png_header, with_chunk

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | numbers | st.text(max_size=20)
json_values = st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
words = st.text(max_size=20).filter(lambda text: not set(text) & set("/\\:."))  # which may make it a file's name
BLACK = Image.new("L", (8, 8))
SAMPLE = {"ability": "samples", "model": "tiny/vae", "seed": 7, "count": 4, "options": {"temperature": 1.0}}
COMPLETION = {"ability": "complete", "model": "tiny/pixelcnn", "seed": 3, "count": 2, "mask": "lower", "options": {}}


def png(plain: dict, scale: int = 1) -> bytes:
    content = io.BytesIO()
    save_png(BLACK, content, plain, scale)
    return content.getvalue()


def animation(kind: str, plain: dict | None, scale: int | None = None) -> bytes:
    content = io.BytesIO()
    save_animation([BLACK, Image.new("L", (8, 8), 200)], 2, kind, content, plain, scale)
    return content.getvalue()


def written(kind: str, plain: dict) -> bytes:
    return png(plain) if kind == "png" else animation(kind, plain)


def png_with_note(note: str, keyword: str = KEYWORD, packed: bool = False) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(keyword, note, zip=packed)
    return file(BLACK, pnginfo=chunks)


@pytest.mark.parametrize("kind", ["png", "gif", "webp"])
@given(rest=st.dictionaries(words, words | numbers | st.none() | st.booleans(), max_size=5))
@settings(deadline=None, max_examples=30)
def test_what_is_written_is_read(kind: str, rest: dict[str, object]) -> None:
    plain = {**rest, "model": "tiny/vae"}
    assert read_note(written(kind, plain)) == {"versions": versions(), **plain}


@pytest.mark.parametrize("kind", ["png", "gif", "webp"])
def test_a_long_note_is_read_whole(kind: str) -> None:
    plain = COMPLETION | {"image": "data:image/png;base64," + "A" * 3000}
    assert read_note(written(kind, plain)) == plain | {"versions": versions()}


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_with_a_note_moves_as_one_without(kind: str) -> None:
    with Image.open(io.BytesIO(animation(kind, COMPLETION))) as noted:
        assert (noted.n_frames, noted.size, noted.info["loop"]) == (2, (64, 64), 0)
    assert len(animation(kind, None)) < len(animation(kind, COMPLETION))


@pytest.mark.parametrize("scale", [1, 3, 16])
def test_a_scale_makes_each_pixel_a_square_and_keeps_the_note(scale: int) -> None:
    for content in (png(COMPLETION, scale), animation("gif", COMPLETION, scale)):
        assert read_note(content)["mask"] == "lower"
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.size == (8 * scale, 8 * scale)
    checks = Image.new("L", (2, 1))
    checks.putpixel((1, 0), 255)
    content = io.BytesIO()
    save_png(checks, content, COMPLETION, scale)
    with Image.open(content) as picture:
        assert picture.tobytes() == (bytes(scale) + b"\xff" * scale) * scale


@pytest.mark.parametrize("scale", [0, 17, 1.5, True, "2", float("nan")])
def test_other_scales_are_refused(scale: object) -> None:
    with pytest.raises(InvalidOption, match="scale must be a whole number from 1 to 16"):
        png(COMPLETION, scale)


def test_a_scale_that_makes_too_large_a_picture_names_one_that_does_not() -> None:
    with pytest.raises(InvalidOption, match=r"scale 16 makes 16000×16000 pixels.*Choose a scale of 10"):
        save_png(Image.new("L", (1000, 1000)), io.BytesIO(), COMPLETION, 16)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("/home/ada/models/vae", "…/vae"),
        ("~/models/vae/", "…/vae"),
        ("~ada/vae", "…/vae"),
        ("./vae", "…/vae"),
        ("../x/me.png", "…/me.png"),
        (r"C:\Users\ada\me.png", "…/me.png"),
        (r"\\server\ada\me.png", "…/me.png"),
        ("file:///home/ada/me.png", "…/me.png"),
        ("photos/ada/me.JPG", "…/me.JPG"),
        ("me.png", "…/me.png"),
        ("fashion-mnist/vae", "fashion-mnist/vae"),
        ("hf:ada/vae", "hf:ada/vae"),
        ("example:T-shirt/top/0", "example:T-shirt/top/0"),
        ("seed:7", "seed:7"),
        ("red hair and a smile", "red hair and a smile"),
        ("+1.0 glasses - 0.5 beard", "+1.0 glasses - 0.5 beard"),
    ],
)
@pytest.mark.parametrize("kind", ["png", "gif", "webp"])
def test_no_folder_of_the_machine_is_written(kind: str, said: str, left: str) -> None:
    content = written(kind, {"model": said, "ends": [said, {"image": said}]})
    note = read_note(content)
    assert (note["model"], note["ends"]) == (left, [left, {"image": left}])
    assert b"ada/" not in content or said.startswith("hf:")


def test_what_json_cannot_hold_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_note({"model": "tiny/vae", "bits": float("nan")})


def test_it_stays_a_picture_for_everybody_else(tmp_path: Path) -> None:
    save_png(Image.new("RGB", (5, 3), (1, 2, 3)), tmp_path / "a.png", {"model": "tiny/vae", "seed": 7})
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.format, picture.size, picture.getpixel((4, 2))) == ("PNG", (5, 3), (1, 2, 3))
        assert json.loads(picture.text["generative"])["seed"] == 7


def test_notes_are_found_packed_and_at_the_end_of_a_file() -> None:
    note = json.dumps(COMPLETION)
    assert read_note(png_with_note(note, packed=True)) == COMPLETION
    late = file(BLACK)[:-12] + chunk(b"tEXt", f"{KEYWORD}\0{note}".encode()) + file(BLACK)[-12:]
    assert read_note(late) == COMPLETION
    assert read_note(with_chunk(late, b"tEXt", b"Author\0Ada")) == COMPLETION


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no PNG, GIF or WebP"),
        (b"hello", "no PNG, GIF or WebP"),
        (file(BLACK, "JPEG"), "no PNG, GIF or WebP"),
        (file(BLACK), "does not say what made it"),
        (file(BLACK, "GIF", comment=b"holiday"), "does not say what made it"),
        (file(BLACK, "WEBP"), "does not say what made it"),
        (bytes(MAX_BYTES + 1), "20.0 MB; the limit is 20 MB"),
        (png_with_note("{}", "other"), "does not say what made it"),
        (png_header(0, 0), "does not say what made it"),
    ],
)
def test_other_pictures_are_refused_with_their_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidPicture, match=reason):
        read_note(content)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [10_000, 13_000, 20_000, 2**31 - 1])
def test_a_decompression_bomb_is_neither_decoded_nor_heard(side: int) -> None:
    bomb = with_chunk(png_header(side, side), b"tEXt", f"{KEYWORD}\0".encode() + json.dumps(COMPLETION).encode())
    assert read_note(bomb) == COMPLETION
    gif = bytearray(animation("gif", COMPLETION))
    gif[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(InvalidPicture, match="does not say what made it"):
        read_note(bytes(gif))


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(["png", "gif", "webp"]),
    place=st.integers(0, 500),
    patch=st.binary(max_size=8),
    length=st.integers(0, 600),
)
def test_a_damaged_file_is_read_or_refused_but_nothing_else(kind: str, place: int, patch: bytes, length: int) -> None:
    content = bytearray(written(kind, SAMPLE))
    content[place : place + len(patch)] = patch
    for damaged in (bytes(content), bytes(content[:length])):
        try:
            assert isinstance(read_note(damaged), dict)
        except InvalidPicture as e:
            assert len(str(e)) < 300


@settings(max_examples=200, deadline=None)
@given(
    content=json_values
    | st.fixed_dictionaries({"model": json_values, "seed": json_values, "count": json_values, "options": json_values})
)
def test_any_note_is_read_or_refused(content: object) -> None:
    try:
        assert isinstance(read_note(png_with_note(json.dumps(content))), dict)
    except InvalidPicture as e:
        assert len(str(e)) < 300


@pytest.mark.parametrize("note", ["", "{", "[" * 100_000, "nan", '"text"', "[1]", '{"seed": 1}', "9" * 5000])
def test_a_note_that_is_none_of_ours_is_refused(note: str) -> None:
    with pytest.raises(InvalidPicture, match=r"cannot be read"):
        read_note(png_with_note(note))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "[" * 700 + "]" * 700])
def test_a_note_that_could_not_be_written_again_is_refused(value: str) -> None:
    with pytest.raises(InvalidPicture, match="cannot be read"):
        read_note(png_with_note(f'{{"model": "tiny/vae", "seed": {value}}}'))


def test_of_too_many_images_the_first_are_restored_and_that_is_said() -> None:
    note = COMPLETION | {"versions": {"torch": "2"}}
    assert restorable(note, 64) == (COMPLETION, "")
    recipe, said = restorable(note | {"count": 100}, 64)
    assert recipe == COMPLETION | {"count": 64}
    assert said == "It asks for 100 images; here are its first 64, the most at once."
    for count in (0, -1, "many", None, 1.5, True):
        with pytest.raises(InvalidOption, match="count must be a whole number"):
            restorable(note | {"count": count}, 64)


def test_what_needs_files_of_another_machine_says_which() -> None:
    note = read_note(png(COMPLETION | {"model": "/home/ada/vae"}))
    with pytest.raises(InvalidPicture, match="by a model in the folder vae of its maker's machine"):
        restorable(note, 64)
    note = read_note(png(COMPLETION | {"ends": ["seed:7", "/home/ada/me.png"]}))
    with pytest.raises(InvalidPicture, match=r"from the file me\.png of its maker's machine"):
        restorable(note, 64)


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"Cannot write to .*nowhere/a\.png"):
        save_png(BLACK, tmp_path / "nowhere" / "a.png", COMPLETION)
