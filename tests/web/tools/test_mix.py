"""Mixing styles at every door but a browser's: the tool, the command, the endpoint, and what goes with a style."""

import json
from pathlib import Path
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch
from PIL import Image

from generative.__main__ import main
from generative.answers import Mixture
from generative.data.known import dataset
from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.inference.latent.mixing import followed, share
from generative.inference.pictures.provenance import read_note
from generative.library import weights
from generative.models.gans.stylegan import StyleGAN, StyleGANConfig
from generative.web.api.gans import GANEndpoints
from generative.web.base.tool import Bench
from generative.web.tools.mix.tool import MixTool
from tests.building import build

ID = "avatars/stylegan"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A StyleGAN of 16 pixels, and a classifier of the attributes that avatars have; both have learnt nothing."""
    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    tiny = StyleGAN(StyleGANConfig.tiny(size=16, image_channels=3)).eval()
    weights.save(folder / "avatars" / "stylegan", "stylegan", tiny, {}, "avatars")
    about = {"classes": dataset("avatars").labels, "size": 16, "image_channels": 3, "channels": 2}
    weights.save(folder / "avatars" / "classifier", "classifier", build("classifier", about), {}, "avatars")
    return folder


@pytest.fixture
def engine(root: Path) -> Engine:
    return Engine(root, "cpu")


@pytest.fixture
def tool(engine: Engine) -> MixTool:
    with gr.Blocks(analytics_enabled=False):
        return MixTool(Bench.alone(engine, [engine.entry(ID)], "test"))


def wish(columns: object, layers: object, count: int = 3) -> list:
    return [ID, count, 0, columns, 1, layers]


def test_the_matrix_shows_every_pair_and_what_came_with_the_row(tool: MixTool) -> None:
    seen = tool._mix(*wish(50, [1, 2]))
    assert seen[tool.matrix].count("<img") == 3 + 3 + 9 and "Seed 52" in seen[tool.matrix]
    assert "coarse layers" in seen[tool.followed] and "as the row" in seen[tool.followed]
    assert "layers that are ticked" in tool._mix(*wish(50, [1, 4]))[tool.followed]


def test_a_name_ticks_its_layers_and_layers_find_their_name(tool: MixTool) -> None:
    assert tool._ticked(ID, "middle") == [3, 4] and tool._depth(ID, [4, 3]) == "middle"
    assert tool._depth(ID, [1, 3]) is None
    assert [name for name, _ in tool.layers.choices][::5] == ["1 · 4 px", "6 · 16 px"]


def test_a_link_and_a_saved_matrix_bring_it_back(tool: MixTool, engine: Engine) -> None:
    request = engine.request("mixes", ID, seed=4, count=2, columns=60, layers="fine")
    for again, _ in (engine.follow(dict(parse_qsl(request.link()[1:]))), engine.recall(request.plain())):
        told = tool.recall(again, [1])
        assert told[tool.columns] == 60 and told[tool.layers]["value"] == [5, 6] and told[tool.count] == 2
        assert told[tool.depth]["value"] == "fine"


@pytest.mark.parametrize(
    ("columns", "layers", "words"),
    [
        (50, [], "at least one layer"),
        (50, [7], "some of 1 to 6"),
        (-1, [1], "columns"),
        (2**32, [1], "columns"),
        ("x", [1], "columns"),
    ],
)
def test_what_is_wrong_is_said_in_words_at_every_door(
    tool: MixTool, engine: Engine, root: Path, columns: object, layers: list, words: str, capsys: pytest.CaptureFixture
) -> None:
    seen = tool._mix(*wish(columns, layers))
    assert words in seen[tool.state] and 'role="alert"' in seen[tool.state] and tool.matrix not in seen
    with pytest.raises((GenerativeError, gr.Error), match=words):
        GANEndpoints(engine).mix(ID, columns, layers)
    if layers and columns != "x":
        command = ["mix", ID, "--root", str(root), "--columns", str(columns), "--layers", *map(str, layers)]
        assert main(command) == 2 and words in capsys.readouterr().err


@pytest.mark.parametrize("layers", ["upper", "0", "2-1", "1-", "1-2-3", "-", [1.5], [None], {}])
def test_layers_that_there_are_not_are_refused(engine: Engine, layers: object) -> None:
    with pytest.raises(GenerativeError, match="layers must be coarse, middle, fine, or some of 1 to 6"):
        engine.request("mixes", ID, columns=0, layers=layers)


def test_layers_may_be_said_in_several_ways(engine: Engine) -> None:
    for layers in ("middle", "Middle", "3-4", "3,4", [3, 4], ["4", "3"], "3, 4"):
        assert engine.request("mixes", ID, columns=0, layers=layers).inputs["layers"] == (3, 4)


def test_programs_get_the_matrix_and_the_command_line_saves_it(
    engine: Engine, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    told = GANEndpoints(engine).mix(ID, 50, "fine", count=2, options={"truncation": 0.7})
    assert len(told["rows"]) == len(told["columns"]) == len(told["pngs"]) == len(told["pngs"][1]) == 2
    assert told["layers"] == [5, 6] and {"attribute", "among", "row", "column"} == {*told["followed"][0]}
    json.dumps(told)
    out = tmp_path / "mixed.png"
    words = ["mix", ID, "--root", str(root), "--columns", "50", "--layers", "fine", "--count", "2", "--out", str(out)]
    assert main([*words, "--device", "cpu"]) == 0 and "AS THE ROW" in capsys.readouterr().out
    assert Image.open(out).size == (3 * 16 + 2 * 2,) * 2
    again, _ = engine.recall(read_note(out.read_bytes()))
    assert again.inputs == {"columns": 50, "layers": (5, 6)}
    assert main([*words, "--json"]) == 0 and json.loads(capsys.readouterr().out)["layers"] == [5, 6]


def test_what_follows_is_counted_where_row_and_column_differ() -> None:
    rows, columns = torch.tensor([[0], [1]]), torch.tensor([[0, 2]])
    cells = torch.tensor([[0, 0], [0, 3]])
    one = share("hair", rows, columns, cells)
    assert (one.among, one.row, one.column) == (3, pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_without_a_classifier_nothing_is_said_to_follow(engine: Engine, tmp_path: Path) -> None:
    faces = torch.rand(2, 3, 16, 16)
    mixed = Mixture(faces, faces, torch.rand(2, 2, 3, 16, 16), (1,))
    weights.save(tmp_path / "avatars" / "stylegan", "stylegan", engine.model(ID), {}, "avatars")
    alone = Engine(tmp_path, "cpu")
    assert followed(alone, alone.entry(ID), mixed) == []
