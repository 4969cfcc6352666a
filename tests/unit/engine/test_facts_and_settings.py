"""Events as facts, answers as failures, the environment as settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.catalog import load_errors
from engine.assembly import SYSTEMS
from engine.model.failures import from_problem
from engine.settings import Settings, SettingsError, state_dir
from engine.work.facts import EventError, fact_of_event, fact_of_source

pytestmark = pytest.mark.requirement("R04.17", "R08.17", "R09.10")

ERRORS = load_errors()


def event(type_: str = "requisition.approved", **data: Any) -> bytes:
    """A CloudEvents envelope."""
    members = {"requisitionId": "REQ-T-1", "revision": 1, "version": 4, "status": "approved"} | data
    return json.dumps({"id": "evt_1", "type": type_, "correlationid": "c-1", "data": members}).encode()


def test_the_same_fact_by_event_and_by_list_is_one_fact() -> None:
    """Told apart by entity, revision and version, never by delivery id."""
    told = fact_of_event(event(), "0" * 31 + "1", None)
    listed = fact_of_source("requisition-to-po", "REQ-T-1", 1, 4, "polled.approved")
    assert told is not None
    assert told.fact == listed.fact
    assert (told.event_id, told.correlation_id) == ("evt_1", "c-1")


def test_a_newer_version_is_another_fact() -> None:
    """Deduplication must not swallow the reversal of what it has seen."""
    one, other = fact_of_event(event(), None, None), fact_of_event(event("approval.reversed", version=5), None, None)
    assert one is not None
    assert other is not None
    assert one.fact != other.fact


def test_a_posting_event_only_points_at_the_document() -> None:
    """Its data is not believed; a foreign reference is not ours."""
    told = fact_of_event(event("posting.confirmed", job_id="J1", external_ref="ER-T-1-r1"), None, None)
    assert told is not None
    assert (told.flow, told.source_id, told.about_source, told.only_known) == ("expense-to-posting", "ER-T-1", False, True)
    assert fact_of_event(event("posting.confirmed", job_id="J1", external_ref="foreign"), None, None) is None
    assert fact_of_event(event("posting.confirmed", job_id="J1", external_ref=None), None, None) is None


def test_an_event_of_another_kind_is_not_ours() -> None:
    """A test ping is acknowledged and forgotten."""
    assert fact_of_event(event("ping"), None, None) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"id":1,"type":"x","data":{}}',
        event(revision="1"),
        event(version=True),
        event(requisitionId=None),
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_genuine_event_of_the_wrong_shape_is_refused(body: bytes) -> None:
    """One message, no crash."""
    with pytest.raises(EventError):
        fact_of_event(body, None, None)


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_agreed_code_is_classed_as_agreed(code: str) -> None:
    """contracts/errors.yaml is the table."""
    agreed = ERRORS[code]
    failure = from_problem("op", agreed.status, {"code": code, "detail": "why"}, ERRORS, retry_after_s=None)
    assert (failure.failure_class, failure.definite, failure.retry, failure.owner) == (
        agreed.error_class,
        agreed.definite,
        agreed.retry,
        agreed.owner,
    )


@pytest.mark.parametrize(
    ("status", "failure_class", "definite", "retry"),
    [
        (500, "ambiguous", False, "same"),
        (599, "ambiguous", False, "same"),
        (503, "transient", True, "same"),
        (429, "throttled", True, "same"),
        (401, "authentication", True, "refresh"),
        (403, "authentication", True, "no"),
        (412, "stale", True, "reread"),
        (418, "validation", True, "no"),
        (307, "ambiguous", False, "same"),
    ],
)
def test_an_unknown_code_is_classed_by_its_status(status: int, failure_class: str, definite: bool, retry: str) -> None:
    """A redirect is not followed, and says nothing about the effect."""
    failure = from_problem("op", status, {}, ERRORS, retry_after_s=None)
    assert (failure.failure_class, failure.definite, failure.retry) == (failure_class, definite, retry)


COMPLETE = {
    "ERP_URL": "http://127.0.0.1:1/",
    "PROCUREMENT_URL": "http://127.0.0.1:2",
    "EXPENSE_URL": "http://127.0.0.1:3",
    "PLANNING_URL": "http://127.0.0.1:5",
    "BANK_URL": "http://127.0.0.1:6",
    "SCREENING_URL": "http://127.0.0.1:7",
    "HR_URL": "http://127.0.0.1:8",
    "PORTAL_URL": "http://127.0.0.1:9",
    "OAUTH_TOKEN_URL": "http://127.0.0.1:4/oauth/token",
    "CLIENT_ID": "c",
    "CLIENT_SECRET": "s",
    "WEBHOOK_SECRET": "whsec_AAAA",
    "STATE_DIR": "state",
    "MAPPINGS_DIR": "mappings",
}


def test_settings_are_read_once_with_defaults() -> None:
    """Only what is necessary is demanded."""
    settings = Settings.read({**COMPLETE, "RETRY_BASE_MS": "50"}, SYSTEMS)
    assert (settings.urls["erp"], settings.retry_base_s, settings.poll_interval_s) == ("http://127.0.0.1:1", 0.05, 30)
    assert settings.state_dir == Path("state").resolve()


@pytest.mark.parametrize(
    ("name", "value", "message"), [("RETRY_BASE_MS", "soon", "not a number"), ("PORT", "0", "more than 0"), ("ERP_URL", "", "ERP_URL")]
)
def test_a_wrong_setting_is_named(name: str, value: str, message: str) -> None:
    """Which variable, and what was expected."""
    with pytest.raises(SettingsError, match=message):
        Settings.read({**COMPLETE, name: value}, SYSTEMS)


def test_state_dir_is_demanded() -> None:
    """Without it nothing survives a restart."""
    with pytest.raises(SettingsError, match="STATE_DIR"):
        state_dir({})
