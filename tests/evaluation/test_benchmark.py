import json
import re

import pytest

from generative.errors import BadCheckpoint, GenerativeError, NotSupported, UnknownModel
from generative.evaluation.benchmark import Report, benchmark
from generative.evaluation.machine import peak_resident_mib
from generative.evaluation.speed import NetworkClock, Speed, measure, sample
from generative.evaluation.startup import seconds_to_first_answer
from generative.inference import checkpoints
from generative.models.autoregressive.incremental import IncrementalPixelCNN

ANSWERING_APP = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/config" else 404)
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""


@pytest.mark.parametrize("kind", ["vae", "dcgan", "gated-pixelcnn", "ddpm"])
def test_time_inside_the_network_is_a_part_of_all_time(save_model, kind):
    speed = measure(save_model(kind) / "mnist" / kind, counts=(1, 2), repeats=1)
    assert 0 < speed.outside_share < 1
    assert set(speed.ms_per_image) == {1, 2}
    assert speed.cold_ms > 0


def test_the_clock_leaves_the_model_as_it_was(save_model):
    model = checkpoints.load(save_model("gated-pixelcnn") / "mnist" / "gated-pixelcnn")
    original = IncrementalPixelCNN.pixel
    with NetworkClock(model) as clock:
        timed = sample(model, 2)
    assert clock.seconds > 0
    assert clock.depth == 0
    assert IncrementalPixelCNN.pixel is original
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert timed.equal(sample(model, 2))


def test_peak_memory_is_at_least_what_the_libraries_take():
    assert peak_resident_mib() > 50


def test_measures_models_that_sample_each_in_a_process_of_its_own(save_model):
    report = benchmark(root=save_model("vae", "classifier"), app=False)
    assert set(report.models) == {"mnist/vae"}
    assert report.app_start_s is None
    speed = report.models["mnist/vae"]
    assert set(speed.ms_per_image) == {1, 16, 64}
    assert speed.peak_mib > 50
    assert json.loads(report.to_json())["models"]["mnist/vae"]["cold_ms"] == speed.cold_ms


def test_the_table_has_a_cell_for_every_column():
    speeds = {
        "mnist/vae": Speed(812.3, {1: 12.0, 16: 0.812}, 0.25, 312.4, None),
        "mnist/ddpm": Speed(9, {1: 8}, 0, None, 7),
    }
    lines = Report("cpu", "2025-01-01", "2.14", 3.21, speeds).to_markdown().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 4
    assert {line.count("|") for line in table} == {7}
    assert "| mnist/vae | 812 ms | 12 ms/image | 0.81 ms/image | 25% | 312 MiB |" in table
    assert any("first answer: 3.2 s" in line for line in lines)


@pytest.mark.parametrize(
    ("id", "error"), [("mnist/vea", UnknownModel), ("mnist/classifier", NotSupported), ("mnist/vae", BadCheckpoint)]
)
def test_refuses_a_model_that_cannot_be_measured(save_model, id, error):
    root = save_model("vae", "classifier")
    (root / "mnist" / "vae" / "model.safetensors").unlink()
    with pytest.raises(error):
        benchmark([id], root, app=False)


def test_times_an_app_until_it_answers_and_stops_it(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(ANSWERING_APP)
    assert 0 < seconds_to_first_answer(app) < 20


def test_an_app_that_fails_is_told_with_its_last_words(tmp_path):
    app = tmp_path / "app.py"
    app.write_text("raise SystemExit('the port is haunted')")
    with pytest.raises(GenerativeError, match="the port is haunted"):
        seconds_to_first_answer(app)


def test_a_missing_app_is_told_with_the_remedy(tmp_path):
    with pytest.raises(NotSupported, match=re.escape("benchmark(app=False)")):
        seconds_to_first_answer(tmp_path / "app.py")
