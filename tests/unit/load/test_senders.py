"""What the senders are given and what they write down, without any of them running."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest

from harness.errors import ConnectorError
from harness.load.documents import documents, senders_needed
from harness.load.generator import Crew, Target, write_work
from harness.load.profile import load_profile
from harness.load.pulse import Pulse
from harness.load.sheet import Sheet
from harness.load.worker import sent_from_here
from loadtests.senders import Play
from loadtests.work import Access, Click, Paperwork, read_work, work_of
from mocks.company import generate
from tests.shipped import CATALOG

TARGET = Target(
    {"procurement": "http://127.0.0.1:1", "expense": "http://127.0.0.1:2"}, "http://127.0.0.1:3/oauth/token", "actors", "s3cret"
)


def test_senders_get_what_the_harness_prepared(tmp_path: Path) -> None:
    """The file is read back as it was written, also after a journey to a worker; the secret is not in it."""
    profile = load_profile("smoke", CATALOG)
    work = documents(profile, profile.flows, generate(5), 5, wave="load")
    write_work(tmp_path / "work.ndjson", work, TARGET)
    read = read_work(tmp_path / "work.ndjson", "s3cret")
    assert [document.correlation_id for document in read.documents] == [document.correlation_id for document in work]
    assert [[step.due_s for step in document.steps] for document in read.documents] == [[step.due_s for step in one.steps] for one in work]
    assert work_of(json.loads(json.dumps(read.message()))) == read
    assert "s3cret" not in (tmp_path / "work.ndjson").read_text()


def test_a_sheet_is_read_while_it_grows(tmp_path: Path) -> None:
    """A torn line waits for its end; begin and end are told."""
    path = tmp_path / "clicks.ndjson"
    row = {
        "txn": "p2p-1",
        "op": "x",
        "step": 0,
        "last": False,
        "due": 1,
        "sent": 1,
        "done": 2,
        "lag_ms": 0,
        "ms": 1,
        "status": 201,
        "error": "",
    }
    text = json.dumps({"begun": 12.5, "processes": 2}) + "\n" + json.dumps(row) + "\n"
    path.write_text(text[:-5])
    sheet = Sheet(path)
    sheet.read()
    assert (sheet.begun, sheet.processes, len(sheet.clicks)) == (12.5, 2, 0)
    path.write_text(text + '{"end": true}\n')
    sheet.read()
    assert (sheet.arrived, sheet.ended) == (1, True)


def test_the_pulse_follows_documents_through_the_history(tmp_path: Path) -> None:
    """Joined, approved, confirmed, and answers with 429; rows of other kinds of documents say nothing."""
    path = tmp_path / "history.ndjson"
    pulse = Pulse(path, CATALOG)
    action = {"kind": "source_action", "txn_id": "p2p-1", "entity_type": "requisition", "entity_id": "REQ-R-1", "state": "approved"}
    rows = [
        action,
        {"kind": "commit", "txn_id": "p2p-1", "entity_type": "purchase_order", "state": "created"},
        {"kind": "response_end", "status": 429},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert pulse.read() == {"p2p-1": "REQ-R-1"}
    assert (pulse.backlog, pulse.throttled) == (1, 1)
    with path.open("a") as file:
        file.write(json.dumps({**action, "kind": "commit", "state": "ordered"}) + "\n")
    assert pulse.read() == {}
    assert pulse.backlog == 0


def test_a_worker_says_what_it_sent(tmp_path: Path) -> None:
    """Locust ends well whatever happened: "the master ended the load" alone would hide that nothing was sent."""
    tally = tmp_path / "tally.json"
    with pytest.raises(ConnectorError, match="before the master gave a document"):
        sent_from_here(tally)
    tally.write_text('{"given": 12, "sent": 0}')
    with pytest.raises(ConnectorError, match="answered to none of the 12 documents"):
        sent_from_here(tally)
    tally.write_text('{"given": 12, "sent": 9}')
    assert sent_from_here(tally) == "9 of 12 documents were sent from here"


class Naming:
    """A client who is answered with a number, and the id of what was made under it."""

    status_code = 201

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def post(self, url: str, *, json: Any, **_: Any) -> "Naming":
        """What was sent where."""
        self.sent.append((url, json))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def json(self) -> Any:
        """The same for everybody."""
        return {"id": f"made-{len(self.sent)}", "number": "4500000007"}


def test_what_was_made_before_a_document_is_named_in_it() -> None:
    """In its own system, under the member's name there; and in no later step of the document."""
    client = Naming()
    before = Click("erp.order", 0.0, "erp", "/orders", "ann", {"total": "1"}, {"number": "purchaseOrder"}, is_before=True)
    steps = (before, Click("create", 0.0, "procurement", "/x", "bo", {"note": "n"}), Click("send", 0.0, "procurement", "/x/{id}", "bo", {}))
    document = Paperwork("grn-1", "load.US01.grn-1", "id", steps)
    play = Play(Access({"erp": "http://e", "procurement": "http://p"}, "", "actors", ""), [document], lambda **_row: None)
    play.tokens.value = "t"
    play.queue.put(document)
    play.work(client)
    assert client.sent == [
        ("http://e/orders", {"total": "1"}),
        ("http://p/x", {"note": "n", "purchaseOrder": "4500000007"}),
        ("http://p/x/made-2", {}),
    ]
    assert [row["error"] for row in play.take_rows()] == ["", "", ""]


class Redirecting:
    """A client whose every request is answered with the address of another machine, unless it follows by itself."""

    status_code = 307

    def __init__(self) -> None:
        self.followed: list[str] = []

    def post(self, url: str, *, allow_redirects: bool = True, **_: Any) -> "Redirecting":
        """Locust's own client follows by default."""
        if allow_redirects:
            self.followed.append(url)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def failure(self, _why: str) -> None:
        """Nobody counts here."""

    def json(self) -> Any:
        """A redirect has no body."""
        raise ValueError


def test_senders_are_not_led_elsewhere() -> None:
    """The people's secret and their documents go where the harness said, and nowhere else."""
    client, fired = Redirecting(), []
    access = Access(TARGET.urls, TARGET.token_url, "actors", "s3cret")
    document = Paperwork("p2p-1", "load.US01.p2p-1", "id", (Click("create", 0.0, "procurement", "/x", "anybody", {}),))
    play = Play(access, [document], lambda **row: fired.append(row))
    with pytest.raises(RuntimeError, match="the token endpoint answered 307"):
        play.tokens.renew(client)
    play.tokens.value = "t"
    play.queue.put(document)
    play.work(client)
    assert client.followed == []
    assert [(row["status"], row["error"]) for row in play.take_rows()] == [(307, "status 307")]


def test_locust_listens_on_loopback_unless_asked_otherwise() -> None:
    """Its own default binds every interface."""
    assert Crew(10).arguments() == []
    for crew in (Crew(10, workers=2, bind_port=9), Crew(10, remote=2, bind_port=9)):
        arguments = crew.arguments()
        assert arguments[arguments.index("--master-bind-host") + 1] == "127.0.0.1"


def test_enough_senders_for_a_stall() -> None:
    """Several times the documents that people have in hand at once."""
    profile = load_profile("month-end", CATALOG)
    assert 50 <= senders_needed(documents(profile, profile.flows, generate(5), 5, wave="load")) <= 1000


def test_gevent_never_enters_the_harness() -> None:
    """It patches sockets and threads of the process that imports it: that of the world must stay what it is."""
    code = (
        "import sys, harness.load.play, harness.load.attach, harness.load.worker; print('gevent' in sys.modules, 'locust' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.split() == ["False", "False"]
