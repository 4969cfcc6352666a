"""/metrics of a real engine and a real world, after both flows and a fault."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from engine.metrics import METRICS as OF_ENGINE
from mocks.kit.metrics import METRICS as OF_WORLD
from tests.contract.engine.rig import Step, rig
from tests.contract.observability.secrets import secrets_of

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def read(url: str) -> tuple[str, Values]:
    """The text, and the value of each sample."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return text, {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def value(values: Values, name: str, **labels: str) -> float:
    """The sum of the samples that have these labels."""
    return sum(each for (found, has), each in values.items() if found == name and set(labels.items()) <= set(has))


def played(folder: Path) -> tuple[str, Values, Values]:
    """One requisition whose answer is lost, one report, one requisition without its event; both expositions."""

    async def go() -> tuple[str, Values, Values]:
        async with rig(folder) as one:
            steps = [Step("erp.po.create", 1, "F-A3", "drop")]
            txns = [
                one.requisition(steps=steps),
                one.report(),
                one.requisition(steps=[Step("wh.requisition.approved", 1, "F-D5", "never")]),
            ]
            assert set((await one.settled(txns)).values()) == {"posted"}
            await one.idle()
            engine_text, engine = await read(f"http://127.0.0.1:{one.port}/metrics")
            world_text, world = await read(f"{one.world.control_url}/metrics")
            text = engine_text + world_text
            private = [*secrets_of(one.world), *txns, *one.sources.values()]
            assert [each for each in private if each in text] == []
            return text, engine, world

    return asyncio.run(go())


@pytest.mark.requirement("R01.06", "R04.18")
def test_both_sides_count_the_same_things(tmp_path: Path) -> None:
    """What the engine says it sent is what the world says it met; nothing secret and no id is shown."""
    text, engine, world = played(tmp_path)
    for declared in (*OF_ENGINE, *OF_WORLD):
        assert f"# TYPE {declared.name.removesuffix('_total')}" in text, declared.name
    for name, flow, how in (("events", "", ""), ("runs", "requisition-to-po", "ordered"), ("runs", "expense-to-posting", "posted")):
        if name == "events":
            assert value(engine, "dryclose_engine_events_received_total", outcome="accepted") == value(
                world, "dryclose_world_events_total", outcome="acknowledged"
            ) - value(engine, "dryclose_engine_events_received_total", outcome="ignored")
        else:
            assert value(engine, "dryclose_engine_document_runs_total", flow=flow, outcome=how) >= 1
    assert value(engine, "dryclose_engine_documents", state="settled") == 3
    assert value(engine, "dryclose_engine_calls_total", operation="erp.po.create", outcome="ambiguous") == 1
    assert value(engine, "dryclose_engine_retries_total", flow="requisition-to-po", reason="again") >= 1
    assert value(engine, "dryclose_engine_token_requests_total", outcome="success") == 1
    assert value(engine, "dryclose_engine_breaker_open") == 0
    assert value(engine, "dryclose_engine_call_duration_seconds_count", operation="erp.po.create") == value(
        world, "dryclose_world_requests_total", call_point="erp.po.create"
    )
    assert value(world, "dryclose_world_requests_total", call_point="erp.po.create", status="none") == 1
    assert value(world, "dryclose_world_faults_fired_total", fault="F-A3", mode="drop") == 1
    assert value(world, "dryclose_world_events_total", call_point="wh.requisition.approved", outcome="dropped") == 1
    assert value(world, "dryclose_world_journals", ledger="actual") >= 1
    assert value(world, "dryclose_world_journals_unbalanced") == value(world, "dryclose_world_trial_balances_unbalanced") == 0
    assert ids(engine) == ids(world) == []


def ids(values: Values) -> list[str]:
    """Values of labels that could be the id of something: one series for each document would never end."""
    labels = {value for name, has in values for label, value in has if label not in {"le", "version"} and not name.startswith("python_")}
    return sorted(label for label in labels if re.search(r"\d{4}", label))
