"""What tests of the engine share."""

import threading
from collections.abc import Callable, Iterator

import pytest

from generative.frame import Frame


@pytest.fixture
def frees_the_device() -> Callable[[Iterator[Frame], Callable[[], object]], None]:
    """``frees_the_device(run, other)``: `other` waits while `run` goes on, and has its turn when that is closed."""

    def check(run: Iterator[Frame], other: Callable[[], object]) -> None:
        next(run)
        done = threading.Event()

        def second() -> None:
            other()
            done.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.2)
        run.close()
        assert done.wait(5)
        thread.join()

    return check
