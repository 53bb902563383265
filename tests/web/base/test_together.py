"""Runs at the same time, told as one."""

import threading
from collections.abc import Generator

import pytest

from generative.web.base.together import together


def counting(name: str, ended: list[str], meeting: threading.Barrier | None = None) -> Generator[str, None, None]:
    try:
        if meeting:
            meeting.wait(10)  # nobody passes alone
        for i in range(3):
            yield f"{name}{i}"
    finally:
        ended.append(name)


def test_one_device_runs_one_after_another() -> None:
    ended: list[str] = []
    words = list(together([counting("a", ended), counting("b", ended)], 1))
    assert words == ["a0", "a1", "a2", "b0", "b1", "b2"] and ended == ["a", "b"]


def test_two_devices_run_two_at_the_same_time_and_each_in_its_order() -> None:
    ended, meeting = [], threading.Barrier(2)
    words = list(together([counting(name, ended, meeting) for name in "abcd"], 2))
    assert sorted(words) == [f"{name}{i}" for name in "abcd" for i in range(3)] and sorted(ended) == [*"abcd"]
    for name in "abcd":
        assert [word for word in words if word[0] == name] == [f"{name}{i}" for i in range(3)]


def test_closing_closes_all_and_those_not_begun_never_begin() -> None:
    ended, meeting = [], threading.Barrier(2)
    words = together([counting(name, ended, meeting) for name in "abcd"], 2)
    next(words)
    words.close()
    for thread in threading.enumerate():
        if thread.name.startswith("run"):
            thread.join(10)
    assert sorted(ended) == ["a", "b"]


def test_what_goes_wrong_in_one_is_told() -> None:
    def broken() -> Generator[str, None, None]:
        yield "first"
        raise ZeroDivisionError

    ended: list[str] = []
    with pytest.raises(ZeroDivisionError):
        list(together([broken(), counting("a", ended)], 2))
