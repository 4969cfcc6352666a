"""What every OpenAPI document of a world says of itself before it speaks of operations: who gives it away, and where it is served."""

from collections.abc import Iterable, Mapping
from typing import Any

LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
# The project has no address of its own yet, and readers of these documents ask for one; names under .example are nobody's (RFC 2606).
CONTACT = {"name": "The maintainers of dryclose", "url": "https://dryclose.example", "email": "maintainers@dryclose.example"}
# Ports change from run to run, so the address is that of the document itself.
SERVERS = [{"url": "/", "description": "the system that serves this document"}]


def preface(title: str, version: str, summary: str, description: str) -> dict[str, Any]:
    """The members in front of `paths`."""
    about = {"title": title, "version": version, "summary": summary, "description": description}
    return {"openapi": "3.1.0", "info": {**about, "contact": CONTACT, "license": LICENSE}, "servers": SERVERS}


def tags(docs: Mapping[str, str], used: Iterable[str]) -> list[dict[str, str]]:
    """Those of the tags that operations have, each once and with what it stands for."""
    return [{"name": name, "description": docs[name]} for name in dict.fromkeys(used)]


def unreadable() -> dict[str, Any]:
    """The only refusal of a page that is open to all: what the server answers to whatever is no HTTP, before any operation is asked."""
    return {"400": {"description": "the request is no HTTP", "content": {"text/plain": {"schema": {"type": "string"}}}}}
