"""A real Chromium for the tests of the page, and a page that forgives nothing."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

REPOSITORY = Path(__file__).parents[2]
START_UP = 180  # seconds, of an application on a crowded machine
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NGINX = """
daemon off;
master_process off;
pid %s/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:%d;
        location / { return 404; }
        location = /manifest.json { return 200 '{"name": "models"}'; }  # where Gradio's page asks for it
        location = /favicon.ico { return 204; }  # so do browsers
        %s
    }
}
"""


PATIENCE = 45_000  # milliseconds, of a page on a crowded machine
SIZE = {"width": 1280, "height": 720}
STILL = {"reduced_motion": "reduce"}  # nothing plays unless a test is about that
BY_PAGE = {"viewport", "color_scheme", "reduced_motion"}  # what a page can be told without a context of its own


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator["BrowserContext"]:  # noqa: F821
    """Chromium, started once, as a visitor has it who was here before: what it has loaded and compiled it keeps."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Chromium is missing: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        folder = tmp_path_factory.mktemp("profile")
        context = playwright.chromium.launch_persistent_context(folder, executable_path=path, args=ARGUMENTS)
        yield context
        context.close()


@pytest.fixture
def new_page(profile) -> Iterator[Callable]:
    """``new_page(**options of Browser.new_page)``: blank, in no context of an earlier test but for what it cached."""
    made = []

    def new(viewport=None, **options):
        if options.keys() <= BY_PAGE:
            page = profile.new_page()
            page.set_viewport_size(viewport or SIZE)
            page.emulate_media(**options)
            page.bring_to_front()  # the keyboard is of the page in front
        else:  # a finger, say
            page = profile.browser.new_page(viewport=viewport, **options)
        made.append(page)
        return page

    yield new
    for page in made:
        if page.url.startswith("http") and not page.is_closed():
            page.evaluate("localStorage.clear()")  # as of a visitor who has never been here
        page.close()
    profile.clear_cookies()
    profile.clear_permissions()


@pytest.fixture
def open_page(new_page: Callable) -> Iterator[Callable]:
    """``open_page(url, **options of new_page)``; the test fails if a page had a JavaScript error or left its host."""
    faults: list[str] = []

    def open_(url: str, **options):
        page = new_page(**STILL | options)
        watch(page, url, faults)
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        return page

    yield open_
    assert not faults


@pytest.fixture(scope="module")
def kept(profile: "BrowserContext") -> Iterator[dict]:  # noqa: F821
    """What `keep_page` has opened for the tests of this file."""
    pages: dict[tuple, Kept] = {}
    yield pages
    for found in pages.values():
        found.page.close()


@pytest.fixture
def keep_page(request: pytest.FixtureRequest, profile: "BrowserContext", kept: dict) -> Iterator[Callable]:  # noqa: F821
    """``keep_page(url, viewport)``: as `open_page`, of one page for all tests of a file, as the test before left it.

    A page on which a test has failed, or which is still at work, is given to no other.
    """
    failed, given = request.session.testsfailed, []

    def keep(url: str, viewport: dict | None = None, **media: str):
        key = (url, *media.items())
        if key in kept and not kept[key].comes_to_rest():
            kept.pop(key).page.close()
        if key not in kept:
            kept[key] = Kept(profile.new_page(), url, STILL | media)
        given.append(key)
        page = kept[key].page
        page.set_viewport_size(viewport or SIZE)
        page.set_default_timeout(PATIENCE)
        page.bring_to_front()
        page.evaluate("document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close())")
        return page

    yield keep
    faults = [fault for key in given for fault in kept[key].faults]
    if faults or request.session.testsfailed > failed:
        for key in {*given}:
            kept.pop(key).page.close()
    assert not faults


class Kept:
    """A page that is at `url`, what was wrong with it, and what it has asked of the server's queue and not got yet."""

    def __init__(self, page, url: str, media: dict[str, str]) -> None:
        self.page, self.faults, self.asked = page, list[str](), under_way(page, "/queue/")
        watch(page, url, self.faults)
        page.emulate_media(**media)
        page.goto(url)

    def comes_to_rest(self) -> bool:
        """Whether all that was asked has been answered, and the answers have led to no other question."""
        calm, until = 0, time.monotonic() + 10
        while calm < 3 and time.monotonic() < until:
            self.page.wait_for_timeout(50)
            calm = 0 if self.asked else calm + 1
        return calm == 3


def under_way(page, path: str) -> list:
    """What `page` has asked for below that path and not got yet; the list follows the page."""
    asked = []
    page.on("request", lambda request: asked.append(request) if path in request.url else None)
    for over in ("requestfinished", "requestfailed"):
        page.on(over, lambda request: asked.remove(request) if request in asked else None)
    return asked


def watch(page, url: str, faults: list[str]) -> None:
    """Notes what a page must not do: fail, or ask another host than that of `url`."""
    host = urlsplit(url).netloc

    def on_request(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            faults.append(f"request to another host: {request.url}")

    page.on("request", on_request)
    page.on("pageerror", lambda error: faults.append(f"pageerror: {error}"))
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" and meant(m.text) else None)


def meant(text: str) -> bool:
    """Not the message of a validator, which Gradio carries as a 422, nor a stream that ended as the page was left."""
    left = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")
    return "422" not in text and not any(words in text for words in left)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).read()
    except OSError:
        return False
    return True


@contextmanager
def serving(command: list[str], address: str) -> Iterator[None]:
    """While `command` runs in the repository; entered as soon as `address` answers."""
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_UP
        while not answers(address):
            assert process.poll() is None, f"{command[0]} stopped"
            assert time.monotonic() < until, f"{command[0]} did not answer within {START_UP} s"
            time.sleep(0.25)
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def serve() -> Callable:
    """``with serve("--root-path", "/models") as port``: a freshly started application."""

    @contextmanager
    def serve(*words: str) -> Iterator[int]:
        port = free_port()
        command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu", *words]
        with serving(command, f"http://127.0.0.1:{port}/config"):
            yield port

    return serve


@pytest.fixture(scope="session")
def app_url(serve: Callable) -> Iterator[str]:
    """The address of a freshly started application."""
    with serve() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def show() -> Callable:
    """``with show(root) as url``: the page of the checkpoints below `root`, served from here."""

    @contextmanager
    def show(root: Path) -> Iterator[str]:
        from generative.inference.engine.engine import Engine
        from generative.web.page.page import build
        from tests.web.page.serving import served

        with served(build(Engine(root, "cpu"))) as server:
            yield server.address.rstrip("/")

    return show


@pytest.fixture
def proxied_url(serve: Callable, tmp_path: Path) -> Iterator[str]:
    """The address of an application that nginx shows below the path /models, as README says."""
    nginx = shutil.which("nginx")
    if nginx is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("nginx is missing: apt-get install nginx-light")
    told = (REPOSITORY / "README.md").read_text(encoding="utf-8").split("```nginx\n")[1].split("```")[0]
    with serve("--root-path", "/models") as port:
        place, outside = told.replace("7860", str(port)), free_port()
        (tmp_path / "nginx.conf").write_text(NGINX % (tmp_path, outside, place), encoding="utf-8")
        command = [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        with serving(command, f"http://127.0.0.1:{outside}/models/config"):
            yield f"http://127.0.0.1:{outside}/models/"
