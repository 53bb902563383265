import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from generative.errors import BadCheckpoint, GenerativeError, NotSupported, UnknownModel
from generative.evaluation.benchmark import pixel_speed
from generative.evaluation.benchmark.pixel_speed import measure_pixels, naive_seconds, pack
from generative.evaluation.benchmark.report import Report, benchmark
from generative.evaluation.benchmark.speed import measure
from generative.evaluation.benchmark.startup import seconds_to_first_answer
from generative.evaluation.benchmark.timing import Clock, NetworkClock, sample
from generative.evaluation.machine import peak_resident_mib
from generative.frame import Frame, View
from generative.library import weights
from generative.library.entries import describe
from generative.library.speed import Speed
from generative.library.speed_tables import NAIVE_ROWS
from generative.models.autoregressive.completion import Completion
from generative.models.autoregressive.pixel_model import PixelModel
from generative.web.widgets.pixels import raw_bytes

Save = Callable[..., Path]
ANSWERING_APP = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/config" else 404)
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""


@pytest.mark.parametrize("id", ["mnist/vae", "mnist/dcgan", "mnist/gated-pixelcnn", "mnist/pixelcnn", "mnist/ddpm"])
def test_time_inside_the_network_is_a_part_of_all_time(save_model: Save, id: str) -> None:
    speed = measure(save_model(id) / id, counts=(1, 2), repeats=1)
    assert 0 < speed.outside_share < 1
    assert set(speed.ms_per_image) == {1, 2}
    assert speed.cold_ms > 0
    assert (speed.pixels is not None) == ("pixelcnn" in id)
    assert Speed.read(json.loads(json.dumps(asdict(speed)))) == speed


@pytest.fixture
def pixel_model(save_model: Save) -> PixelModel:
    return weights.load(save_model("mnist/pixelcnn") / "mnist" / "pixelcnn")


def test_the_clock_leaves_the_model_as_it_was(pixel_model: PixelModel) -> None:
    with NetworkClock(pixel_model) as clock:
        timed = sample(pixel_model, 2)
    assert clock.seconds > 0
    assert clock.depth == 0
    assert "sweep" not in vars(pixel_model)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in pixel_model.modules())
    assert timed.equal(sample(pixel_model, 2))


def test_nested_calls_count_once_and_failed_ones_too() -> None:
    clock = Clock(torch.device("cpu"))
    inner = clock.timed(lambda: sum(range(1_000_000)))
    outer = clock.timed(lambda: (inner(), 1 / 0))
    start = time.perf_counter()
    with pytest.raises(ZeroDivisionError):
        outer()
    assert 0 < clock.seconds <= time.perf_counter() - start
    assert clock.depth == 0


def test_the_naive_loop_runs_the_network_once_for_every_value_of_a_few_rows(
    pixel_model: PixelModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = []
    with pixel_model.register_forward_hook(lambda *call: passes.append(call)):
        assert naive_seconds(pixel_model, 2) > 0
        assert len(passes) == NAIVE_ROWS * 8
        monkeypatch.setattr(pixel_speed, "LONGEST", 1e-9)
        naive_seconds(pixel_model, 2)
        assert len(passes) == (NAIVE_ROWS + 1) * 8
    assert "sweep" not in vars(pixel_model)


def test_a_pixel_model_is_measured_against_the_naive_loop_and_the_floor(pixel_model: PixelModel) -> None:
    before, frame = sample(pixel_model, 2), Completion._frame
    speed = measure_pixels(pixel_model, repeats=1)
    assert set(speed.fast_s) == set(speed.naive_s) == {1, 16}
    assert speed.gain(16) == speed.naive_s[16] / speed.fast_s[16] > 0
    assert speed.passes == speed.fast_s[16] / speed.pass_s > 0
    assert speed.completion_s > 0
    assert 0 < speed.streaming_share < 1
    assert "sweep" not in vars(pixel_model) and Completion._frame is frame
    assert sample(pixel_model, 2).equal(before)


def test_a_frame_is_packed_as_the_page_packs_it() -> None:
    images, entropy = torch.rand(2, 3, 2, 5, 4)
    packed = pack(Frame(images, 1, 2, views={"entropy": View("Entropy", "", entropy)}))
    assert [b.decode() for b in packed] == [raw_bytes(images), raw_bytes(entropy)]


def test_peak_memory_is_at_least_what_the_libraries_take() -> None:
    assert peak_resident_mib() > 50


def test_measures_models_that_sample_each_in_a_process_of_its_own(save_model: Save) -> None:
    root = save_model("mnist/pixelcnn", "mnist/classifier")
    report = benchmark(root=root, app=False)
    assert set(report.models) == {"mnist/pixelcnn"}
    assert report.app_start_s is None
    speed = report.models["mnist/pixelcnn"]
    assert set(speed.ms_per_image) == {1, 16, 64}
    assert speed.peak_mib > 50
    assert speed.pixels is not None and speed.pixels.fast_s[16] > 0
    assert json.loads(report.to_json())["models"]["mnist/pixelcnn"]["cold_ms"] == speed.cold_ms
    assert describe("mnist/pixelcnn", root / "mnist" / "pixelcnn").speed == speed  # it lies beside the weights now


def test_the_start_of_the_page_is_told_before_the_tables() -> None:
    assert Report(3.21, {}).to_markdown().startswith("From starting `app.py` to its first answer: 3.2 s.")


@pytest.mark.parametrize(
    ("id", "error"), [("mnist/vea", UnknownModel), ("mnist/classifier", NotSupported), ("mnist/vae", BadCheckpoint)]
)
def test_refuses_a_model_that_cannot_be_measured(save_model: Save, id: str, error: type[Exception]) -> None:
    root = save_model("mnist/vae", "mnist/classifier")
    (root / "mnist" / "vae" / "model.safetensors").unlink()
    with pytest.raises(error):
        benchmark([id], root, app=False)


def test_times_an_app_until_it_answers_and_stops_it(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(ANSWERING_APP)
    assert 0 < seconds_to_first_answer(app) < 20


def test_an_app_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text("raise SystemExit('the port is haunted')")
    with pytest.raises(GenerativeError, match="the port is haunted"):
        seconds_to_first_answer(app)


def test_a_missing_app_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match=re.escape("benchmark(app=False)")):
        seconds_to_first_answer(tmp_path / "app.py")
