"""The mocks against pacts: ours are kept, and a user learns in plain words what would break."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from harness.commands import run
from harness.contracts.verify import ours
from mocks.kit.operation import OutEvent
from mocks.kit.outbox import Outbox
from mocks.systems.erp.masterdata import MasterData
from tests.contract.pact.users_pact import NUMBER, ORDER_EXISTS, event, interaction, pact

GUIDE = Path(__file__).parents[3] / "docs" / "contracts.md"
Captured = pytest.CaptureFixture[str]


def verify(capsys: Captured, file: Path, provider: str = "erp", *more: str) -> tuple[int, str]:
    """Exit code and standard output of `dryclose contracts verify --pact`."""
    code = run(["contracts", "verify", "--pact", str(file), "--provider", provider, *more])
    captured = capsys.readouterr()
    return code, captured.out + (captured.err if code == 3 else "")


def test_the_mocks_keep_every_pact_of_ours(capsys: Captured) -> None:
    """Every interaction of every committed pact was verified, and none is missing."""
    code = run(["contracts", "verify"])
    out = capsys.readouterr().out
    expected = [f"{each.path.name}) against our mock" for each in ours()]
    assert code == 0, out
    assert [line for line in out.splitlines() if "kept" in line] == out.splitlines()
    assert all(any(name in line for line in out.splitlines()) for name in expected)
    assert next(line for line in out.splitlines() if "engine-erp.json" in line) in GUIDE.read_text("utf-8")
    assert sum(int(line.split("all ")[1].split(" ")[0]) for line in out.splitlines()) == sum(len(each.interactions) for each in ours())


def test_a_users_pact_is_kept(capsys: Captured, tmp_path: Path) -> None:
    """Their own token, their own id in the path, their own name for the provider: the mock stands for all of it."""
    body = {"number": NUMBER, "status": "created", "external_ref": "MY-1"}
    file = pact(tmp_path, interaction(states=[ORDER_EXISTS], body=body))
    code, out = verify(capsys, file)
    assert code == 0, out
    assert out == "my-connector -> their-erp (my-connector-erp.json) against our mock erp: all 1 expectations are kept\n"


def test_broken_expectations_in_plain_words(capsys: Captured, tmp_path: Path) -> None:
    """What is expected, what the mock answered, and where: status, missing member, other value, other type, missing header."""
    typed = interaction("types", states=[ORDER_EXISTS], body={"total": 100})
    typed["response"]["matchingRules"] = {"body": {"$.total": {"matchers": [{"match": "number"}]}}}
    typed["response"]["headers"] = {"X-Region": ["eu"]}
    file = pact(
        tmp_path,
        interaction("missing", states=[ORDER_EXISTS], body={"colour": "red", "status": "open"}),
        interaction("not there", body={"number": NUMBER}),
        typed,
        interaction("kept", states=[ORDER_EXISTS]),
    )
    code, out = verify(capsys, file)
    assert code == 1
    assert "1 of 4 expectations are kept, 3 broken, 0 not verified" in out
    assert "- /colour: the member is missing" in out
    assert '- /status: expected exactly "open", got "created"' in out
    assert f"our mock erp answered 404 NOT_FOUND: no purchase_order with number '{NUMBER}'" in out
    assert "- status: expected 200, got 404" in out
    assert '/total: expected a number, got "100.00"' in out
    assert "- header X-Region: it is missing" in out


def test_access_is_granted_unless_its_refusal_is_expected(capsys: Captured, tmp_path: Path) -> None:
    """No token at all is completed, a refused one is meant as it stands; states about tokens are obeyed."""
    bare: dict[str, Any] = {"headers": {}}
    file = pact(
        tmp_path,
        interaction("no header", states=[ORDER_EXISTS], **bare),
        interaction("refused without a token", path="/purchase-orders/1", status=401, **bare),
        interaction("refused", status=401, headers={"Authorization": ["Bearer out-of-date"]}),
        interaction("narrow", states=[("the access token is valid", {"token": "whatever-i-had", "scopes": ["expense.read"]})], status=403),
    )
    code, out = verify(capsys, file)
    assert code == 0, out


def test_version_2_and_3_are_read(capsys: Captured, tmp_path: Path) -> None:
    """A state by name alone, and a query as text."""
    two = {
        "description": "a supplier",
        "providerState": "a supplier exists",
        "request": {"method": "get", "path": "/suppliers/V100017", "query": "company_code=1000"},
        "response": {"status": 200, "body": {"vendor_id": "V100017"}, "matchingRules": {"$.body.vendor_id": {"match": "type"}}},
    }
    code, out = verify(capsys, pact(tmp_path, two, version="2.0.0"))
    assert code == 0, out
    message = {
        "description": "approved",
        "providerStates": [{"name": "a requisition exists"}],
        "contents": {"type": "requisition.approved"},
    }
    three = pact(tmp_path, provider="their-erp", version="3.0.0", interactions=[], messages=[message])
    code, out = verify(capsys, three, "procurement-events")
    assert code == 0, out


def test_unknown_state(capsys: Captured, tmp_path: Path) -> None:
    """It is not verified, the rest is; the message says which states there are; exit 2, at once."""
    began = time.monotonic()
    file = pact(tmp_path, interaction("typing error", states=[("a purchase order exist", {})]), interaction("fine", states=[ORDER_EXISTS]))
    code, out = verify(capsys, file)
    assert code == 2
    assert "NOT VERIFIED  typing error" in out
    assert "unknown provider state 'a purchase order exist'. did you mean 'a purchase order exists'? Valid are: a " in out
    assert ", a purchase order exists, " in out
    assert "1 of 2 expectations are kept, 0 broken, 1 not verified" in out
    assert time.monotonic() - began < 15


def test_state_that_cannot_be_set(capsys: Captured, tmp_path: Path) -> None:
    """A parameter that does not exist: not verified, with the reason, and without the verifier's two minutes of attempts."""
    began = time.monotonic()
    code, out = verify(capsys, pact(tmp_path, interaction(states=[("a purchase order exists", {"numbr": "1"})])))
    assert code == 2
    assert "provider state 'a purchase order exists': parameters of 'a purchase order exists': Object contains unknown field `numbr`" in out
    assert time.monotonic() - began < 15


def test_nothing_verified_is_no_pass(capsys: Captured, tmp_path: Path) -> None:
    """An empty pact proves nothing: exit 2."""
    code, out = verify(capsys, pact(tmp_path))
    assert code == 2
    assert "no interaction was verified" in out


def test_events(capsys: Captured, tmp_path: Path) -> None:
    """The event that the state causes is compared; a type that is never sent, and one without a type, are told apart."""
    approved = [("a requisition exists", {"id": "REQ-MINE-1"})]
    file = pact(
        tmp_path,
        event("approved", "requisition.approved", approved, requisitionId="REQ-MINE-1", status="approved"),
        event("more than there is", "requisition.approved", approved, colour="red"),
        event("never sent", "requisition.closed", approved),
        event("of nothing", "requisition.approved"),
    )
    code, out = verify(capsys, file, "procurement-events")
    assert code == 1
    assert "1 of 4 expectations are kept, 3 broken" in out
    assert "- /data/colour: the member is missing" in out
    assert "no event of type 'requisition.closed' was sent" in out
    assert "no event of type 'requisition.approved' was sent" in out


def test_a_message_that_expects_nothing_is_not_kept_by_nothing(capsys: Captured, tmp_path: Path) -> None:
    """No event was sent, so there was nothing to compare."""
    nothing = event("anything", "requisition.closed")
    nothing["contents"]["content"] = {}
    code, out = verify(capsys, pact(tmp_path, nothing), "procurement-events")
    assert code == 1, out
    assert "0 of 1" in out


def test_generators_take_values_of_states(capsys: Captured, tmp_path: Path) -> None:
    """A path that asks for a value of the state gets it: nobody has to invent numbers."""
    one = interaction(states=[("a purchase order exists", {})])
    one["request"]["generators"] = {"path": {"type": "ProviderState", "expression": "/purchase-orders/${number}", "dataType": "STRING"}}
    code, out = verify(capsys, pact(tmp_path, one))
    assert code == 0, out


@pytest.mark.requirement("R08.07")
def test_a_mock_that_drifts_breaks_our_pacts(capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another word for a status, and an event without its revision: named with the interaction and the place."""
    file = tmp_path / "engine-erp.json"
    pacts = json.loads(next(each.path for each in ours() if each.path.name == file.name).read_text("utf-8"))
    about = [each for each in pacts["interactions"] if each["description"].startswith("erp.supplier.read: ")]
    file.write_text(json.dumps({**pacts, "interactions": about}), "utf-8")  # all of them are verified above
    real = MasterData._supplier
    monkeypatch.setattr(MasterData, "_supplier", lambda *given: replace(real(*given), status="live"))
    code, out = verify(capsys, file)
    assert code == 1
    assert f"{len(about) - 3} of {len(about)} expectations are kept, 3 broken" in out
    assert "BROKEN  erp.supplier.read: orders may be placed" in out
    assert '- /status: expected exactly "active", got "live"' in out
    emit = Outbox.emit

    def forgetful(self: Outbox, event: OutEvent, origin: Any) -> None:
        emit(self, OutEvent(event.type, event.subject, {name: each for name, each in event.data.items() if name != "revision"}), origin)

    monkeypatch.setattr(Outbox, "emit", forgetful)
    assert run(["contracts", "verify", "--provider", "procurement-events"]) == 1
    assert "- /data/revision: the member is missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (None, ["--provider", "erp"], "there is no such file"),
        ("{", ["--provider", "erp"], "not JSON"),
        ("[]", ["--provider", "erp"], "not a pact file"),
        (
            '{"interactions": [], "metadata": {"pactSpecification": {"version": "5.0"}}}',
            ["--provider", "erp"],
            "version 5.0 of the pact format is not supported",
        ),
        (
            (
                '{"consumer": {"name": "a"}, "provider": {"name": "b"}, '
                '"interactions": [{"description": "x", "request": {}, "response": {"status": "200"}}]}'
            ),
            ["--provider", "erp"],
            "its response status is '200'; expected a number",
        ),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}}', ["--provider", "erp"], "not a pact file"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}', [], "Say with --provider which mock stands for it"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}', ["--provider", "epr"], "did you mean 'erp'?"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}', ["--url", "ftp://x"], "expected http://host:port"),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}', ["--url", "http://["], "expected http://host:port"),
        (
            '{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}',
            ["--url", "http://me:hidden@h:99999/"],
            "--url 'http://h:99999/': expected",
        ),
        (
            '{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}',
            ["--url", "http://h", "--header", "A: b\x07c"],
            "control character",
        ),
        ('{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}', ["--header", "A: b"], "belong to --url"),
        (
            '{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": []}',
            ["--url", "http://127.0.0.1:1", "--header", "Authorization: Bearer ${NO_SUCH_VARIABLE_HERE}"],
            "no variable NO_SUCH_VARIABLE_HERE",
        ),
    ],
)
def test_bad_usage(capsys: Captured, tmp_path: Path, content: str | None, arguments: list[str], said: str) -> None:
    """Exit 3 and one message; nothing was started."""
    file = tmp_path / "pact.json"
    if content is not None:
        file.write_text(content)
    if "--header" in arguments and "--url" not in arguments:
        arguments = [*arguments, "--provider", "erp"]
    assert run(["contracts", "verify", "--pact", str(file), *arguments]) == 3
    assert said in capsys.readouterr().err


def test_several_pacts_are_all_verified(capsys: Captured, tmp_path: Path) -> None:
    """A broken one is not hidden by a good one after it."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    broken = pact(tmp_path / "one", interaction(states=[ORDER_EXISTS], body={"colour": "red"}))
    good = pact(tmp_path / "two", interaction(states=[ORDER_EXISTS], body={"number": NUMBER}))
    assert run(["contracts", "verify", "--pact", str(broken), "--pact", str(good), "--provider", "erp"]) == 1
    assert "1 of 1" not in (out := capsys.readouterr().out)
    assert "all 1 expectations are kept" in out


def test_a_message_from_another_system_is_broken(capsys: Captured, tmp_path: Path) -> None:
    """The catalogue says who sends an event; that the world as a whole can bring it about proves nothing about the ERP."""
    wrong = event("approved, from the ERP", "requisition.approved", states=[("a requisition exists", {})])
    code, out = verify(capsys, pact(tmp_path, wrong))
    assert code == 1
    assert "comes from procurement; erp sends none" in out
    assert verify(capsys, pact(tmp_path, wrong), "procurement-events")[0] == 0
