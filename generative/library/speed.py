"""How fast a model samples: what `benchmark` measures, and speed.json beside the weights keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generative.errors import BadCheckpoint, shown
from generative.figures import is_number

TOGETHER = 16  # images of one pass, of completions, and of streaming
MAX_WORDS = 200  # characters that name a device


@dataclass(frozen=True)
class PixelSpeed:
    """Medians of several runs, but for the naive loop, which is run once.

    fast_s, naive_s: seconds of a run by the model's own sweep, and by the whole network once for every value, by the
    number of images sampled together. pass_s: of one pass of the network over 16 images, which computes the table of
    every value: the floor. completion_s: of drawing the lower halves of 16 images. streaming_share: share of the time
    of 16 images, 0 to 1, that goes into making a frame of each row and packing it for the page.
    """

    fast_s: Mapping[int, float]
    naive_s: Mapping[int, float]
    pass_s: float
    completion_s: float
    streaming_share: float

    def gain(self, count: int) -> float:
        """How many times as long the naive loop takes for that many images."""
        return self.naive_s[count] / self.fast_s[count]

    @property
    def passes(self) -> float:
        """In how many times the floor 16 images are sampled."""
        return self.fast_s[TOGETHER] / self.pass_s

    @classmethod
    def read(cls, content: Any) -> "PixelSpeed":
        """From JSON. Raises BadCheckpoint for what benchmark does not write."""
        own = mapping(content, "pixels")
        loops = (by_count(own, name) for name in ("fast_s", "naive_s"))
        return cls(*loops, *(time(own, name) for name in ("pass_s", "completion_s", "streaming_share")))


@dataclass(frozen=True)
class Speed:
    """Medians of several runs, but for `cold_ms`, which happens once.

    device, date, torch: where, when and with what it was measured. parameters: of the network that was.
    cold_ms: from a checkpoint on disk to its first image, libraries already imported.
    ms_per_image: by the number of images sampled together; at 1 it is the warm time to a first image.
    outside_share: share of the time of 16 images that is spent outside the network, 0 to 1.
    peak_mib: the most main memory of the process, libraries included. peak_device_mib: of tensors on a CUDA device.
    pixels: what only a pixel model is asked.
    """

    device: str
    date: str
    torch: str
    parameters: int
    cold_ms: float
    ms_per_image: Mapping[int, float]
    outside_share: float
    peak_mib: float | None
    peak_device_mib: float | None
    pixels: PixelSpeed | None = None

    @classmethod
    def read(cls, content: Any) -> "Speed":
        """From JSON, where all keys are strings. Raises BadCheckpoint for what benchmark does not write."""
        own = mapping(content, "it")
        peaks = (None if own.get(name) is None else time(own, name) for name in ("peak_mib", "peak_device_mib"))
        return cls(
            *(words(own, name) for name in ("device", "date", "torch")),
            int(time(own, "parameters")),
            time(own, "cold_ms"),
            by_count(own, "ms_per_image"),
            time(own, "outside_share"),
            *peaks,
            None if own.get("pixels") is None else PixelSpeed.read(own["pixels"]),
        )


def time(content: Mapping[str, Any], name: str) -> float:
    """A number that is not negative, such as a time."""
    value = content.get(name)
    if not is_number(value) or value < 0:
        raise BadCheckpoint(f"speed.json is damaged: {name} is {shown(value)}")
    return value


def by_count(content: Mapping[str, Any], name: str) -> dict[int, float]:
    """Times by the number of images; JSON's keys as the numbers that they are."""
    times = mapping(content.get(name), name)
    if not times or not all(count.isdecimal() and len(count) < 7 for count in times):
        raise BadCheckpoint(f"speed.json is damaged: {name} has no times by numbers of images")
    return {int(count): time(times, count) for count in times}


def words(content: Mapping[str, Any], name: str) -> str:
    """A short text."""
    value = content.get(name)
    if not isinstance(value, str) or len(value) > MAX_WORDS:
        raise BadCheckpoint(f"speed.json is damaged: {name} is {shown(value)}")
    return value


def mapping(content: Any, name: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(content, dict):
        raise BadCheckpoint(f"speed.json is damaged: {name} holds no JSON object")
    return content
