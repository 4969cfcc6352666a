"""A load generator that costs next to nothing, so that the server is what is measured: raw sockets, one prepared request, keep-alive."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Rate:
    """`requests` answered with `status_wanted` in `seconds`; `errors` were answered otherwise."""

    requests: int
    errors: int
    seconds: float

    @property
    def per_s(self) -> float:
        """Good answers a second."""
        return self.requests / self.seconds


def prepared_request(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """A POST as bytes."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def measure(url: str, headers: dict[str, str], body: bytes, *, seconds: float, connections: int, status_wanted: int) -> Rate:
    """Post the same request over `connections` keep-alive connections for `seconds`, closed loop."""
    parts = urlsplit(url)
    request = prepared_request(url, headers, body)
    wanted = f"HTTP/1.1 {status_wanted} ".encode()
    started = time.perf_counter()
    deadline = started + seconds
    counts = await asyncio.gather(*(_one(parts.hostname or "", parts.port or 80, request, wanted, deadline) for _ in range(connections)))
    elapsed = time.perf_counter() - started
    return Rate(sum(good for good, _ in counts), sum(bad for _, bad in counts), elapsed)


async def _one(host: str, port: int, request: bytes, wanted: bytes, deadline: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    good = bad = 0
    try:
        while time.perf_counter() < deadline:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(head))
            if head.startswith(wanted):
                good += 1
            else:
                bad += 1
    finally:
        writer.close()
    return good, bad


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
