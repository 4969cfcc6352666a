"""What a load in another process needs of the control port: where people work, phases, the end of a run."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from mocks.control_bodies import answer, read_json
from mocks.control_shapes import PeopleDesk, PhaseBegin, QuietMark

ROLE = "load"


class Attended(Protocol):
    """The part of a world that guests drive."""

    urls: dict[str, str]
    token_url: str
    actor_client_id: str

    def identify(self) -> Mapping[str, Any]: ...
    def pending(self) -> dict[str, int]: ...
    def set_phase(self, name: str) -> None: ...
    def admit_people(self, *, prefix: str, wave: str, role: str) -> None: ...
    def record(self, kind: str, **columns: Any) -> None: ...
    def final_views(self) -> None: ...


class Guests:
    """Handlers of the control port."""

    def __init__(self, world: Attended) -> None:
        self._world = world

    def table(self) -> tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...]:
        """Method, path, handler."""
        return (
            ("GET", "/people", self._people),
            ("POST", "/phases", self._phase),
            ("POST", "/quiet", self._quiet),
            ("POST", "/final-views", self._final),
        )

    async def _people(self, _request: Request) -> Response:
        world, identity = self._world, self._world.identify()
        return answer(
            PeopleDesk(identity["run_id"], identity["seed"], dict(world.urls), world.token_url, world.actor_client_id, world.pending())
        )

    async def _phase(self, request: Request) -> Response:
        """With `joins`, documents of people whose correlation id begins with the phase's name join the run."""
        wanted: PhaseBegin = await read_json(request, PhaseBegin)
        if wanted.joins:
            self._world.admit_people(prefix=f"{wanted.name}.", wave=wanted.name, role=ROLE)
        if wanted.begin:
            self._world.set_phase(wanted.name)
        return answer(self._world.identify())

    async def _quiet(self, request: Request) -> Response:
        wanted: QuietMark = await read_json(request, QuietMark)
        self._world.record("quiet", state=wanted.state, reason=wanted.reason or None)
        return answer(self._world.identify())

    async def _final(self, _request: Request) -> Response:
        self._world.final_views()
        return answer(self._world.identify())
