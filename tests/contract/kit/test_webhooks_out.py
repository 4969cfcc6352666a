"""Webhooks as a receiver sees them, and the faults of family webhook."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from mocks.kit.commits import Origin
from mocks.kit.operation import OutEvent
from mocks.kit.settings import Settings
from mocks.kit.webhooks import CallbackForbidden, Notice, Subscription
from tests.contract.kit.toy import WEBHOOK_SECRET, Stage, stage

SHORT = Settings(client_timeout_ms=400, event_delay_ms=80, webhook_schedule_ms=(0, 20, 40), ack_timeout_ms=150)
POINT = "wh.posting.confirmed"


@dataclass
class Seen:
    """One delivery."""

    event_id: str
    at: float
    genuine: bool
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Inbox:
    """What arrived; `answer` decides the status of the n-th delivery (from 0)."""

    answer: Callable[[int], int] = lambda _number: 202
    seen: list[Seen] = field(default_factory=list)
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    async def receive(self, request: web.Request) -> web.Response:
        """The handler."""
        raw = await request.read()
        headers = dict(request.headers)
        try:
            Webhook(WEBHOOK_SECRET).verify(raw, {k.lower(): v for k, v in headers.items()})
            genuine = True
        except (WebhookVerificationError, ValueError):
            genuine = False
        number = len(self.seen)
        lowered = {name.lower(): value for name, value in headers.items()}
        self.seen.append(Seen(lowered["webhook-id"], time.monotonic(), genuine, msgspec.json.decode(raw), lowered))
        await asyncio.sleep(self.delay_s)
        return web.Response(status=self.answer(number), headers=self.headers)


@contextlib.asynccontextmanager
async def receiver(inbox: Inbox) -> AsyncIterator[str]:
    """A server for the inbox; answers its URL."""
    app = web.Application()
    app.router.add_post("/webhooks", inbox.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}/webhooks"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def subscribed(inbox: Inbox, *, posting_delay_ms: int = 10) -> AsyncIterator[Stage]:
    """A toy whose events go to the inbox, on today's clock."""
    async with receiver(inbox) as url, stage(SHORT, posting_delay_ms=posting_delay_ms) as toy:
        toy.mechanics.clock._wall_start_s = time.time()  # signatures are checked against the real time
        toy.mechanics.sender.subscribe(Subscription(url, {"x-tenant": "t"}, SHORT.ack_timeout_ms))
        yield toy


async def quiet(toy: Stage) -> None:
    """Until nothing is pending."""
    for _ in range(200):
        await asyncio.sleep(0.01)
        if not toy.mechanics.sender.pending and not len(toy.mechanics.scheduler):
            return


async def accepted(inbox: Inbox, fault: str | None = None, mode: str = "") -> Stage:
    """One accepted document, its event delivered as the fault says."""
    async with subscribed(inbox) as toy:
        if fault:
            toy.arm(POINT, fault, mode)
        await toy.create(path="/ap-invoices", X_Correlation_ID="corr-1", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
        await quiet(toy)
        return toy


def test_an_answer_belongs_to_the_start_that_was_asked() -> None:
    """The connector may be started again before it is known that the old one did not answer."""
    inbox = Inbox()

    async def play() -> Stage:
        async with subscribed(inbox) as toy:
            recorder = toy.mechanics.recorder
            recorder.sut_gen = 6

            def started_again(_number: int) -> int:
                recorder.sut_gen = 7
                return 202

            inbox.answer = started_again
            await toy.create(path="/ap-invoices")
            await quiet(toy)
            return toy

    toy = asyncio.run(play())
    assert {row["kind"]: row["sut_gen"] for row in toy.rows() if row["kind"].startswith("event_")} == {"event_sent": 6, "event_ack": 6}


def test_delivery_is_signed_and_traced() -> None:
    """Signature, CloudEvents envelope, correlation id, traceparent, the connector's own headers; recorded as sent and acknowledged."""
    inbox = Inbox()
    toy = asyncio.run(accepted(inbox))
    [seen] = inbox.seen
    assert seen.genuine
    assert seen.body["id"] == seen.event_id
    assert (seen.body["type"], seen.body["source"], seen.body["correlationid"]) == ("posting.confirmed", "/erp", "corr-1")
    assert (seen.headers["x-correlation-id"], seen.headers["x-tenant"]) == ("corr-1", "t")
    assert seen.headers["traceparent"].startswith("00-aaaa")
    assert [(row["sig_ok"], row["fresh"], row["attempt"]) for row in toy.rows("event_sent")] == [(True, True, 1)]
    assert [row["status"] for row in toy.rows("event_ack")] == [202]


@pytest.mark.requirement("R06.02")
def test_retries_keep_the_id_and_stop_at_2xx() -> None:
    """500, then a redirect (a failure), then 200: three attempts with one id."""
    inbox = Inbox(answer=lambda number: (500, 302, 200)[number], headers={"location": "/elsewhere"})
    toy = asyncio.run(accepted(inbox))
    assert len(inbox.seen) == 3
    assert len({seen.event_id for seen in inbox.seen}) == 1
    assert [row["attempt"] for row in toy.rows("event_sent")] == [1, 2, 3]


def test_410_disables_the_endpoint() -> None:
    """After 410 nothing more is sent, neither this event nor another."""
    inbox = Inbox(answer=lambda _number: 410)

    async def run() -> None:
        async with subscribed(inbox) as toy:
            await toy.create("A", path="/ap-invoices")
            await quiet(toy)
            await toy.create("B", path="/ap-invoices")
            await quiet(toy)

    asyncio.run(run())
    assert len(inbox.seen) == 1


def test_silence_is_a_failure_after_the_ack_timeout() -> None:
    """A receiver that answers too late gets the event again; the ack row has no status."""
    inbox = Inbox(delay_s=0.3)
    toy = asyncio.run(accepted(inbox))
    assert len(inbox.seen) == 3
    assert all("status" not in row for row in toy.rows("event_ack"))


def test_forbidden_host() -> None:
    """A callback host that is not allow-listed is refused, with the way out."""

    async def run() -> None:
        async with stage(SHORT) as toy:
            with pytest.raises(CallbackForbidden, match=r"example\.com.*allowed: 127\.0\.0\.1"):
                toy.mechanics.sender.subscribe(Subscription("http://example.com/webhooks", {}, 100))

    asyncio.run(run())


def test_away_receiver_gets_it_on_the_schedule() -> None:
    """While nobody is subscribed an attempt fails; the next one on the schedule arrives."""
    inbox = Inbox()

    async def run() -> None:
        async with subscribed(inbox) as toy:
            sender = toy.mechanics.sender
            home = sender._subscription
            sender.unsubscribe()
            await toy.create(path="/ap-invoices")
            await asyncio.sleep(0.025)
            assert home is not None
            sender.subscribe(home)
            await quiet(toy)

    asyncio.run(run())
    assert len(inbox.seen) == 1


@pytest.mark.requirement("R04.17", "R04.19", "R08.09")
@pytest.mark.parametrize(
    ("fault", "mode", "deliveries", "ids", "genuine"),
    [
        ("F-D1", "concurrent", 2, 1, 2),
        ("F-D1", "later", 2, 1, 2),
        ("F-D2", "other_id", 2, 2, 2),
        ("F-D4", "late", 1, 1, 1),
        ("F-D5", "never", 0, 0, 0),
        ("F-D8", "bad_signature", 2, 2, 1),
        ("F-D8", "no_signature", 2, 2, 1),
        ("F-D9", "old_timestamp", 2, 2, 1),
        ("F-D10", "two_signatures", 1, 1, 1),
        ("F-D10", "header_case", 1, 1, 1),
    ],
)
def test_event_faults(fault: str, mode: str, deliveries: int, ids: int, genuine: int) -> None:
    """How often, under how many ids, and how many of them may be trusted; the firing is recorded."""
    inbox = Inbox()
    toy = asyncio.run(accepted(inbox, fault, mode))
    assert len(inbox.seen) == deliveries
    assert len({seen.event_id for seen in inbox.seen}) == ids
    assert sum(seen.genuine for seen in inbox.seen) == genuine
    assert [row["fault_id"] for row in toy.rows("fault_fired")] == [fault]
    assert bool(toy.rows("event_dropped")) == (fault == "F-D5")


def test_bad_copies_are_marked_in_the_history() -> None:
    """A forged copy has sig_ok false; a stale one has fresh false; the bad one comes first."""
    forged = asyncio.run(accepted(Inbox(), "F-D8", "bad_signature")).rows("event_sent")
    stale = asyncio.run(accepted(Inbox(), "F-D9", "old_timestamp")).rows("event_sent")
    assert [(row["sig_ok"], row["fresh"]) for row in forged] == [(False, True), (True, True)]
    assert [(row["sig_ok"], row["fresh"]) for row in stale] == [(True, False), (True, True)]


def test_an_event_of_a_rotation_carries_two_signatures() -> None:
    """The first one is of the secret that goes; whoever looks at one alone refuses a genuine event."""
    sent = asyncio.run(signatures("two_signatures"))
    assert len(sent["webhook-signature"].split()) == 2
    assert sent["webhook-signature"].split()[0] != asyncio.run(signatures("usual"))["webhook-signature"]


async def signatures(written: str) -> dict[str, str]:
    """The signed headers of one event."""
    async with stage(SHORT) as toy:
        notice = Notice("msg_1", "posting.confirmed", POINT, "erp", None, None, b"{}", {}, written=written)
        return toy.mechanics.sender._signed(notice, 1_700_000_000)


def test_header_names_have_no_case() -> None:
    """Webhook-Id is webhook-id."""
    assert {"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} == set(asyncio.run(signatures("other_case")))


@pytest.mark.requirement("R04.14", "R06.05")
def test_callback_overtakes_the_response() -> None:
    """F-D6: the event is acknowledged before the answer of the create is on the wire."""
    inbox = Inbox()
    toy = asyncio.run(accepted(inbox, "F-D6", "before_response"))
    order = [row["kind"] for row in toy.rows("event_ack", "response_end", "fault_fired")]
    assert order == ["fault_fired", "event_ack", "response_end"]


@pytest.mark.requirement("R04.14")
def test_an_accepted_document_is_turned_down() -> None:
    """F-B28: 202 goes out as ever, then the job fails and the rejection is told; F-D6 lets that overtake the answer too."""
    inbox = Inbox()

    async def run(overtaking: bool) -> Stage:
        async with subscribed(inbox) as toy:
            toy.arm("erp.ap_invoice.create", "F-B28", "job_fails")
            if overtaking:
                toy.arm("wh.posting.rejected", "F-D6", "before_response")
            await toy.create(path="/ap-invoices")
            await quiet(toy)
            return toy

    for overtaking, order in ((False, ["response_end", "event_ack"]), (True, ["event_ack", "response_end"])):
        toy = asyncio.run(run(overtaking))
        assert inbox.seen[-1].body["type"] == "posting.rejected"
        assert inbox.seen[-1].body["data"]["code"] == "POSTING_FAILED"
        assert [row["state"] for row in toy.rows("commit")] == ["accepted", "rejected"]
        assert [row["status"] for row in toy.rows("response_end")] == [202]
        assert [row["kind"] for row in toy.rows("event_ack", "response_end")] == order


def test_a_job_that_never_was_cannot_fail() -> None:
    """F-B28 at a create that the system refuses, or answers once more: not credited, and nothing is rejected."""

    async def run() -> Stage:
        async with subscribed(Inbox()) as toy:
            toy.arm("erp.ap_invoice.create", "F-B28", "job_fails", attempt=2)
            for key in ("k1", "k2", "k1"):
                await toy.create(path="/ap-invoices", Idempotency_Key=key)
            await quiet(toy)
            return toy

    toy = asyncio.run(run())
    assert [row["status"] for row in toy.rows("response_end")] == [202, 409, 202]
    assert toy.rows("fault_fired") == []
    assert [row["state"] for row in toy.rows("commit")] == ["accepted", "posted"]


@pytest.mark.requirement("R04.19")
def test_older_event_after_the_newer_one() -> None:
    """F-D3: the first event waits until the second of its type was delivered."""
    inbox = Inbox()

    async def run() -> Stage:
        async with subscribed(inbox) as toy:
            toy.arm("wh.requisition.approved", "F-D3", "newer_first")
            origin = Origin("procurement", "procurement.requisition.approve", "t1", None, "c")
            for version in (1, 2):
                data = {"requisitionId": "REQ-TEST-1", "revision": version, "version": version, "status": "approved"}
                toy.mechanics.outbox.emit(OutEvent("requisition.approved", "REQ-TEST-1", data), origin)
            await quiet(toy)
            return toy

    toy = asyncio.run(run())
    assert [seen.body["data"]["version"] for seen in inbox.seen] == [2, 1]
    assert [row["fault_id"] for row in toy.rows("fault_fired")] == ["F-D3"]


def test_nothing_newer_means_nothing_reordered() -> None:
    """F-D3 without a newer event: delivered after a while, and not credited."""
    inbox = Inbox()
    toy = asyncio.run(accepted(inbox, "F-D3", "newer_first"))
    assert len(inbox.seen) == 1
    assert toy.rows("fault_fired") == []


def test_ack_then_kill_names_the_transaction() -> None:
    """F-G4: once acknowledged, the harness knows whom the kill hits."""
    toy = asyncio.run(accepted(Inbox(), "F-G4", "kill"))
    assert toy.mechanics.outbox.acked_then_kill == ["t1"]


def test_harness_sends_a_bad_copy_itself() -> None:
    """A step that the harness carries out is credited once and does not fire again on the genuine event."""
    inbox = Inbox(answer=lambda number: 401 if number == 0 else 202)

    async def run() -> tuple[int | None, Stage]:
        async with subscribed(inbox) as toy:
            toy.arm(POINT, "F-D8", "bad_signature")
            armed = toy.mechanics.plans.find("t1", POINT, "F-D8", 1)
            event = OutEvent("posting.confirmed", "J1", {"job_id": "J1"})
            status = await toy.mechanics.outbox.send_event(event, Origin("erp", POINT, "t1"), deliver="forged", armed=armed)
            await toy.create(path="/ap-invoices")
            await quiet(toy)
            return status, toy

    status, toy = asyncio.run(run())
    assert status == 401
    assert [seen.genuine for seen in inbox.seen] == [False, True]
    assert len(toy.rows("fault_fired")) == 1
