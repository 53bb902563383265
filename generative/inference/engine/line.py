"""Who runs next: the line goes round visitors, not jobs, and hands out devices."""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from generative.errors import GenerativeError

D = TypeVar("D")


class Busy(GenerativeError):
    """A visitor has too many jobs waiting."""


@dataclass(eq=False)
class Ticket(Generic[D]):
    """One job in the line; `device` is there once it is its turn."""

    visitor: str
    called: threading.Event = field(default_factory=threading.Event)
    device: D | None = None


class Line(Generic[D]):
    """Hands out `devices`, each to one job at a time. Any thread may give one back."""

    def __init__(self, devices: Sequence[D]) -> None:
        self._free = deque(devices)
        self._waiting: OrderedDict[str, deque[Ticket[D]]] = OrderedDict()  # the visitor whose turn is next first
        self._mutex = threading.Lock()

    @contextmanager
    def turn(self, visitor: str = "", most: int = 1_000_000) -> Iterator[D]:
        """Wait for one's turn, and run on the device; the next in line goes when the block is left.

        Raises Busy when the visitor has `most` jobs waiting already.
        """
        ticket = self._join(visitor, most)
        try:
            ticket.called.wait()
            assert ticket.device is not None, "who is called has a device"
            yield ticket.device
        finally:
            self._leave(ticket)

    def ahead(self, visitor: str = "") -> int:
        """How many jobs would run before a new one of this visitor."""
        with self._mutex:
            own = len(self._waiting.get(visitor, ()))
            others = (queue for name, queue in self._waiting.items() if name != visitor)
            return own + sum(min(len(queue), own + 1) for queue in others)

    def _join(self, visitor: str, most: int) -> Ticket[D]:
        ticket: Ticket[D] = Ticket(visitor)
        with self._mutex:
            waiting = self._waiting.setdefault(visitor, deque())
            if len(waiting) >= most:
                raise Busy(f"{most} runs of yours are waiting already. Wait for one of them, or press Stop.")
            waiting.append(ticket)
            self._call()
        return ticket

    def _leave(self, ticket: Ticket[D]) -> None:
        with self._mutex:
            if ticket.device is None:  # gave up while waiting
                self._waiting[ticket.visitor].remove(ticket)
                self._drop_if_empty(ticket.visitor)
            else:
                self._free.append(ticket.device)
            self._call()

    def _call(self) -> None:
        """Free devices go to the first job of the visitor who has waited longest; the visitor then stands last."""
        while self._free and self._waiting:
            visitor, waiting = next(iter(self._waiting.items()))
            ticket = waiting.popleft()
            self._waiting.move_to_end(visitor)
            self._drop_if_empty(visitor)
            ticket.device = self._free.popleft()
            ticket.called.set()

    def _drop_if_empty(self, visitor: str) -> None:
        if not self._waiting[visitor]:
            del self._waiting[visitor]
