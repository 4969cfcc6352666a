"""Provider states of approved documents: people and a connector lead one to a status, step by step, as in life."""

from collections.abc import Callable, Iterable
from typing import Any

from mocks.abilities.people import AMOUNT_MINOR, ENTITY_OF_HOUSE, WHY, Move, Play, raise_version, refuse_taken
from mocks.abilities.states import Stage, Values
from mocks.company import Draft
from mocks.workflow.desk import Desk


def lead(
    stage: Stage, desk: Desk[Any], write_back: str, *, draft: Callable[..., Draft], house: str, steps: Iterable[Move], given: Any
) -> Values:
    """A new document of the desk, led through `steps`. write_back: the connector's call point; given: the state's parameters."""
    form = desk.form
    wanted: str | None = getattr(given, form.id_member)
    refuse_taken(wanted, desk.documents)
    drafted = draft(ENTITY_OF_HOUSE[house], wanted or WHY, AMOUNT_MINOR)
    desk.wanted = wanted
    play = Play(stage, drafted, write_back.rpartition(".")[0], form.id_member)
    for step in steps:
        step(play, given)
    raise_version(stage, write_back, play, given.version, lambda: desk.documents.get(play.source_id).version)
    found = desk.documents.get(play.source_id)
    return {form.id_member: found.id, "version": found.version, "revision": found.revision, form.status: found.status}
