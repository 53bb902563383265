"""Output that never fails: odd encodings, closed streams, and Ctrl-C in the first seconds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from generative import streams
from generative.library import weights

GENERATIVE = [sys.executable, "-m", "generative"]
TOP = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("text", "encoding", "plain"),
    [
        ("1 − 0.5 × ε…", "ascii", "1 - 0.5 x epsilon..."),
        ("1 − 0.5 × ε…", "cp1252", "1 - 0.5 × epsilon…"),
        ("café", "ascii", "cafe"),
        ("caf\udce9.png", "utf-8", "caf\\xe9.png"),
        ("日本", "latin-1", "??"),
        ("− ε", "utf-8", "− ε"),
    ],
)
def test_what_an_encoding_lacks_is_spelt_in_plain_letters(text: str, encoding: str, plain: str) -> None:
    streams.prepare()
    assert text.encode(encoding, "plain").decode(encoding) == plain


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8:strict"])
def test_help_and_errors_are_printed_in_any_encoding(encoding: str) -> None:
    env = os.environ | {"PYTHONIOENCODING": encoding}
    name = os.fsdecode(b"caf\xe9\xe2\x88\x92.png")
    code = f"from generative.__main__ import main; main(['score', 'fashion-mnist/vae', {name!r}]); main(['--help'])"
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=TOP, capture_output=True)
    assert done.returncode == 0
    assert done.stderr.startswith(b"error: ") and done.stderr.count(b"\n") == 1
    assert b"A picture" in done.stdout or b"Draw images" in done.stdout


def test_a_picture_is_drawn_though_all_streams_are_closed(tmp_path: Path) -> None:
    target = tmp_path / "grid.png"
    command = 'exec "$@" <&- >&- 2>&-'
    words = [*GENERATIVE, "sample", "fashion-mnist/vae", "--count", "1", "--device", "cpu", "--out", str(target)]
    done = subprocess.run(["sh", "-c", command, "sh", *words, "--root", str(weights.ROOT)], cwd=TOP)
    assert done.returncode == 0
    with Image.open(target) as picture:
        picture.load()


def test_no_file_gets_the_number_of_a_closed_stream() -> None:
    code = "from generative import streams; streams.prepare(); import os; n = os.dup(0); os._exit(0 if n > 2 else 1)"
    assert subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-c", code], cwd=TOP).returncode == 0


def test_ctrl_c_while_torch_is_imported_is_no_traceback() -> None:
    words = [sys.executable, "-X", "importtime", "-m", "generative", "list"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=TOP) as process:
        assert process.stderr
        for line in process.stderr:
            if "torch" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
    assert "Traceback" not in rest
    assert process.returncode == 130
