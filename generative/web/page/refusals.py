"""What a stranger sends that no event can take: refused in a sentence, before it costs anything and without a log."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from generative.web.page import log

MAX_BODY = 17_000_000  # bytes: an order of an animation, or several pictures
TOO_LARGE = f"A request may have {MAX_BODY // 10**6} MB. Send fewer or smaller pictures at a time."
LONGEST_QUERY = 32_000  # characters of the page's address; what the page itself asks for repeats them
TOO_LONG = "too_long"  # in the address, instead of what made it so
PLACE = ("tab", "tool", "model", "data")
UNFIT = 'This is not what the page takes here. A body is JSON such as {"data": [1, "two"]}; see ?view=api for names.'


class Refusals:
    """ASGI middleware: no body above MAX_BODY is taken, and no request brings more than one line to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if len(scope["query_string"]) > LONGEST_QUERY and scope["path"].removeprefix(scope["root_path"]) in ("", "/"):
            return await shortened(scope["query_string"])(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, bounded(scope, receive), watched)
        except Exception as e:
            if not isinstance(e, HTTPException):
                log.once(e, f"refused {scope['method']} {scope['path'][:200]!a}")
            if started:  # such as messages to a session that there is not: those said so, and end here
                return await send({"type": "http.response.body", "body": b"", "more_body": False})
            status, words = (e.status_code, e.detail) if isinstance(e, HTTPException) else (400, UNFIT)
            await JSONResponse({"detail": words}, status, {"Connection": "close"})(scope, receive, send)


def shortened(query: bytes) -> RedirectResponse:
    """To the place that an address names which is too long to be followed; the page says what became of it."""
    words = dict(parse_qsl(query.decode("latin-1")))
    place = {name: words[name] for name in PLACE if len(words.get(name, "")) in range(1, 200)}
    return RedirectResponse("?" + urlencode({**place, TOO_LONG: ""}), 303)


def bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive`, of a body that may not become too large. Raises HTTPException at once where the header says so."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > MAX_BODY:
        raise HTTPException(413, TOO_LARGE)
    length = 0

    async def limited() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > MAX_BODY:
            raise HTTPException(413, TOO_LARGE)
        return message

    return limited


async def unfit(request: Request, error: RequestValidationError) -> JSONResponse:
    """What does not fit, without the value itself: that may be long, or no JSON."""
    faults = [f"{'.'.join(map(str, fault['loc']))[:80]}: {fault['msg'][:200]}" for fault in error.errors()[:3]]
    return JSONResponse({"detail": ascii(f"{UNFIT} {'; '.join(faults)}")[1:-1]}, 422)


OPTIONS: dict[str, Any] = {"middleware": [Middleware(Refusals)], "exception_handlers": {RequestValidationError: unfit}}
