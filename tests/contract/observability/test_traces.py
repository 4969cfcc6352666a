"""One transaction is one trace, over the mocks and the engine, whatever happens to its events."""

import asyncio
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.tracing import root_of, trace_of
from mocks.kit import tracing as world_tracing
from tests.contract.engine.rig import Rig, Step, rig
from tests.contract.observability.collector import Collector, collector
from tests.contract.observability.secrets import secrets_of

pytestmark = pytest.mark.requirement("R09.04")

WORLD, ENGINE = "dryclose-world", "dryclose-engine"
CREATE, RECORD, READ = "erp.po.create", "procurement.requisition.record_order", "procurement.requisition.read"
APPROVED = "wh.requisition.approved"


def play(folder: Path, transaction: Callable[[Rig], str]) -> tuple[Collector, Rig]:
    """Run one transaction to its end and wait for its spans."""

    async def go() -> tuple[Collector, Rig]:
        async with collector() as spans:
            environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.url}
            async with rig(folder, environment=environment, otlp_endpoint=spans.url) as one:
                txn = transaction(one)
                assert await one.settled([txn]) == {txn: "posted"}
                await one.idle()
                await asyncio.to_thread(one.stop)
            return spans, one

    return asyncio.run(go())


def of_transaction(spans: Collector) -> set[str]:
    """Trace ids of everything that is about the transaction, that is all but polling."""
    names = {CREATE, RECORD, APPROVED, "POST /webhooks", "run requisition-to-po"}
    return {span.trace_id for span in spans.spans if span.name in names}


@pytest.mark.requirement("R01.06")
def test_a_requisition_is_one_trace_from_the_webhook_to_the_write_back(tmp_path: Path) -> None:
    """Exactly one trace id; each span hangs under the one that caused it; a fault is named on the span that met it."""
    fault = Step(CREATE, 1, "F-A3", "drop")
    spans, one = play(tmp_path, lambda one: one.requisition(steps=[fault]))
    traces = of_transaction(spans)
    assert len(traces) == 1, traces
    [sent] = spans.named(WORLD, APPROVED)
    [received] = spans.named(ENGINE, "POST /webhooks")
    assert traces == {trace_of(sent.attributes["dryclose.correlation_id"])}
    assert received.parent_id == sent.span_id
    runs = spans.named(ENGINE, "run requisition-to-po")
    assert {run.parent_id for run in runs} == {received.span_id}
    for name in (CREATE, RECORD, READ):
        calls = {span.span_id: span for span in spans.named(ENGINE, name)}
        served = spans.named(WORLD, name)
        assert served, name
        assert {span.parent_id for span in served} <= set(calls), name
        assert {span.parent_id for span in calls.values()} <= {run.span_id for run in runs}, name
    first, *later = sorted(spans.named(WORLD, CREATE), key=lambda span: span.attributes["dryclose.attempt"])
    assert (first.attributes["dryclose.fault.id"], first.attributes["dryclose.fault.mode"]) == ("F-A3", "drop")
    assert all("dryclose.fault.id" not in span.attributes for span in later)
    lost = [span.attributes["dryclose.outcome"] for span in spans.named(ENGINE, CREATE)]
    assert "ambiguous" in lost
    assert_nothing_secret(spans, one)


def test_a_document_that_only_polling_found_joins_the_trace_of_its_correlation_id(tmp_path: Path) -> None:
    """The webhook never came, so nobody told the trace: it follows from the correlation id that the document names."""
    lost = Step(APPROVED, 1, "F-D5", "never")
    spans, one = play(tmp_path, lambda one: one.requisition(steps=[lost]))
    assert spans.named(WORLD, APPROVED) == []
    [create] = spans.named(ENGINE, CREATE)
    correlation = create.attributes["dryclose.correlation_id"]
    assert {span.trace_id for name in (CREATE, RECORD) for span in (*spans.named(WORLD, name), *spans.named(ENGINE, name))} == {
        trace_of(correlation)
    }
    assert_nothing_secret(spans, one)


def assert_nothing_secret(spans: Collector, one: Rig) -> None:
    """No secret and no body leaves with the spans."""
    everything = b"".join(spans.bodies)
    assert [secret for secret in secrets_of(one.world) if secret.encode() in everything] == []
    assert b"Bearer " not in everything
    assert b"requisitionId" not in everything


def test_the_engine_and_the_world_agree_on_the_trace_of_a_correlation_id() -> None:
    """They share no code, only the rule on the documentation page."""
    for text in ("dc-0000000000000001", "load.US01.p2p-000123", "ü"):
        assert trace_of(text) == world_tracing.trace_of(text)
        assert (trace_of(text), root_of(trace_of(text))) == world_tracing.context_of(None, text)


def test_the_manifest_passes_the_exporters_variables() -> None:
    """Without these names in pass_environment the engine would never hear of the collector."""
    manifest: dict[str, Any] = tomllib.loads(Path("engine/connector.toml").read_text("utf-8"))
    assert {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"} <= set(manifest["pass_environment"])
