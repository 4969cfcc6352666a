"""The reference engine serves every flow that ships, or a reason stands here."""

import tomllib
from pathlib import Path

import pytest

from engine.assembly import ANSWERED, SERVED, SYSTEMS
from engine.flows.registry import JOB_EVENTS, SOURCE_EVENTS
from tests.shipped import CATALOG

NOT_SERVED: dict[str, str] = {}  # flow -> why the reference engine leaves it to others


@pytest.mark.requirement("R06.07")
def test_every_flow_is_served_or_has_a_reason() -> None:
    """A flow that is declared and forgotten here is named."""
    served = {flow.id for flow in (*SERVED, *ANSWERED)}
    assert sorted(set(CATALOG.flows) - served - set(NOT_SERVED)) == []
    assert sorted(served - set(CATALOG.flows)) == []
    manifest = tomllib.loads((Path(__file__).parents[3] / "engine" / "connector.toml").read_text("utf-8"))
    assert set(manifest.get("flows", CATALOG.flows)) == served


def test_every_event_of_a_served_flow_is_known() -> None:
    """An event that is declared for a flow of ours, and that the inbox would throw away, is named."""
    points = {point.id for flow in SERVED for point in CATALOG.flows[flow.id].call_points if point.kind == "event"}
    declared = {event.type for event in CATALOG.events.values() if event.call_point in points}
    assert sorted(declared - set(SOURCE_EVENTS) - set(JOB_EVENTS)) == []


def test_the_systems_of_a_flow_are_those_that_it_declares() -> None:
    """A breaker that nobody asks would let a run into a system that is down."""
    assert set(SYSTEMS) == {name for flow in SERVED for name in flow.systems}
    assert {flow.id: set(flow.systems) for flow in SERVED} == {flow.id: set(CATALOG.flows[flow.id].systems) for flow in SERVED}


def test_every_question_of_an_answered_flow_is_known() -> None:
    """A question that is declared, and that /check would not know, is named; its flow calls whom it declares."""
    asked = {point.id for flow in CATALOG.flows.values() for point in flow.call_points if point.kind == "ask"}
    assert {flow.question for flow in ANSWERED} == asked
    assert {flow.id: set(flow.systems) for flow in ANSWERED} == {flow.id: set(CATALOG.flows[flow.id].systems) for flow in ANSWERED}
