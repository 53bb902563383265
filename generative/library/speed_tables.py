"""Tables of how fast models sample, in Markdown: what `benchmark` prints and `readme` writes, from each speed.json."""

from collections.abc import Mapping, Sequence

from generative.library.speed import TOGETHER, PixelSpeed, Speed

NAIVE_ROWS = 3  # of pixels that the naive loop is timed over; the rest is extrapolated
MODELS = (
    "Cold: from the checkpoint on disk to one image, in a fresh process after its imports. *n* at once: time per "
    f"image when *n* are sampled together, warm. Outside the network: share of the time of {TOGETHER} images. Peak "
    "memory: of the process, libraries included."
)
PIXELS = (
    "Naive loop: the whole network anew for every value; extrapolated from at most "
    f"{NAIVE_ROWS} rows of pixels, measured in the same process. Gain: how many times faster the model's own sampler "
    f"is. Pass: the network once over {TOGETHER} images that are known already, the floor; passes: in how many times "
    f"the floor it samples {TOGETHER}. Lower halves: invented from the upper ones. Streaming: share of the time of "
    f"sampling {TOGETHER} images that goes into making a frame of each row and packing it for the page."
)


def speed_tables(models: Mapping[str, Speed]) -> str:
    """When and where models were measured, a table of all of them, and one of the pixel models, by id."""
    pixels = {id: speed.pixels for id, speed in models.items() if speed.pixels is not None}
    parts = [*circumstances(models), model_table(models), MODELS]
    return "\n\n".join([*parts, *([pixel_table(pixels), PIXELS] if pixels else [])])


def circumstances(models: Mapping[str, Speed]) -> list[str]:
    """A sentence for each time and place of measuring; where there are several, each with its models."""
    found: dict[str, list[str]] = {}
    for id, speed in models.items():
        found.setdefault(f"on {speed.date} on {speed.device}, torch {speed.torch}", []).append(id)
    of = {place: f"{', '.join(ids)}: measured" if len(found) > 1 else "Measured" for place, ids in found.items()}
    return [f"{words} {place}; default options, medians." for place, words in of.items()]


def model_table(models: Mapping[str, Speed]) -> str:
    """A row for each model; empty cells for numbers of images with which it was not measured."""
    counts = sorted({n for speed in models.values() for n in speed.ms_per_image})
    head = ["Model", "First image, cold", *[f"{n} at once" for n in counts], "Outside the network", "Peak memory"]
    return table([head, *([id, *cells(speed, counts)] for id, speed in models.items())])


def cells(speed: Speed, counts: list[int]) -> list[str]:
    """One row of the table of speeds, a cell for each of `counts`; empty where that many were not measured."""
    times = [f"{milliseconds(speed.ms_per_image[n])}/image" if n in speed.ms_per_image else "" for n in counts]
    peak = "unknown" if speed.peak_mib is None else f"{speed.peak_mib:.0f} MiB"
    if speed.peak_device_mib is not None:
        peak += f" + {speed.peak_device_mib:.0f} MiB on the device"
    return [milliseconds(speed.cold_ms), *times, f"{speed.outside_share:.0%}", peak]


def pixel_table(models: Mapping[str, PixelSpeed]) -> str:
    """What the pixel models' own samplers gain on the naive loop."""
    counts = sorted({n for speed in models.values() for n in speed.naive_s})
    loops = [title for n in counts for title in (f"Naive loop, {images(n)}", "Gain")]
    head = ["Pixel models", *loops, f"Pass over {TOGETHER}", "Passes", f"{TOGETHER} lower halves", "Streaming"]
    rows = []
    for id, speed in models.items():
        compared = [cell for n in counts for cell in (duration(speed.naive_s[n]), f"{speed.gain(n):.1f}×")]
        floor = [duration(speed.pass_s), f"{speed.passes:.1f}"]
        rows.append([id, *compared, *floor, duration(speed.completion_s), f"{speed.streaming_share:.1%}"])
    return table([head, *rows])


def images(count: int) -> str:
    """ "1 image" or "n images"."""
    return "1 image" if count == 1 else f"{count} images"


def duration(seconds: float) -> str:
    """A time to two or three digits, in ms below a second."""
    if seconds < 1:
        return milliseconds(1000 * seconds)
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


def milliseconds(value: float) -> str:
    """A time in milliseconds to two digits, such as "0.45 ms"."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the first row is the head."""
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---", *["---:"] * (len(head) - 1)], *body))
