"""Ids are drawn from the call's own stream, each draw under a name of its own, until one is free."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mocks.kit.ids import DRAWS_MAX, ID_SPACE, draw_id, draw_uuid, free, free_number
from mocks.kit.operation import Call


def drawing(draw: Callable[[str], int]) -> Call:
    """A call that draws so."""
    return Call({}, {}, None, datetime(2026, 10, 28, tzinfo=UTC), "connector", None, None, "", draw)


def test_each_draw_has_a_name_of_its_own() -> None:
    """A further one is asked for only where the one before is taken; so a collision moves nothing else."""
    asked: list[str] = []
    call = drawing(lambda name: asked.append(name) or len(asked))  # type: ignore[func-returns-value]
    assert free(lambda name: f"B{call.draw(name)}", "b.number", {"B1", "B2"}.__contains__) == "B3"
    assert free_number(call, "run", "PR{}".format, {"PR4"}.__contains__) == 5
    assert asked == ["b.number", "b.number.1", "b.number.2", "run.number.0", "run.number.1"]


def test_ids_have_the_form_that_they_promise() -> None:
    """An integer that JavaScript can hold, a UUID of version 4, a number below its space."""
    call = drawing(lambda _name: 2**64 - 1)
    assert draw_id(call, "x") == ID_SPACE - 1
    assert UUID(draw_uuid(call, "x")).version == 4
    assert free_number(call, "x", str, set[str]().__contains__, space=10) == (2**64 - 1) % 10


def test_a_stream_that_gives_taken_ids_alone_is_an_error() -> None:
    """It says of what, and how often it was tried."""
    call, taken = drawing(lambda _name: 1), {"1"}.__contains__
    with pytest.raises(RuntimeError, match=f"^b.number: {DRAWS_MAX} draws gave taken ids$"):
        free(lambda _name: "1", "b.number", taken)
    with pytest.raises(RuntimeError, match=f"^run: {DRAWS_MAX} draws gave taken ids$"):
        free_number(call, "run", str, taken)
