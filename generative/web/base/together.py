"""Several runs at the same time, each on a device of its own, told as one."""

import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def together(runs: Sequence[Generator[T, None, None]], at_once: int) -> Iterator[T]:
    """What `runs` yield, as it comes, so many of them at a time in the order given; one alone needs no thread.

    A run waits until what it said has been taken. Closing this closes all of them, each at its next word.
    """
    if min(at_once, len(runs)) == 1:
        for run in runs:
            yield from run
        return
    said = SimpleQueue[list[T] | BaseException]()  # a word, none of a run that has ended, or why it could not go on
    room, stopped = threading.Semaphore(at_once), threading.Event()

    def follow(run: Generator[T, None, None]) -> None:
        try:
            with closing(run) as words:
                for word in words:
                    room.acquire()
                    if stopped.is_set():
                        return
                    said.put([word])
            said.put([])
        except BaseException as e:
            said.put(e)

    pool = ThreadPoolExecutor(at_once, "run")
    try:
        left = len([pool.submit(follow, run) for run in runs])
        while left:
            words = said.get()
            if isinstance(words, BaseException):
                raise words
            left -= not words
            for word in words:
                yield word
                room.release()
    finally:
        stopped.set()
        room.release(at_once)
        pool.shutdown(wait=False, cancel_futures=True)
