"""A small page, really served on this machine, and what a stranger sends it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gradio as gr
import httpx

from generative.web.page.launch import launch


@dataclass
class Server:
    """A served page; paths are those below its API."""

    page: gr.Blocks
    address: str

    def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return httpx.post(f"{self.address}gradio_api/{path}", json=body, timeout=20, **options)

    def call(self, name: str, *data: Any) -> tuple[str, Any]:
        """The last event of a call without a session, and its data."""
        event = self.post(f"call/{name}", {"data": data}).json()["event_id"]
        told = httpx.get(f"{self.address}gradio_api/call/{name}/{event}", timeout=20).text
        kind, content = told.strip().split("\n\n")[-1].split("\n")
        return kind.removeprefix("event: "), json.loads(content.removeprefix("data: "))

    def join(self, session: str, fn: int, *data: Any, **options: Any) -> httpx.Response:
        return self.post("queue/join", {"data": data, "fn_index": fn, "session_hash": session}, **options)

    def read(self, session: str) -> Iterator[dict[str, Any]]:
        """The messages to a session until it has no event left."""
        address = f"{self.address}gradio_api/queue/data?session_hash={session}"
        with httpx.stream("GET", address, timeout=20) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))


@contextmanager
def served(page: gr.Blocks, devices: int = 1) -> Iterator[Server]:
    address = launch(page, devices, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        yield Server(page, address)
    finally:
        page.close()
