"""What README tells to type does what README says; what trains, measures or serves for long is tried elsewhere."""

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

import generative
from generative.__main__ import main
from generative.commands.parser import parser

README = (Path(generative.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^(?:python|accelerate launch) -m generative ([^#\n]+)", README, re.MULTILINE)
QUICK = [command for command in COMMANDS if command.split()[0] not in ("benchmark", "train", "evaluate", "shrink")]


def fewer(text: str) -> str:
    """Two images or candidates where README asks for sixteen, which take as many times as long."""
    return re.sub(r"(count[= ]|candidates=)16\b", r"\g<1>2", text)


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.linear_gradient("L").save(tmp_path / "photo.png")
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(fewer(command))
    assert main(words) == 0
    if "--out" in words:
        assert (tmp_path / words[words.index("--out") + 1]).exists()


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in QUICK])
def test_a_long_command_is_one(command: str) -> None:
    parser().parse_args(shlex.split(command))


def test_the_library_is_used_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for language, code in BLOCKS:
        if language == "python" and "gradio_client" not in code:  # tests of the API do that
            exec(fewer(code), names)
    assert names["image"].shape == (1, 3, 64, 64)
    assert "20 20" in capsys.readouterr().out


def test_every_path_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:generative|tests)/[\w/.-]+)`", README))
    assert named
    made_up = "generative/models/gans/hinge.py"  # what the reader is about to write
    assert {
        path for path in named - {made_up} if not Path(generative.__file__).parents[1].joinpath(path).exists()
    } == set()
