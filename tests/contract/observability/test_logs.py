"""What engine and world write to their logs: JSON, with correlation ids, and never a secret."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from harness.structured_log import JsonFormatter
from tests.contract.engine.rig import ENTITIES, Step, rig
from tests.contract.observability.secrets import secrets_of

TOKEN = re.compile(r"[Bb]earer [\w.~+/-]{8,}")


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that this process logs meanwhile, as the command line would write it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield text
    finally:
        root.removeHandler(handler)


def test_no_secret_of_a_whole_run_is_in_any_log_or_in_the_history(tmp_path: Path) -> None:
    """Lost answers, refused tokens, forged events, a stranger with a wrong secret: each is a chance to log too much."""

    async def go() -> tuple[list[str], str, str]:
        async with rig(tmp_path, history_path=tmp_path / "history.ndjson") as one:
            faults = [
                ("erp.po.create", "F-A3", "drop"),
                ("erp.po.create", "F-A2", "reset"),
                ("wh.requisition.approved", "F-D8", "bad_signature"),
            ]
            txns = [one.requisition(steps=[Step(point, 1, fault, mode)]) for point, fault, mode in faults]
            first, *others = ENTITIES
            txns.append(one.report(first))
            await one.settled(txns)
            for token in list(one.world.mechanics.tokens._tokens.values()):
                one.world.mechanics.tokens.revoke(token.client_id)
            await one.settled([one.report(entity) for entity in others])
            async with aiohttp.ClientSession() as stranger:
                form = {"grant_type": "client_credentials", "client_id": one.world.client_id, "client_secret": "not-the-secret"}
                assert (await stranger.post(one.world.token_url, data=form)).status == 401
                headers = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,bm8="}
                assert (await stranger.post(f"http://127.0.0.1:{one.port}/webhooks", data=b"{}", headers=headers)).status == 401
            await one.idle()
            one.stop()
            one.world.recorder.flush()
            return secrets_of(one.world), (tmp_path / "engine.log").read_text(), (tmp_path / "history.ndjson").read_text()

    with logged() as text:
        secrets, engine, history = asyncio.run(go())
    assert len(secrets) > 6, "tokens were issued, and again after they were revoked"
    for log in (engine, text.getvalue()):
        assert [secret for secret in secrets if secret in log] == []
        assert TOKEN.search(log) is None
        assert all(json.loads(line)["event"] for line in log.splitlines())
    assert [secret for secret in secrets if secret in history] == []
    about_documents = [json.loads(line) for line in engine.splitlines() if '"document.' in line]
    assert about_documents
    assert [line for line in about_documents if not line["correlation_id"] or not line["trace_id"]] == []


@pytest.mark.requirement("R09.04")
def test_a_log_line_of_the_world_says_which_transaction_it_is_about() -> None:
    """A defect in a handler is found by its correlation id."""
    record = logging.makeLogRecord(
        {"name": "dryclose.world", "levelno": logging.ERROR, "levelname": "ERROR", "msg": "handler of %s failed"}
    )
    record.args = ("erp.po.create",)
    record.fields = {"correlation_id": "dc-1"}
    line = json.loads(JsonFormatter().format(record))
    assert line["event"] == "handler of erp.po.create failed"
    assert (line["correlation_id"], line["level"], line["logger"]) == ("dc-1", "error", "dryclose.world")
