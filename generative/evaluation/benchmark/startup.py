"""How long the web page takes from being started to its first answer."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generative.errors import GenerativeError, NotSupported

APP = Path(__file__).resolve().parents[3] / "app.py"
POLL_EVERY = 0.02  # seconds


def seconds_to_first_answer(app: Path = APP, timeout: float = 120.0) -> float:
    """Start `app` as a user would, ask for /config until it answers, stop it; seconds from start to answer.

    Raises NotSupported when there is no such file, GenerativeError with its last words when it ends or never answers.
    """
    if not app.is_file():
        raise NotSupported(f"There is no {app} whose start could be timed. Measure without it: benchmark(app=False)")
    port = free_port()
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_SERVER_NAME": "127.0.0.1"}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, app.name, "--port", str(port)],
            cwd=app.parent,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while not answers(port):
                if process.poll() is not None or time.perf_counter() - start > timeout:
                    raise GenerativeError(f"{app} gave no answer on port {port}: {last_words(output)}")
                time.sleep(POLL_EVERY)
            return time.perf_counter() - start
        finally:
            stop(process)


def free_port() -> int:
    """A port of this machine on which nothing listens now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port: int) -> bool:
    """Whether a page on this port answers, within ten seconds."""
    # http.client, because urllib would ask a proxy where one is set.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/config")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def last_words(output: tempfile.SpooledTemporaryFile) -> str:
    """The last line that a process wrote, for the message that it died."""
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def stop(process: subprocess.Popen) -> None:
    """End a process; after ten seconds by force."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
