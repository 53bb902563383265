"""A real Chromium for the tests of the page, and a page that forgives nothing."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

REPOSITORY = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:  # noqa: F821
    """Chromium, started once."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Chromium is missing: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable]:
    """``open_page(url, **options of new_page)``; the test fails if a page had a JavaScript error or left its host."""
    pages, faults = [], []

    def open_(url: str, **options):
        page = browser.new_page(**options)
        pages.append(page)
        host = urlsplit(url).netloc

        def on_request(request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
                faults.append(f"request to another host: {request.url}")

        page.on("request", on_request)
        page.on("pageerror", lambda error: faults.append(f"pageerror: {error}"))
        # 422 is how Gradio carries the message of a validator to its control.
        page.on(
            "console",
            lambda m: faults.append(f"console: {m.text}") if m.type == "error" and "422" not in m.text else None,
        )
        page.set_default_timeout(15_000)
        page.goto(url)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not faults


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of a freshly started application."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/config", timeout=2).read()
            break
        except OSError:
            assert process.poll() is None, "the application stopped"
            time.sleep(0.25)
    yield address
    process.terminate()
    process.wait(10)
