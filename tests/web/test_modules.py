"""The page's JavaScript and styles: served once, cached, and level with what Python knows."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from generative.web.widgets import constants, modules
from generative.web.widgets.stage.stage import Stage

WEB = modules.WEB
TEMPLATES = sorted(WEB.rglob("*.html"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=[modules.ROUTE]))


def address(name: str, version: str = modules.VERSION) -> str:
    return f"/gradio_api/modules/{version}/{name}"


def test_a_module_is_served_and_kept(client: TestClient) -> None:
    answer = client.get(address("widgets/kit/png.js"))
    assert answer.content == (WEB / "widgets/kit/png.js").read_bytes()
    assert (
        answer.headers["content-type"].startswith("text/javascript") and "immutable" in answer.headers["cache-control"]
    )


def test_a_page_of_an_older_version_gets_the_modules_of_today_and_keeps_none(client: TestClient) -> None:
    answer = client.get(address("widgets/kit/png.js", "0123"))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["page/page.py", "../../../app.py", "widgets/stage/stage.html", ""])
def test_nothing_but_modules_is_served(client: TestClient, name: str) -> None:
    assert client.get(address(name)).status_code == 404


def test_the_constants_of_the_browser_are_those_of_python() -> None:
    assert constants.FILE.read_text(encoding="utf-8") == constants.text(), "python -m generative.web.widgets.constants"


def test_a_component_brings_one_line_of_script_and_no_styles() -> None:
    with gr.Blocks():
        config = Stage(elem_classes="compact").get_config()
    assert len(config["js_on_load"]) < 250 and not config["css_template"]
    assert config["elem_classes"] == ["widget", "widget-stage", "compact"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_survives_gradio(path: Path) -> None:
    """Gradio runs HTML through Handlebars and a JavaScript template literal; only the gallery means it to."""
    marks = ("{{", "\\") if path.name == "gallery.html" else ("`", "${", "{{", "\\")
    assert not any(mark in path.read_text(encoding="utf-8") for mark in marks)


def test_each_file_of_styles_says_whose_it_is() -> None:
    """Styles hold for the whole page, so a component's stand within its own class."""
    for path in WEB.rglob("*.css"):
        if path.parent.name != "page" and "node_modules" not in path.parts:
            lines = path.read_text(encoding="utf-8").splitlines()
            heads = [line for line in lines if line and not line.startswith((" ", "}", "/*"))]
            assert heads and all(head.startswith((".widget", ".results", ".roll")) for head in heads), path


def test_what_needs_no_browser_holds_under_node() -> None:
    node = shutil.which("node")
    if node is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("node is missing: install Node.js 20 or later (apt-get install nodejs)")
    tests = sorted(map(str, Path(__file__).parent.rglob("*.test.js")))
    result = subprocess.run([node, "--test", *tests], capture_output=True, text=True, timeout=120)
    assert tests and result.returncode == 0, result.stdout + result.stderr


def test_the_modules_are_declared_as_such_for_node() -> None:
    assert json.loads((WEB / "package.json").read_text(encoding="utf-8"))["type"] == "module"
