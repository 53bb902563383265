"""What the server keeps of each visitor's session: the values of states, and nothing of calls without one."""

import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder

CAPACITY = 1000  # sessions; one that comes back after it was forgotten begins anew


class Functions(dict[int, Any]):
    """By number; who goes through them is not disturbed by a tool that is built in another thread and adds its own.

    Gradio does so, without a copy, at each event that has a state among its outputs.
    """

    def values(self) -> Any:
        return list(super().values())


class Session(SessionState):
    """A session without a copy of the page's configuration.

    Gradio makes one of all components for each session, 1.3 MB and 0.1 s of this page's 570, and keeps it level with
    every event: for deep links alone, which this page has not (its addresses say what to draw).
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # of no block, no copy
        self.blocks_config.fns = Functions(self.blocks_config.fns)

    def __setitem__(self, key: int, value: Any) -> None:
        block = self.blocks_config.blocks.get(key)
        if isinstance(block, gr.State):
            self._state_ttl[key] = (block.time_to_live, datetime.datetime.now())
            self.state_data[key] = value
        else:
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """The sessions by their hash, those that were used last."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)

    def forget(self, session_id: str) -> None:
        """Keep nothing of a session."""
        self.session_data.pop(session_id, None)
        self.time_last_used.pop(session_id, None)


@asynccontextmanager
async def light_sessions(app: App) -> AsyncIterator[None]:
    """While the server runs, `app` keeps its sessions here."""
    app.state_holder = Sessions()
    app.state_holder.set_blocks(app.get_blocks())
    yield
