"""The scripts, pictures and styles of the page: files that are served once and cached, and one stylesheet."""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

WEB = Path(__file__).resolve().parents[1]
ROOMS = ("page", "widgets", "base", "sources", "tools", "rooms")
KINDS = {".js": "text/javascript", ".webp": "image/webp"}
MODULES = {
    p.relative_to(WEB).as_posix(): p.read_bytes()
    for room in ROOMS
    for p in sorted((WEB / room).rglob("*"))
    if p.suffix in KINDS
}
VERSION = hashlib.sha256(b"".join(name.encode() + text for name, text in MODULES.items())).hexdigest()[:12]
CACHED = {True: "public, max-age=31536000, immutable", False: "no-cache"}


def loading(path: str) -> str:
    """The line of `js_on_load` that mounts the module at `path`, such as "widgets/stage/stage.js".

    The address is relative to the page's own, as all of Gradio's are, so it holds behind a proxy at a sub-path too.
    """
    return f"import({address(path)}).then(({{ mount }}) => mount({{ element, props, trigger, watch, server }}));"


def script(path: str) -> str:
    """What loads a module with the page itself: one that defines an element, which may then stand in any HTML."""
    return f'<script type="module">import({address(path)});</script>'


def address(path: str) -> str:
    """Of a module, as JavaScript."""
    return f'new URL("{place(path)}", document.baseURI)'


def place(path: str) -> str:
    """The address of a file, relative to the page's own."""
    assert path in MODULES, path
    return f"gradio_api/modules/{VERSION}/{path}"


def stylesheet() -> str:
    """All styles of the page; those of the page itself and of the kit come first, so that the others may differ."""
    files = [path for room in ROOMS for path in sorted((WEB / room).rglob("*.css"))]
    files.sort(key=lambda path: (path.parent.name != "page", path.parent.name != "kit"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


async def module(request: Request) -> Response:
    """A file by its name. A page that was opened before an update asks for an older version and is given this one."""
    name = request.path_params["name"]
    content = MODULES.get(name)
    if content is None:
        return PlainTextResponse("There is no such module.", 404)
    cached = CACHED[request.path_params["version"] == VERSION]
    return Response(content, media_type=KINDS[Path(name).suffix], headers={"Cache-Control": cached})


ROUTE = Route("/gradio_api/modules/{version}/{name:path}", module)
