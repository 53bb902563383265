"""A GPU that is not there: tensors that say "cuda:0" and hold CPU values.

What goes wrong on a GPU goes wrong here: an operation on tensors of two devices, a generator on the wrong side, more
memory than there is; and waiting for the device is counted, by the line that waits. Values are the CPU's.

To PyTorch's own C++ the tensors lie on the CPU, so that gradients need no driver; to Python, and so to all that
programs ask and do, they lie on the device: `OnGPU` answers for its place, and `GPU` holds every operation to it.
"""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from threading import Thread, local
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
func_as_it_is = torch._C._disabled_torch_function_impl
CPU = torch.device("cpu")
INDEX = {aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_}
WAITS = {
    aten._local_scalar_dense,
    aten.item,
    aten.is_nonzero,
    aten.nonzero,
    aten.equal,
    aten.masked_select,
    aten._unique2,
}


class OnGPU(Tensor):
    """A tensor that says that it lies on a device, and holds its values on the CPU."""

    held: Tensor
    place: torch.device

    @staticmethod
    def __new__(cls, held: Tensor, place: torch.device) -> "OnGPU":
        about = {"dtype": held.dtype, "layout": held.layout, "device": CPU}
        strides, offset = held.stride(), held.storage_offset()
        return Tensor._make_wrapper_subclass(cls, held.shape, strides=strides, storage_offset=offset, **about)

    def __init__(self, held: Tensor, place: torch.device) -> None:
        self.held, self.place = held, place

    def __repr__(self, **about: Any) -> str:
        return f"OnGPU({self.held!r}, {self.place})"

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        """What C++ would answer for the CPU."""
        answer = ANSWERS.get(func)
        return answer(*args, **(kwargs or {})) if answer else func_as_it_is(func, types, args, kwargs or {})

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        assert GPU.here is not None, "a tensor outlived its device"
        return GPU.here.run(func, args, kwargs or {})


def where(x: Tensor) -> torch.device:
    """Where a tensor lies, to Python."""
    return x.place if isinstance(x, OnGPU) else CPU


def to(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Tensor.to, in each of its forms."""
    other = args[0] if args else kwargs.pop("other", None)
    if isinstance(other, Tensor):
        args = (where(other), other.dtype, *args[1:])
    copy = bool(kwargs.pop("copy", False))
    device, dtype, non_blocking, _ = torch._C._nn._parse_to(*args, **kwargs)
    place = named(device or where(x))
    if place == where(x):
        with torch._C.DisableTorchFunctionSubclass():
            return Tensor.to(x, dtype or x.dtype, copy=copy)
    if place == CPU:
        return aten._to_copy(x, dtype=dtype, device=CPU, non_blocking=non_blocking)
    assert GPU.here is not None and not (x.requires_grad and torch.is_grad_enabled()), "no way back for gradients"
    held = x.held if isinstance(x, OnGPU) else x
    return GPU.here.placed(held.detach().to(dtype or x.dtype, copy=True), place)


def gradient(x: Tensor) -> Tensor | None:
    """Tensor.grad, which C++ may have made where it believes the tensor to be."""
    with torch._C.DisableTorchFunctionSubclass():
        found = x.grad
        if isinstance(x, OnGPU) and isinstance(found, Tensor) and not isinstance(found, OnGPU):
            x.grad = found = OnGPU(found, x.place)
    return found


def named(device: torch.device | str | int) -> torch.device:
    """With its number, which "cuda" alone lacks."""
    device = torch.device("cuda", device) if isinstance(device, int) else torch.device(device)
    return torch.device("cuda", 0) if device.type == "cuda" and device.index is None else device


def read(x: Tensor) -> list[Any]:
    """Tensor.tolist."""
    return to(x, "cpu").tolist()


def array(x: Tensor, *args: Any, own: Callable[..., Any], **kwargs: Any) -> Any:
    """Tensor.numpy and its like, which a GPU refuses."""
    if not isinstance(x, OnGPU):
        return own(x, *args, **kwargs)
    raise TypeError(f"can't convert {x.place} device type tensor to numpy. Use Tensor.cpu() first.")


ANSWERS: dict[Any, Any] = {
    Tensor.device.__get__: where,
    Tensor.is_cuda.__get__: lambda x: where(x).type == "cuda",
    Tensor.is_cpu.__get__: lambda x: where(x).type == "cpu",
    Tensor.grad.__get__: gradient,
    Tensor.get_device: lambda x: where(x).index if isinstance(x, OnGPU) else -1,
    Tensor.to: to,
    Tensor.cpu: lambda x, *_: to(x, "cpu"),
    Tensor.cuda: lambda x, device=None, *_: to(x, named("cuda" if device is None else device)),
    Tensor.tolist: read,
    Tensor.numpy: partial(array, own=Tensor.numpy),
    Tensor.__array__: partial(array, own=Tensor.__array__),
}


class GPU(TorchFunctionMode):
    """memory: bytes that tensors of the device may take, one at a time; more is refused in CUDA's words.

    waits: how often each line of the project ("models/model.py:12") waited for the device. calls: operations on it.
    graphs: all that were recorded. largest: bytes of the largest tensor; refused: how many were too large.
    """

    here: "GPU | None" = None

    def __init__(self, memory: int | None = None) -> None:
        super().__init__()
        self.memory, self.calls, self.largest, self.refused = memory, 0, 0, 0
        self.waits: Counter[str] = Counter()
        self.graphs: list[Graph] = []
        self.capturing = local()
        self.pinned: set[int] = set()  # addresses of memory on the CPU that the device writes to by itself
        self.under_way: list[tuple[Tensor, Tensor]] = []  # where to, and what is not there yet
        self.departed = 0  # tensors that left so
        self.arrivals: list[tuple[int, int]] = []  # the calls when an event was recorded, and when it was waited for

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """What is made on the device is made on the CPU and moved."""
        kwargs = kwargs or {}
        if (answer := ANSWERS.get(func)) is not None:
            return answer(*args, **kwargs)
        if kwargs.pop("pin_memory", False):
            made = func(*args, **kwargs)
            self.pinned.add(made.untyped_storage().data_ptr())
            return made
        if kwargs.get("device") is None or named(kwargs["device"]).type != "cuda":
            place = next((x.place for x in leaves((args, kwargs)) if isinstance(x, OnGPU)), None)
            with nullcontext() if place is None else Within(self, place):
                return func(*args, **kwargs)
        check_generators((args, kwargs), named(kwargs["device"]))
        return to(func(*args, **{**kwargs, "device": CPU}), kwargs["device"])

    @property
    def recording(self) -> list[tuple] | None:
        """What is recorded of this thread's operations; those of others go on."""
        return getattr(self.capturing, "calls", None)

    def run(self, func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """One operation, on the CPU's values, with what CUDA would have to say about where they lie."""
        source = together(func.overloadpacket, [x for x in leaves((args, kwargs)) if isinstance(x, Tensor)])
        target = source if kwargs.get("device") is None else kwargs["device"]
        check_generators((args, kwargs), target)
        self.calls += 1
        if func.overloadpacket is aten.copy_ and source != CPU and self.leaves_alone(*args):
            return args[0]
        if must_wait(func.overloadpacket, args, kwargs, source, target):
            self.wait(func)
        held, about = changed(OnGPU, lambda x: x.held, (args, kwargs))
        result = func(*held, **about)
        if self.recording is not None:
            self.recording.append((func, held, about, result))
        if func._schema.is_mutable:
            return args[0] if isinstance(result, Tensor) else result
        return result if target == CPU else changed(Tensor, lambda x: self.placed(x, target), result)

    def leaves_alone(self, target: Tensor, source: OnGPU, non_blocking: bool = False) -> bool:
        """Whether a copy goes on by itself; till it has arrived, nothing sensible is there."""
        if isinstance(target, OnGPU) or not non_blocking or target.untyped_storage().data_ptr() not in self.pinned:
            return False
        self.departed += 1
        self.under_way.append((target, source.held.clone()))
        target.fill_(torch.nan if target.is_floating_point() else 0)
        return True

    def arrive(self, copies: list[tuple[Tensor, Tensor]]) -> None:
        """These copies are complete."""
        for target, held in copies:
            target.copy_(held)
        self.under_way = [each for each in self.under_way if all(each is not done for done in copies)]

    def wait(self, func: Any) -> None:
        """Raises RuntimeError where a graph is recorded: CUDA forbids it there."""
        if self.recording is not None:
            raise RuntimeError(f"{func} is not permitted when a stream is capturing")
        self.waits[caller()] += 1
        self.arrive(self.under_way)

    def placed(self, held: Tensor, place: torch.device) -> OnGPU:
        """`held`, on a device. Raises OutOfMemoryError where it is larger than the device's memory."""
        asked = held.numel() * held.element_size()
        self.largest = max(self.largest, asked)
        if self.memory is not None and asked > self.memory:
            self.refused += 1
            raise torch.OutOfMemoryError(f"CUDA out of memory. Tried to allocate {asked} bytes.")
        with torch.inference_mode(False):  # a view of a weight has to share its count of changes, in any mode
            return OnGPU(held, place)


class Within(TorchDispatchMode):
    """Inside of one of PyTorch's functions on a device: what C++ makes there, it makes there."""

    def __init__(self, gpu: GPU, place: torch.device) -> None:
        super().__init__()
        self.gpu, self.place = gpu, place

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        alone = not any(isinstance(x, Tensor) for x in leaves((args, kwargs)))
        return self.gpu.placed(made, self.place) if alone and isinstance(made, Tensor) else made


class Stream:
    """torch.cuda.Stream: all is done at once and in order."""

    def __init__(self, device: Any = None) -> None:
        self.device = device


class Event:
    """torch.cuda.Event: to wait for it is to wait for what was asked for before it, and no longer."""

    def __init__(self, gpu: GPU) -> None:
        self.gpu, self.calls, self.before = gpu, 0, []

    def record(self, stream: Stream | None = None) -> None:
        self.calls, self.before = self.gpu.calls, [*self.gpu.under_way]

    def synchronize(self) -> None:
        self.gpu.arrivals.append((self.calls, self.gpu.calls))
        self.gpu.arrive(self.before)


class Graph:
    """torch.cuda.CUDAGraph: what was recorded reads and writes the very tensors that it read and wrote then, and no
    Python runs."""

    def __init__(self, gpu: GPU) -> None:
        self.gpu, self.calls, self.replays = gpu, [], 0
        gpu.graphs.append(self)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """torch.cuda.graph: nothing has been computed when it ends."""
        self.gpu.capturing.calls = self.calls
        try:
            yield
        finally:
            self.gpu.capturing.calls = None
        for _, args, kwargs, result in self.calls:
            known = {x.untyped_storage().data_ptr() for x in leaves((args, kwargs)) if isinstance(x, Tensor)}
            for made in leaves(result):
                if made.untyped_storage().data_ptr() not in known:
                    made.fill_(torch.nan if made.is_floating_point() else 0)

    def replay(self) -> None:
        self.replays += 1
        for func, args, kwargs, result in self.calls:
            for place, value in zip(leaves(result), leaves(func(*args, **kwargs)), strict=True):
                if place.data_ptr() != value.data_ptr():  # neither a view nor in place
                    place.copy_(value)


def leaves(given: Any) -> list[Any]:
    """What stands in lists, tuples and dictionaries: as torch.utils._pytree.tree_leaves, in a quarter of its time."""
    found, left = [], [given]
    while left:
        one = left.pop()
        if isinstance(one, list | tuple):
            left.extend(reversed(one))
        elif isinstance(one, dict):
            left.extend(reversed(one.values()))
        else:
            found.append(one)
    return found


def changed(kind: type, change: Callable[[Any], Any], given: Any) -> Any:
    """`given`, in which each value of this kind has been changed: as torch.utils._pytree.tree_map_only."""
    if isinstance(given, kind):
        return change(given)
    if isinstance(given, list | tuple):
        return type(given)([changed(kind, change, one) for one in given])
    if isinstance(given, dict):
        return {name: changed(kind, change, one) for name, one in given.items()}
    return given


def together(packet: Any, tensors: list[Tensor]) -> torch.device:
    """Where an operation runs. Raises RuntimeError where its tensors lie on several devices."""
    if packet is aten.copy_:
        return where(tensors[1])
    if torch._C._current_graph_task_id() != -1:  # gradients: C++ makes some where it believes the tensors to be
        return next((x.place for x in tensors if isinstance(x, OnGPU)), CPU)
    places = {where(x) for x in tensors if x.dim() and not (packet in INDEX and x is not tensors[0])}
    places = places or {where(x) for x in tensors if isinstance(x, OnGPU)} or {CPU}
    if len(places) > 1:
        found = " and ".join(sorted(map(str, places)))
        raise RuntimeError(f"Expected all tensors to be on the same device, but found at least two devices, {found}!")
    return places.pop()


def check_generators(given: Any, target: torch.device) -> None:
    """Raises RuntimeError for a generator of another kind of device."""
    for generator in leaves(given):
        if isinstance(generator, torch.Generator) and generator.device.type != target.type:
            raise RuntimeError(f"Expected a '{target.type}' device type for generator but found '{generator.device}'")


def must_wait(packet: Any, args: Any, kwargs: dict[str, Any], source: torch.device, target: torch.device) -> bool:
    """Whether the processor stands still until the device has come so far."""
    if packet is aten.copy_:
        return isinstance(args[1], OnGPU) and not isinstance(args[0], OnGPU) and not (*args, False)[2]
    if packet is aten._to_copy:
        return source != CPU and target == CPU and not kwargs.get("non_blocking")
    if packet in INDEX:
        return any(isinstance(x, OnGPU) and x.dtype == torch.bool for x in leaves(args[1]))
    return packet in WAITS


def caller() -> str:
    """The line of the project that is running."""
    for frame, line in traceback.walk_stack(None):
        if "/generative/" in (file := frame.f_code.co_filename):
            return f"{file.rpartition('/generative/')[2]}:{line}"
    return "elsewhere"


@contextmanager
def pretended(devices: int = 1, memory: int | None = None) -> Iterator[GPU]:
    """As if there were so many CUDA devices."""
    gpu = GPU(memory)
    cuda = {
        "is_available": lambda: True,
        "device_count": lambda: devices,
        "current_device": lambda: 0,
        "empty_cache": lambda: None,
        "init": lambda: None,
        "mem_get_info": lambda device=None: (6 * 10**9, 8 * 10**9),
        "synchronize": lambda device=None: None,
        "_lazy_init": lambda: None,
        "Stream": Stream,
        "current_stream": Stream,
        "Event": partial(Event, gpu),
        "graph_pool_handle": lambda: None,
        "CUDAGraph": partial(Graph, gpu),
        "graph": lambda graph, **about: graph.recording(),
    }
    future = torch.__future__
    changes = (future.set_overwrite_module_params_on_conversion, future.set_swap_module_params_on_conversion)
    own_run = Thread.run

    def run(thread: Thread) -> None:
        """Threads do not inherit the mode."""
        with gpu:
            own_run(thread)

    no_streams = patch.object(torch.accelerator, "is_available", lambda: False)  # optimisers ask whether one captures
    with patch.multiple(torch.cuda, **cuda), patch.object(Thread, "run", run), no_streams, gpu:
        GPU.here = gpu
        for change in changes:
            change(True)
        try:
            yield gpu
        finally:
            GPU.here = None
            for change in changes:
                change(False)
