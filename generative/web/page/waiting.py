"""The page's queue: one line for the device, where visitors take turns, and no visitor can fill it for all.

Gradio's own takes whoever came first, refuses everyone, page loads too, as soon as it is full, and keeps jobs whose
client never asks for the answer.
"""

import asyncio
import time
import uuid
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import fastapi
import gradio as gr
from gradio import route_utils
from gradio.blocks import BlockFunction
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, Queue
from gradio.server_messages import EventMessage, ProcessCompletedMessage, ProcessGeneratingMessage
from gradio.utils import LRUCache

from generative.web.base.run import DEVICE
from generative.web.base.visitor import visitor
from generative.web.widgets.stage.stage import Stage, say

UNREAD = 30.0  # seconds after which nobody will come for the answer
SWEEP = 3.0  # seconds between two looks for such jobs, and between two words on who is where in line
LIGHT_AT_ONCE = 4  # of one event that needs no device
MOST_LETTERS, MOST_BOXES, MOST_TURNS = 1000, 20_000, 5000  # unread messages of a session; sessions; visitors remembered
KEEP = {"__type__": "update"}  # of an output, as gr.skip()


@dataclass(frozen=True)
class Room:
    """How many events may wait: of one session, of one visitor, who may be a school with one address, and of all."""

    session: int
    visitor: int
    all: int


DEVICE_ROOM, LIGHT_ROOM = Room(8, 24, 96), Room(32, 128, 512)


class Letterbox(asyncio.Queue):
    """The messages to a session, and when somebody last came for one."""

    def __init__(self) -> None:
        super().__init__()
        self.read_at = time.monotonic()

    async def get(self) -> Any:
        self.read_at = time.monotonic()
        return await super().get()


def whose(event: Event) -> str:
    return visitor(event.request)


def in_turn(events: Iterable[Event], turns: Mapping[str, float]) -> list[Event]:
    """The order in which `events` run: visitors in rounds, and within one visitor's, his sessions in rounds.

    turns: when each visitor and session had its last one. In a round, who has waited longest since goes first; so a
    visitor with many jobs is overtaken by one with a single job, and none waits for ever.
    """
    by_session = rounds(sorted(events, key=lambda e: e.enqueue_time), lambda e: e.session_hash, turns)
    return rounds(by_session, whose, turns)


def rounds(events: list[Event], owner: Callable[[Event], str], turns: Mapping[str, float]) -> list[Event]:
    nth, since, place = Counter[str](), dict[str, float](), dict[str, tuple[int, float]]()
    for event in events:
        who = owner(event)
        since[who] = min(since.get(who, event.enqueue_time), event.enqueue_time)
    for event in events:
        who = owner(event)
        place[event._id] = nth[who], max(since[who], turns.get(who, 0.0))
        nth[who] += 1
    return sorted(events, key=lambda e: place[e._id])


class WaitingLine(Queue):
    """The queue of `page`, with limits for each visitor. devices: how many there are, each for one run at a time."""

    def __init__(self, page: gr.Blocks, devices: int = 1) -> None:
        super().__init__(
            live_updates=False,
            concurrency_count=page.max_threads,
            update_intervals=SWEEP,
            max_size=None,
            blocks=page,
            default_concurrency_limit=LIGHT_AT_ONCE,
        )
        self.devices = devices
        self.pending_messages_per_session: LRUCache[str, Letterbox] = LRUCache(MOST_BOXES)
        self.turns = OrderedDict[str, float]()
        self.told = dict[str, int]()  # event → what its stage was told of its place in line

    async def push(self, body: PredictBodyInternal, request: fastapi.Request, username: str | None) -> Any:
        """As in Queue, except that a refusal is an answer like any other: it is told where the result would stand."""
        fn = route_utils.get_fn(self.blocks, None, body)
        body.session_hash = body.session_hash or f"call-{uuid.uuid4().hex}"
        box = self.pending_messages_per_session.get(body.session_hash) or Letterbox()
        self.pending_messages_per_session[body.session_hash] = box
        if box.qsize() > MOST_LETTERS:
            return False, "Nobody reads the answers of this session.", "queue_full"
        box.read_at = time.monotonic()
        event = Event(body.session_hash, fn, request, username)
        event.data = body
        words = self.refusal(event)
        if not words:
            return await super().push(body, request, username)
        self.pending_event_ids_session.setdefault(event.session_hash, set()).add(event._id)
        self.send_message(event, refused(event, words))
        return True, event._id, "success"

    def create_event_queue_for_fn(self, block_fn: BlockFunction) -> None:
        """As in Queue. What needs a device says "one at a time", and means of each device."""
        super().create_event_queue_for_fn(block_fn)
        if block_fn.concurrency_id == DEVICE["concurrency_id"]:
            self.event_queue_per_concurrency_id[block_fn.concurrency_id].concurrency_limit = self.devices

    def refusal(self, event: Event) -> str:
        """Why there is no room for `event`, if there is none."""
        heavy = is_heavy(event)
        room = DEVICE_ROOM if heavy else LIGHT_ROOM
        waiting = [
            e for line in self.event_queue_per_concurrency_id.values() for e in line.queue if is_heavy(e) == heavy
        ]
        if sum(e.session_hash == event.session_hash for e in waiting) >= room.session:
            return f"{room.session} of your runs wait in line already. Try again when one of them is done."
        if sum(whose(e) == whose(event) for e in waiting) >= room.visitor:
            return f"{room.visitor} runs from your address wait in line already. Try again in a minute."
        if len(waiting) >= room.all:
            return f"The line is full: {len(waiting)} runs come before yours. Try again in a minute."
        return ""

    def get_events(self) -> Any:
        taken = super().get_events()
        if taken:
            events, _, line = taken
            for who in (whose(events[0]), events[0].session_hash):
                self.turns[who] = time.monotonic()
                self.turns.move_to_end(who)
            while len(self.turns) > MOST_TURNS:
                self.turns.popitem(last=False)
            self._arrange(line)
        return taken

    def broadcast_estimations(self, concurrency_id: str, after: int | None = None) -> None:
        """As in Queue, after the line is put in order; stages are told too, since Gradio shows a place only on a veil.

        after: not None when an event has just joined; then the place of the newest counts.
        """
        self._arrange(concurrency_id)
        line = self.event_queue_per_concurrency_id[concurrency_id]
        if after is not None and line.queue:
            after = max(range(len(line.queue)), key=lambda i: line.queue[i].enqueue_time)
        super().broadcast_estimations(concurrency_id, after)
        if line.current_concurrency == line.concurrency_limit:
            for rank, event in enumerate(line.queue):
                self._tell(event, rank + line.current_concurrency)

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """As in Queue. What follows on words about the line replaces them: browsers take it for a difference."""
        if isinstance(event_message, ProcessGeneratingMessage) and self.told.pop(event._id, None) is not None:
            output = event_message.output or {}
            if event_message.success and "data" in output:
                data = [[["replace", [], value]] for value in output["data"]]
                event_message = event_message.model_copy(update={"output": {**output, "data": data}})
        if isinstance(event_message, ProcessCompletedMessage):
            self.told.pop(event._id, None)
        super().send_message(event, event_message)

    async def notify_clients(self) -> None:
        while not self.stopped:
            await asyncio.sleep(self.update_intervals)
            await self.drop_unread()
            for concurrency_id in list(self.event_queue_per_concurrency_id):
                self.broadcast_estimations(concurrency_id)

    async def drop_unread(self) -> None:
        """Ends the jobs of sessions that nobody listens to, and forgets what they were to be told."""
        late = time.monotonic() - UNREAD
        for session in [s for s, box in self.pending_messages_per_session.items() if box.read_at < late]:
            await self.clean_events(session_hash=session)
            self.pending_messages_per_session.pop(session, None)
            self.pending_event_ids_session.pop(session, None)
        self.told = {id: place for id, place in self.told.items() if id in self.event_ids_to_events}

    async def process_events(self, events: list[Event], *rest: Any) -> None:
        await super().process_events(events, *rest)
        for event in events:
            if event.session_hash.startswith("call-"):
                self.server_app.state_holder.forget(event.session_hash)

    def _arrange(self, concurrency_id: str) -> None:
        line = self.event_queue_per_concurrency_id[concurrency_id]
        if len(line.queue) > 1:
            line.queue[:] = in_turn(line.queue, self.turns)

    def _tell(self, event: Event, ahead: int) -> None:
        stages = [isinstance(output, Stage) for output in event.fn.outputs]
        if not any(stages) or event.data.simple_format or self.told.get(event._id) == ahead:
            return
        first, self.told[event._id] = event._id not in self.told, ahead
        data = spoken(stages, say(notice=place_in_line(ahead)))
        if not first:
            data = [[["replace", [], value]] for value in data]
        super().send_message(
            event, ProcessGeneratingMessage(output={"data": data, "is_generating": True}, success=True)
        )


def is_heavy(event: Event) -> bool:
    return event.concurrency_id == DEVICE["concurrency_id"]


def place_in_line(ahead: int) -> str:
    return f"In line: {ahead} runs come before yours." if ahead > 1 else "In line: yours is the next run."


def spoken(stages: list[bool], message: dict[str, Any]) -> list[Any]:
    """The outputs of an event, as they are except that each stage is told `message`."""
    return [{**KEEP, "value": message} if stage else KEEP for stage in stages]


def refused(event: Event, words: str) -> ProcessCompletedMessage:
    """What tells `words` on the event's stages; without one it is an error, which Gradio shows in a corner."""
    stages = [isinstance(output, Stage) for output in event.fn.outputs]
    if any(stages) and not event.data.simple_format:
        output = {"data": spoken(stages, say(error=words)), "is_generating": False, "average_duration": None}
        return ProcessCompletedMessage(output=output, success=True)
    return ProcessCompletedMessage(output={"error": words}, title="Busy", success=False)
