"""Where the page may be served, and what is said where it cannot be."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generative.errors import CannotWrite, GenerativeError, InvalidOption
from generative.web.page.address import check_temporary_folder, server

TOP = Path(__file__).parents[3]


@pytest.fixture
def port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        yield s.getsockname()[1]


def test_a_host_is_written_as_in_a_url(port: int) -> None:
    assert server("127.0.0.1", str(port), "") == {"server_name": "127.0.0.1", "server_port": port, "root_path": ""}
    if socket.has_ipv6:
        for said in ("::1", "[::1]"):
            assert server(said, str(port), "/models/")["server_name"] == "[::1]"


def test_a_path_may_be_a_whole_address(port: int) -> None:
    for said, root_path in [("/models/", "/models"), ("https://example.org/a", "https://example.org/a")]:
        assert server("127.0.0.1", str(port), said)["root_path"] == root_path


@pytest.mark.parametrize("said", ["abc", "99999", "0", "-1", "", "7860.5", "٣٤x", "9" * 5000])
def test_a_port_is_a_number_that_there_is(said: str) -> None:
    with pytest.raises(InvalidOption, match="port must be a whole number from 1 to 65535, not"):
        server("127.0.0.1", said, "")


def test_a_port_in_use_is_named(taken: int) -> None:
    with pytest.raises(InvalidOption, match=f"Port {taken} is in use. .* --port"):
        server("127.0.0.1", str(taken), "")


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1", "a..b", "x" * 300])
def test_a_host_that_is_not_here_is_named(host: str, port: int) -> None:
    with pytest.raises(InvalidOption, match=r"--host 127\.0\.0\.1"):
        server(host, str(port), "")


def test_a_path_begins_with_a_slash(port: int) -> None:
    with pytest.raises(InvalidOption, match=r"--root-path must begin with / .* not 'models'"):
        server("127.0.0.1", str(port), "models")


@pytest.mark.parametrize("variable", ["GRADIO_TEMP_DIR", "TMPDIR"])
def test_a_folder_that_cannot_be_written_is_named(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gradio").write_text("a file where a folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    if variable == "GRADIO_TEMP_DIR":
        monkeypatch.setenv(variable, str(tmp_path / "gradio"))
    with pytest.raises(CannotWrite, match=f"gradio.* Name another folder in {variable}") as failure:
        check_temporary_folder()
    assert isinstance(failure.value, GenerativeError)


def test_the_application_says_it_in_one_line(taken: int) -> None:
    command = [sys.executable, "app.py", "--port", str(taken)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: Port") and done.stderr.count("\n") == 1
