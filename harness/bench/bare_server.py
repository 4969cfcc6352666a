"""The baseline of the ERP's rate: a bare Starlette route that decodes the same body and answers a canned document."""

import asyncio
import json
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def loopback_listener() -> socket.socket:
    """A free loopback port. The protocol is named, or asyncio leaves Nagle's algorithm on and each answer waits 40 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def app(answer: dict[str, object]) -> Starlette:
    """One POST that decodes the body and answers `answer`."""

    async def create(request: Request) -> JSONResponse:
        await request.json()
        return JSONResponse(answer, status_code=201)

    return Starlette(routes=[Route("/purchase-orders", create, methods=["POST"])])


async def serve_bare(answer: dict[str, object]) -> None:
    """Serve on a free loopback port until killed; the first line printed is the URL as JSON."""
    listener = loopback_listener()
    config = uvicorn.Config(app(answer), log_level="error", access_log=False, loop="uvloop", http="httptools")
    print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}/purchase-orders", "headers": {}}), flush=True)  # noqa: T201 - its protocol
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(serve_bare({"number": "4500012345", "status": "created", "total": "980.00", "filler": "x" * 900}))
