"""Random values at every event and endpoint of the real page: words come back, and nothing fills the log."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import gradio as gr
import httpx
import pytest

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.registry import MODELS
from generative.web.base.tool import Bench
from generative.web.base.visit import Visit
from generative.web.page.hosted import OURS, HostedPage
from generative.web.page.page import build as build_page
from generative.web.tools import TOOLS
from tests.web.page.serving import Server, served

SEED = 7
KINDS = ("vae", "ddpm")
VALUES = [
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    "x" * 3000,
    "toys/vae",
    "seed:1",
    "\u0000<b>",
    [],
    [[]],
    ["toys/vae"],
    {},
    {"seed": "x"},
    {"data": 5, "name": []},
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in KINDS:
        model = MODELS[kind]
        weights.save(root / "toys" / kind, kind, model(model.Config.tiny()), {})
    with served(build_page(Engine(root, "cpu"))) as server:
        yield server


def values(chance: random.Random, components: list[gr.components.Component]) -> list[Any]:
    """What a stranger sends for the inputs of an event: for about half of them what the page would."""
    own = [None if isinstance(c, gr.State) else getattr(c, "value", None) for c in components]  # the server has states
    return [v if chance.random() < 0.5 and not callable(v) else chance.choice(VALUES) for v in own]


def ended(server: Server, session: str) -> dict[str, Any]:
    return next(m for m in server.read(session) if m["msg"] == "process_completed")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Of every tool one, built at once, where the page builds all but the first when they are opened."""
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, model in MODELS.items():
        if MODELS[kind].family != "classifier":
            weights.save(root / "toys" / kind, kind, model(model.Config.tiny()), {})
    engine = Engine(root, "cpu")
    with HostedPage(analytics_enabled=False) as page:
        visit = gr.State(Visit("toys"))
        for name, tool in TOOLS.items():
            able = [e for e in engine.entries.values() if tool.ability in e.abilities]
            tool(Bench(engine, able[:2], able[0], name, name, visit)).wire()
    with served(page) as server:
        yield server


@pytest.mark.parametrize("page", ["server", "tools"])
def test_every_event_answers_random_values_in_words(page: str, request: pytest.FixtureRequest, capfd) -> None:
    server, chance, silent = request.getfixturevalue(page), random.Random(SEED), []
    for fn in list(server.page.fns.values()):
        if fn.fn is None:  # what the browser does by itself
            continue
        body = {"data": values(chance, fn.inputs), "fn_index": fn._id, "session_hash": f"session {fn._id}"}
        answer = server.post("queue/join", {**body, "event_data": chance.choice(VALUES), "trigger_id": 1})
        done = ended(server, body["session_hash"]) if answer.status_code == 200 else {"success": False, "output": {}}
        words = done["output"].get("error") or answer.json().get("detail")
        if not done["success"] and (not words or words == OURS):
            silent.append((fn.name, body, words, capfd.readouterr().err))
    assert not silent
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("page", ["server", "tools"])
def test_no_listener_has_another_repeated(page: str, request: pytest.FixtureRequest) -> None:
    """Or two would keep each other, the browser and the device busy until the page is closed: see `after_each`."""
    waiting = [f for f in request.getfixturevalue(page).page.fns.values() if f.trigger_mode == "always_last"]
    heard = Counter(event for fn in waiting for event in fn.targets if event[1] != "then")
    assert heard and not [event for event, count in heard.items() if count > 1]


@pytest.mark.parametrize("page", ["server", "tools"])
def test_nothing_is_told_that_it_loads(page: str, request: pytest.FixtureRequest) -> None:
    """Or every event would be slower than the one before: see QUIET."""
    listeners = [f for f in request.getfixturevalue(page).page.fns.values() if f.targets and f.fn and f.outputs]
    assert listeners and [f.name for f in listeners if f.show_progress_on != []] == []


def test_every_endpoint_answers_random_values_in_words(server: Server, capfd) -> None:
    chance, silent = random.Random(SEED), []
    for fn in [f for f in server.page.fns.values() if f.api_visibility == "public"]:
        for _ in range(8):
            data = values(chance, fn.inputs)
            kind, told = server.call(fn.api_name, *data)
            if kind != "complete" and told["error"] in (None, "", OURS):
                silent.append((fn.api_name, data, capfd.readouterr().err))
    assert not silent
    assert "Traceback" not in capfd.readouterr().err


def test_the_page_needs_no_file_that_the_clean_up_deletes(server: Server) -> None:
    """Gradio deletes after an hour what it copied into its temporary folder, as the icon of a button once was."""
    config = httpx.get(f"{server.address}config", timeout=20).text
    assert "/file=" not in config
    assert not server.page.temp_file_sets or not any(server.page.temp_file_sets)
