"""Clock, problems, Retry-After, signatures, tokens, routes: each alone."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from contracts.catalog import load_errors
from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.exchange import retry_after
from mocks.kit.paging import Cursors
from mocks.kit.problems import Problems
from mocks.kit.tokens import Client, TokenStore
from mocks.kit.traffic import REPEATS, Traffic
from mocks.kit.webhooks import encode_event, sign


def test_business_clock_runs_at_its_speed() -> None:
    """An hour of the world at speed 24 is a day; setting without a zone is refused."""
    ticks = [0]
    clock = BusinessClock(WorldClock(0.0, lambda: ticks[0]), datetime(2026, 10, 30, tzinfo=UTC), speed=24)
    ticks[0] = 3600 * 10**9
    assert clock.peek() == datetime(2026, 10, 31, tzinfo=UTC)
    clock.set(datetime(2026, 10, 31, 1, tzinfo=UTC), speed=0)
    ticks[0] *= 2
    assert clock.peek() == datetime(2026, 10, 31, 1, tzinfo=UTC)
    assert clock.now() < clock.now()
    clock.advance(timedelta(hours=-1))
    assert clock.peek() == datetime(2026, 10, 31, tzinfo=UTC)
    with pytest.raises(ValueError, match="no zone"):
        clock.set(datetime(2026, 10, 31))  # noqa: DTZ001


def test_problem_views() -> None:
    """ok for success and for `it exists already`; fail only for what certainly had no effect."""
    problems = Problems(load_errors())
    view = problems.view
    assert [view(201, None), view(302, None), view(409, "DUPLICATE_REFERENCE")] == ["ok", "info", "ok"]
    assert [view(429, "RATE_LIMITED"), view(503, "UNAVAILABLE"), view(422, "VALIDATION_FAILED")] == ["fail"] * 3
    assert [view(500, "INTERNAL_ERROR"), view(504, "GATEWAY_TIMEOUT"), view(409, "IDEMPOTENCY_KEY_IN_PROGRESS")] == ["info"] * 3
    body = msgspec.json.decode(problems.body("NOT_FOUND", "no such order", "/x", {"existing_id": "45"}))
    assert (body["title"], body["status"], body["existing_id"]) == ("Not found", 404, "45")


def test_retry_after_forms() -> None:
    """Seconds are whole; a date is what it says, and the recorded wait is never longer than the date asks for."""
    assert retry_after(1, 1000.7, as_date=False) == ("1", 1000)
    assert retry_after(0.2, 1000.7, as_date=False) == ("1", 1000)
    value, wait_ms = retry_after(2, 1000.7, as_date=True)
    assert parsedate_to_datetime(value).timestamp() == 1002
    assert wait_ms in {1299, 1300}


def test_signature_is_standard() -> None:
    """The independent library signs the same."""
    secret = b"0123456789abcdef0123456789abcdef"
    moment = datetime(2026, 10, 28, tzinfo=UTC)
    theirs = Webhook(secret).sign("msg_1", moment, "{}")
    assert sign(secret, "msg_1", int(moment.timestamp()), b"{}") == theirs


def test_tokens_expire() -> None:
    """Live until its time, then not; the secret does not show in the client's text."""
    ticks = [0]
    client = Client("connector", "hush", frozenset({"erp.read"}))
    store = TokenStore([client], WorldClock(0.0, lambda: ticks[0]), ttl_s=60)
    assert store.authenticate("connector", "wrong") is None
    assert store.authenticate("nobody", "") is None
    token = store.issue(client, client.scopes)
    assert store.check(token) is not None
    ticks[0] = 60 * 10**9
    assert store.check(token) is None
    assert "hush" not in repr(client)


def test_a_refused_client_gets_nothing_until_it_is_admitted() -> None:
    """Its credentials stay known: whoever comes with them is no stranger."""
    client = Client("connector", "hush", frozenset({"erp.read"}))
    store = TokenStore([client, Client("people", "hush", frozenset())], WorldClock(0.0, lambda: 0), ttl_s=60)
    store.refuse("connector")
    assert store.authenticate("connector", "hush") is None
    assert store.authenticate("people", "hush") is not None
    assert (store.knows("connector", "hush"), store.knows("connector", "wrong")) == (True, False)
    store.admit("connector")
    assert store.authenticate("connector", "hush") is client


def test_two_secrets_are_good_until_the_first_is_retired() -> None:
    """Then nothing that was got with the first is good; whoever comes with it is no stranger. And once more."""
    client = Client("connector", "hush", frozenset({"erp.read"}))
    store = TokenStore([client, Client("people", "hush", frozenset())], WorldClock(0.0, lambda: 0), ttl_s=60)
    second = store.add_secret("connector")
    first_in, second_in = store.authenticate("connector", "hush"), store.authenticate("connector", second)
    assert first_in is client
    assert second_in is not None
    assert second not in repr(second_in)
    tokens = [store.issue(one, one.scopes) for one in (first_in, second_in)]
    assert store.retire("connector") == 2
    assert [store.check(token) for token in tokens] == [None, None]
    assert store.authenticate("connector", "hush") is None
    assert store.authenticate("connector", second) is not None
    assert store.authenticate("people", "hush") is not None
    known = [store.which("connector", secret) for secret in ("hush", second, "wrong", "")]
    assert (known, store.which("nobody", ""), store.knows("connector", "hush")) == ([1, 2, None, None], None, True)
    third = store.add_secret("connector")
    assert store.retire("connector") == 3
    assert [store.authenticate("connector", secret) is not None for secret in ("hush", second, third)] == [False, False, True]


def test_refresh_tokens_end_with_the_secret_that_they_came_of() -> None:
    """Those of the second secret stay good."""
    client = Client("connector", "hush", frozenset({"erp.read"}))
    store = TokenStore([client], WorldClock(0.0, lambda: 0), ttl_s=60, refreshes=True)
    second = store.authenticate("connector", store.add_secret("connector"))
    assert second is not None
    grants = [store.sign_in(one, one.scopes).refresh_token or "" for one in (client, second)]
    store.retire("connector")
    assert [store.refresh(text, second) is not None for text in grants] == [False, True]


def test_events_are_written_in_many_ways_and_mean_the_same() -> None:
    """Every attempt of one event has the same bytes; some events are no compact ASCII in the order of the catalogue."""
    envelopes = [
        {"id": f"msg_{n}", "type": "a", "source": "/erp", "datacontenttype": "application/json", "data": {"b": 1, "c": 2}}
        for n in range(40)
    ]
    written = [encode_event(envelope) for envelope in envelopes]
    assert [json.loads(body) for body in written] == envelopes
    assert written == [encode_event(envelope) for envelope in envelopes]
    compact = [json.dumps(json.loads(body), separators=(",", ":")).encode() for body in written]
    assert 0 < sum(one == other for one, other in zip(written, compact, strict=True)) < len(written)
    assert {b"\\/" in body for body in written} == {True, False}


def test_a_call_repeated_without_a_commit_is_no_progress() -> None:
    """Only for the transaction that repeats it; a commit, or a call that says nothing of whose it is, is always something."""
    traffic = Traffic({})
    for now_ns in range(1, REPEATS + 10):
        traffic.saw("erp.po.create", None, changes=True, now_ns=now_ns, txn_id="p2p-000001", attempt=now_ns)
    assert (traffic.last_change_ns, traffic.last_progress_ns, traffic.in_vain) == (REPEATS + 9, REPEATS, {"p2p-000001"})

    traffic.saw("erp.po.read", None, changes=False, now_ns=50, txn_id="p2p-000002", attempt=REPEATS + 1)
    assert traffic.in_vain == {"p2p-000001"}
    traffic.saw("erp.po.create", None, changes=True, now_ns=60, attempt=REPEATS + 1)
    assert traffic.last_progress_ns == 60
    traffic.saw_commit("p2p-000001", 70)
    assert (traffic.last_progress_ns, traffic.in_vain) == (70, set())


def test_a_cursor_that_expired_is_never_issued_again() -> None:
    """A list whose pages do not change would give the same one; whoever begins it anew gets on."""
    cursors = Cursors(b"secret")
    key = (datetime(2026, 10, 28, tzinfo=UTC), "BP-1", 2)
    first = cursors.encode("planning.budget.list", key)
    assert cursors.encode("planning.budget.list", key) == first
    cursors.expire(first)
    second = cursors.encode("planning.budget.list", key)
    assert cursors.decode("planning.budget.list", first) is None
    assert cursors.decode("planning.budget.list", second) == key
    assert cursors.decode("erp.po.list", second) is None
