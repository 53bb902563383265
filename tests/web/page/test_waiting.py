"""Who waits for the device, in which order, and what they are told."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest

from generative.web.base.run import DEVICE
from generative.web.page import waiting
from generative.web.page.hosted import HostedPage
from generative.web.page.waiting import DEVICE_ROOM, in_turn
from generative.web.widgets.stage.stage import Stage
from tests.web.page.serving import Server, served

DRAW, LIGHT = 0, 1


class Work:
    """A device whose runs last until they are let go."""

    def __init__(self) -> None:
        self.go, self.closed = threading.Event(), threading.Event()

    def draw(self, words: str) -> Iterator[dict]:
        try:
            while not self.go.wait(0.02):
                yield {"title": f"{words} begins"}
            yield {"title": f"{words} is done"}
        except GeneratorExit:
            self.closed.set()
            raise


def there() -> str:
    return "there"


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.go.set()


@pytest.fixture
def server(work: Work, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Of one device, or as many as a test asks for."""
    monkeypatch.setattr(waiting, "SWEEP", 0.2)
    with HostedPage() as page:
        words, stage, button = gr.Textbox(), Stage(), gr.Button()
        button.click(work.draw, words, stage, **DEVICE)
        button.click(lambda text: text, words, words)
        gr.api(there, api_name="list")
        gr.api(work.draw, api_name="draw", concurrency_id="device", concurrency_limit=1)
    with served(page, getattr(request, "param", 1)) as server:
        yield server
        work.go.set()


def event(session: str, host: str, at: float) -> SimpleNamespace:
    request = SimpleNamespace(client=SimpleNamespace(host=host))
    return SimpleNamespace(session_hash=session, request=request, enqueue_time=at, _id=f"{host} {session} {at}")


def order(*events: SimpleNamespace, turns: dict[str, float] | None = None) -> list[float]:
    return [e.enqueue_time for e in in_turn(events, turns or {})]


def test_visitors_take_turns_whoever_has_more_jobs() -> None:
    many = [event("a", "10.0.0.1", at) for at in (1, 2, 3)]
    assert order(*many, event("b", "10.0.0.2", 4)) == [1, 4, 2, 3]


def test_sessions_of_one_address_take_turns_in_the_turns_of_their_address() -> None:
    many = [event("a", "10.0.0.1", at) for at in (1, 2)]
    assert order(*many, event("b", "10.0.0.1", 3), event("c", "10.0.0.2", 4)) == [1, 4, 3, 2]


def test_new_sessions_do_not_bring_more_turns() -> None:
    forged = [event(f"forged {at}", "10.0.0.1", at) for at in (1, 2, 3)]
    assert order(*forged, event("b", "10.0.0.2", 4)) == [1, 4, 2, 3]


def test_who_had_a_turn_goes_after_who_has_waited_since_before() -> None:
    again, waiting = event("a", "10.0.0.1", 1), event("b", "10.0.0.2", 5)
    assert order(again, waiting, turns={"10.0.0.1": 6.0}) == [5, 1]
    assert order(again, waiting, turns={"10.0.0.1": 3.0}) == [1, 5]  # b came later than a's last turn


def test_who_fills_the_line_stops_nobody_else(server: Server, work: Work) -> None:
    for i in range(DEVICE_ROOM.visitor + 4):
        assert server.join(f"flood {i}", DRAW, "x").status_code == 200
    began = time.monotonic()
    assert httpx.get(server.address, timeout=5).status_code == 200
    assert server.call("list") == ("complete", ["there"])
    server.join("light", LIGHT, "hello")
    assert list(server.read("light"))[-2]["output"]["data"] == ["hello"]
    assert time.monotonic() - began < 3


def test_who_finds_no_room_is_told_so_on_the_stage(server: Server) -> None:
    for _ in range(DEVICE_ROOM.session + 1):  # one runs, or begins to
        server.join("mine", DRAW, "x")
        time.sleep(0.05)
    server.join("mine", DRAW, "one too many")
    done = next(m for m in server.read("mine") if m["msg"] == "process_completed")
    assert done["success"] and "8 of your runs wait in line" in done["output"]["data"][0]["value"]["error"]


def test_programs_are_told_so_as_an_error(server: Server) -> None:
    for i in range(DEVICE_ROOM.visitor + 1):
        server.join(f"flood {i}", DRAW, "x")
        time.sleep(0.02)
    kind, told = server.call("draw", "x")
    assert kind == "error" and "wait in line already" in told["error"]


def test_stages_are_told_the_place_in_line_and_then_what_comes(server: Server, work: Work) -> None:
    server.join("first", DRAW, "one")
    reading = threading.Thread(target=lambda: list(server.read("first")))
    reading.start()
    server.join("second", DRAW, "two")
    told = []
    for message in server.read("second"):
        if message["msg"] == "process_generating":
            told.append(message["output"]["data"][0])
            work.go.set()
    reading.join()
    assert told[0]["value"]["notice"] == "In line: yours is the next run."
    assert told[1:] and told[1] == [["replace", [], {"title": "two is done"}]]


def test_jobs_that_nobody_reads_are_dropped(server: Server, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "UNREAD", 1.0)
    for _ in range(3):
        server.join("gone", DRAW, "x")
    assert work.closed.wait(10)  # the one that ran was ended
    time.sleep(0.5)
    queue = server.page._queue
    assert len(queue) == 0 and "gone" not in queue.pending_messages_per_session


def test_calls_without_a_session_leave_none_behind(server: Server) -> None:
    for _ in range(5):
        server.call("list")
    assert not server.page.app.state_holder.session_data


@pytest.mark.parametrize("server", [2], indirect=True)
def test_two_devices_take_two_runs_and_the_third_waits(server: Server, work: Work) -> None:
    told, reading = {}, []
    for name in ("first", "second", "third"):
        server.join(name, DRAW, name)
        reading.append(m for m in server.read(name) if m["msg"] == "process_generating")  # who stops ends the run
        told[name] = next(reading[-1])["output"]["data"][0]
    assert told["first"]["title"] == "first begins" and told["second"]["title"] == "second begins"
    assert told["third"]["value"]["notice"] == "In line: 2 runs come before yours."
