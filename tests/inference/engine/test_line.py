"""The line goes round visitors, not jobs."""

import threading
import time

import pytest

from generative.inference.engine.line import Busy, Line


def order_of(line: Line, arrivals: list[str]) -> list[str]:
    """In which order jobs run that arrive one after another while the only device is taken."""
    order: list[str] = []

    def work(name: str) -> None:
        with line.turn(name[0]):
            order.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in arrivals]
    with line.turn("first"):
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    return order


def test_one_visitor_is_served_in_the_order_of_arrival() -> None:
    names = [f"a{i}" for i in range(5)]
    assert order_of(Line(["cpu"]), names) == names


def test_visitors_take_turns_however_much_one_of_them_asks() -> None:
    assert order_of(Line(["cpu"]), ["a1", "a2", "a3", "b1", "c1", "b2"]) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_visitor_who_has_too_many_waiting_is_refused_and_others_are_not() -> None:
    line, done = Line(["cpu"]), threading.Event()

    def wait() -> None:
        with line.turn("a"):
            done.wait(5)

    with line.turn("z"):
        threads = [threading.Thread(target=wait) for _ in range(2)]
        for thread in threads:
            thread.start()
        while line.ahead("a") < 2:
            time.sleep(0.005)
        with pytest.raises(Busy, match="2 runs of yours are waiting"), line.turn("a", 2):
            pass
        assert line.ahead("b") == 1
    done.set()
    for thread in threads:
        thread.join()
    with line.turn("a", 1) as device:
        assert device == "cpu"


def test_two_devices_run_two_jobs() -> None:
    line = Line(["cuda:0", "cuda:1"])
    with line.turn() as one, line.turn() as other:
        assert {one, other} == {"cuda:0", "cuda:1"}
