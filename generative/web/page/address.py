"""Where the page is served, checked before anything slow is imported."""

import errno
import os
import socket
import tempfile
from pathlib import Path
from typing import Any

from generative.errors import CannotWrite, GenerativeError, InvalidOption, check_integer, shown

HOSTS = "--host 127.0.0.1 serves this machine alone, 0.0.0.0 (or ::) whoever can reach it."


def server(host: str, port: str, root_path: str) -> dict[str, Any]:
    """Options of Gradio's `launch` for a host, a port and a path that a proxy puts before all addresses.

    Raises InvalidOption for what cannot be served, and CannotWrite when there is no place for temporary files.
    """
    number = check_integer("port", int(port) if port.isdecimal() and len(port) < 10 else port, 1, 65_535)
    bare = host.removeprefix("[").removesuffix("]")
    check_free(bare, number)
    check_temporary_folder()
    if root_path and not root_path.startswith(("/", "http://", "https://")):
        raise InvalidOption(f"--root-path must begin with / or https://, such as /models, not {shown(root_path)}")
    named = f"[{bare}]" if ":" in bare else bare  # as it stands in a URL
    return {"server_name": named, "server_port": number, "root_path": root_path.rstrip("/")}


def check_free(host: str, port: int) -> None:
    """Raises InvalidOption unless a server could listen there now."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            if os.name == "posix":  # a port whose last server has just ended is free; elsewhere this steals it
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen()
    except (socket.gaierror, UnicodeError):
        raise InvalidOption(f"There is no host {shown(host)}. {HOSTS}", "host") from None
    except OSError as e:
        raise unfit(host, port, e) from e


def unfit(host: str, port: int, error: OSError) -> GenerativeError:
    """The error for an address that the system refuses: its port is in use or forbidden, or the host is not this
    machine."""
    if error.errno == errno.EADDRINUSE:
        return InvalidOption(f"Port {port} is in use. Stop what listens there, or choose another with --port.", "port")
    if error.errno == errno.EACCES:
        return InvalidOption(f"Port {port} is for the administrator. Choose one from 1024 on with --port.", "port")
    return InvalidOption(f"This machine cannot serve {shown(host)}: {error.strerror}. {HOSTS}", "host")


def check_temporary_folder() -> None:
    """Raises CannotWrite unless Gradio can keep files, such as uploads, where it wants to."""
    told = os.environ.get("GRADIO_TEMP_DIR")
    remedy = f"Name another folder in {'GRADIO_TEMP_DIR' if told else 'TMPDIR'}."
    try:
        folder = Path(told or Path(tempfile.gettempdir(), "gradio"))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        raise CannotWrite(
            f"The page cannot keep temporary files in {told or e.filename or 'any folder'}: {e.strerror}. {remedy}"
        ) from e
