"""What is installed: the ranges, the files that come along, and a top level where everything has its place."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[1]
PLACES = {"app.py", "generative", "checkpoints", "tests"}
PLACES |= {"requirements.txt", "README.md", "pyproject.toml", "LICENSE"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    tomllib = pytest.importorskip("tomllib", reason="pyproject.toml is read with Python 3.11 or later")
    return tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))


def test_requirements_repeat_the_ranges_of_the_package(project: dict[str, Any]) -> None:
    lines = (TOP / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line and not line.startswith("#")]
    told = project["project"]
    assert asked == [*told["dependencies"], *told["optional-dependencies"]["test"]]


def test_every_file_of_the_package_is_installed(project: dict[str, Any]) -> None:
    patterns = project["tool"]["setuptools"]["package-data"]["generative"]
    endings = tuple(pattern.removeprefix("**/*") for pattern in patterns)
    files = subprocess.run(["git", "ls-files", "generative"], cwd=TOP, capture_output=True, text=True).stdout.split(
        "\n"
    )
    if files == [""]:
        pytest.skip("this is no git checkout, so what belongs to the package is not known")
    assert [f for f in files if f and not f.endswith((".py", *endings))] == []


def test_the_command_is_one_of_the_package(project: dict[str, Any]) -> None:
    module, function = project["project"]["scripts"]["generative"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_this_python_is_one_of_those_promised(project: dict[str, Any]) -> None:
    low, high = (part.lstrip(">=<") for part in project["project"]["requires-python"].split(","))
    assert tuple(map(int, low.split("."))) <= sys.version_info[:2] < tuple(map(int, high.split(".")))


def test_everything_at_the_top_has_its_place() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True).stdout.splitlines()
    tops = {name.split("/")[0] for name in listed}
    assert {name for name in tops if not name.startswith(".")} <= PLACES
