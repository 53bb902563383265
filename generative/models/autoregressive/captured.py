"""Steps of a sweep as CUDA graphs. At a pixel a network is some hundred small operations, and on a GPU launching them
takes longer than running them; a graph that was captured once launches them all together.

The graphs are captured by hand: torch.compile(mode="reduce-overhead") keeps its own by thread, and whoever streams a
run takes every frame in whatever thread is free.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

Step = Callable[..., Tensor | None]


class CUDAGraphs:
    """Captures on one stream into one pool of memory. Both are this run's own: when graphs are destroyed, workspaces
    that cuBLAS had on their stream are freed, also those that other graphs captured there still use."""

    def __init__(self, device: torch.device) -> None:
        self.stream, self.pool = torch.cuda.Stream(device), torch.cuda.graph_pool_handle()

    def capture(self, step: Step) -> tuple[Callable[[], None], Tensor | None]:
        """What runs `step` again, and where its result will lie; `step` itself is recorded and not run."""
        graph = torch.cuda.CUDAGraph()
        # "thread_local": what other threads do meanwhile, load a model for one, does no harm.
        with torch.cuda.graph(graph, pool=self.pool, stream=self.stream, capture_error_mode="thread_local"):
            result = step()
        return graph.replay, result


def graphs_on(device: torch.device) -> CUDAGraphs | None:
    """None for a device without graphs."""
    return CUDAGraphs(device) if device.type == "cuda" else None


class Captured:
    """Calls steps of one run: on a CUDA device by a graph for each step and its arguments, elsewhere as they are.

    A step reads and writes tensors that stay where they are, gives the same result when it is run twice, draws no
    random numbers and decides nothing by the value of a tensor. Its result is overwritten by the next call of the same
    step with the same arguments.
    """

    def __init__(self, device: torch.device) -> None:
        self.graphs = graphs_on(device)
        self.known: dict[tuple[str, tuple[int, ...]], tuple[Callable[[], None], Tensor | None]] = {}

    def __call__(self, step: Step, *arguments: int) -> Tensor | None:
        if self.graphs is None:
            return step(*arguments)
        key = step.__name__, arguments
        if key not in self.known:
            step(*arguments)  # libraries make themselves ready in this thread, which a capture would not bear
            self.known[key] = self.graphs.capture(partial(step, *arguments))
        replay, result = self.known[key]
        replay()
        return result
