"""The rules about suppliers: each is silent on correct onboardings, and finds its corruption."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.judge.synthetic import Row, Scribe, approve, final_views
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows
from tests.unit.judge.one_question import answer, uncounted

FLOW = "supplier-onboarding"
CREATE: Row = {"kind": "commit", "entity_type": "vendor", "effect": "create"}


SCREENED = ("name", "country")


def facts(entity_type: str, prefix: str, number: int, **members: Any) -> list[Row]:
    """Who a supplier is, as each of the systems was told."""
    told = {
        "name": f"northline {number} llc",
        "country": "us",
        "city": "austin",
        "account": f"US/021000021/{number}",
        "payment_terms": "n30",
    }
    made: Row = {"entity_type": entity_type, "effect": "create", **members}
    return [
        {**made, "entity_id": f"{prefix}{name}", "category": name, "ext_ref": value}
        | ({"party": f"northline {number}"} if name == "name" else {})
        for name, value in told.items()
    ]


def onboarded(scribe: Scribe, number: int) -> None:
    """A supplier was asked for, screened, created and written back."""
    txn_id, source, reference, tax_id = f"sup-{number:06d}", f"SR-T1-{number:06d}", f"SR-T1-{number:06d}-r1", f"12345{number:04d}"
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    header: Row = {"amount_minor": 20_000 + number, "currency": "USD", "company": "ACME-US", "party": tax_id, "approvers": "U9"}
    approve(scribe, txn_id, "procurement.supplier_request", "supplier_request", source, **header)
    for row in facts("source_fact", f"{source}/1.", number, src_version=1, parent_id=source):
        scribe.row("commit", "procurement", txn_id=txn_id, **row)
    scribe.event("wh.supplier_request.approved", txn_id)
    scribe.call("procurement.supplier_request.read", txn_id)
    check: Row = {"entity_type": "screening_check", "entity_id": f"SC{number:012d}", "effect": "create", "state": "clear", "party": tax_id}
    checked = [
        row for row in facts("check_fact", f"{check['entity_id']}/", number, parent_id=check["entity_id"]) if row["category"] in SCREENED
    ]
    scribe.call(
        "screening.party.check", txn_id, method="POST", status=201, outcome="committed", effects=[{**check, "ext_ref": reference}, *checked]
    )
    vendor: Row = {"entity_type": "vendor", "entity_id": f"V3{number:07d}", "effect": "create", "state": "active", "company": "1000"}
    vendor |= {"currency": "USD", "party": tax_id, "approvers": "10081399", "ext_ref": reference, "src_version": 1}
    carried = facts("vendor_fact", f"{vendor['entity_id']}/", number, src_version=1, parent_id=vendor["entity_id"])
    scribe.call("erp.vendor.create", txn_id, method="POST", status=201, outcome="committed", effects=[vendor, *carried])
    effect: Row = {"entity_type": "supplier_request", "entity_id": source, "effect": "update", "state": "active", "src_version": 1}
    scribe.call("procurement.supplier_request.record_vendor", txn_id, method="PUT", outcome="committed", effects=[effect])


def run() -> Scribe:
    """Three suppliers, final reads included."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in (1, 2, 3):
        onboarded(scribe, number)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        named = {"parent_id": f"V3{view['entity_id'][-7:]}"} if view["entity_type"] == "supplier_request" else {}
        scribe.row("read_view", **view, **named)
    scribe.end()
    return scribe


def second_vendor(scribe: Scribe) -> None:
    """2 was created with the tax id of 1, under whatever number it was asked for."""
    one(scribe, txn_id="sup-000002", **CREATE)[1]["party"] = one(scribe, txn_id="sup-000001", **CREATE)[1]["party"]


def created_twice(scribe: Scribe) -> None:
    """The repeat of 1 made a second vendor."""
    index, made = one(scribe, txn_id="sup-000001", **CREATE)
    insert(scribe, index + 1, {**made, "entity_id": "V39999999", "ext_ref": None})


def never_created(scribe: Scribe) -> None:
    """Nobody made a vendor of 2, and nobody was told."""
    drop(scribe, lambda row: not (row.get("txn_id") == "sup-000002" and row["kind"] == "commit" and "op_id" in row))
    refresh_views(scribe)


def never_screened(scribe: Scribe) -> None:
    """Nobody asked about 2."""
    drop(scribe, lambda row: not (row.get("txn_id") == "sup-000002" and row.get("entity_type") == "screening_check"))


def screened_as_a_match(scribe: Scribe) -> None:
    """2 is on the list, and was created all the same."""
    one(scribe, txn_id="sup-000002", entity_type="screening_check")[1]["state"] = "match"


def nobody_could_look(scribe: Scribe) -> None:
    """What is not known is no clearance."""
    one(scribe, txn_id="sup-000002", entity_type="screening_check")[1]["state"] = "unavailable"


def cleared_before_it_matched(scribe: Scribe) -> None:
    """The last answer counts."""
    index, check = one(scribe, txn_id="sup-000002", entity_type="screening_check")
    again: Row = {**check, "entity_id": "SC999999999999", "state": "potential_match"}
    told = [{**fact_of(scribe, 2, "check_fact", name), "entity_id": f"SC9/{name}", "parent_id": "SC999999999999"} for name in SCREENED]
    last, _ = one(scribe, txn_id="sup-000002", entity_type="check_fact", category=SCREENED[-1])
    assert last > index
    insert(scribe, last + 1, again, *told)


def screened_as_somebody_else(scribe: Scribe) -> None:
    """The check was about another tax id."""
    one(scribe, txn_id="sup-000002", entity_type="screening_check")[1]["party"] = "999999999"


def fact_of(scribe: Scribe, number: int, entity_type: str, name: str) -> Row:
    """The row of one fact."""
    return one(scribe, txn_id=f"sup-{number:06d}", entity_type=entity_type, category=name)[1]


def screened_under_another_name(scribe: Scribe) -> None:
    """Somebody was cleared, without a tax id, and it was not this supplier."""
    one(scribe, txn_id="sup-000002", entity_type="screening_check")[1].pop("party")
    fact_of(scribe, 2, "check_fact", "name").update(ext_ref="somebody else", party="somebody else")


def screened_in_another_country(scribe: Scribe) -> None:
    """Its namesake elsewhere was cleared."""
    fact_of(scribe, 2, "check_fact", "country")["ext_ref"] = "de"


def paid_to_another_account(scribe: Scribe) -> None:
    """The account of 2 lost its leading zero."""
    fact_of(scribe, 2, "vendor_fact", "account")["ext_ref"] = "us/21000021/2"


def under_a_name_of_another(scribe: Scribe) -> None:
    """1 carries the name that 2 asked for."""
    fact_of(scribe, 1, "vendor_fact", "name")["ext_ref"] = "northline 2 llc"


def without_its_terms(scribe: Scribe) -> None:
    """Nobody said when 3 is paid."""
    gone = fact_of(scribe, 3, "vendor_fact", "payment_terms")
    drop(scribe, lambda row: row is not gone)


def changed_to_the_wrong_city(scribe: Scribe) -> None:
    """3 was right, until the connector changed it."""
    index, made = one(scribe, txn_id="sup-000003", entity_type="vendor_fact", category="city")
    insert(scribe, index + 1, {**made, "effect": "update", "ext_ref": "boston"})


def screened_before_it_was_amended(scribe: Scribe) -> None:
    """The vendor stands for revision 2, which was written after the check."""
    index, made = one(scribe, txn_id="sup-000002", **CREATE)
    _, approved = one(scribe, txn_id="sup-000002", kind="source_action", state="approved")
    insert(scribe, index, {**approved, "src_version": 2, "version": 9})
    made["src_version"] = 2


def another_supplier(scribe: Scribe) -> None:
    """3 was created with a tax id that nobody asked for."""
    one(scribe, txn_id="sup-000003", **CREATE)[1]["party"] = "987654321"


def active_before_the_approval(scribe: Scribe) -> None:
    """2 was made while its request still waited."""
    index, approved = one(scribe, txn_id="sup-000002", kind="source_action", state="approved")
    later, _ = one(scribe, txn_id="sup-000002", kind="commit", entity_type="supplier_request", effect="update", state="active")
    moved = [row for row in scribe.rows[index : index + 2] if row.get("state") == "approved"]
    assert approved in moved
    scribe.rows[:] = [*scribe.rows[:index], *scribe.rows[index + len(moved) : later], *moved, *scribe.rows[later:]]


def changed(scribe: Scribe, number: int, *names: str, revision: int | None = 1, **values: str) -> None:
    """A connector tells the vendor some facts again, in a call of its own, behind everything else."""
    index, end = one(scribe, kind="phase", phase="final")
    at = {name: end[name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz")}
    head: Row = {
        **at,
        "phase": "baseline-1",
        "node": "erp",
        "txn_id": f"sup-{number:06d}",
        "op_id": 9_000 + number,
        "call_point": "erp.vendor.update",
    }
    told = [{**fact_of(scribe, number, "vendor_fact", name), **head, "effect": "update", "src_version": revision} for name in names]
    for row in told:
        row["ext_ref"] = values.get(row["category"], row["ext_ref"])
    insert(scribe, index, {**head, "kind": "request", "method": "PATCH"}, *({**row, "kind": "commit"} for row in told))


def amended(scribe: Scribe, number: int, *, screened: bool, **facts_told: str) -> None:
    """People write a second revision and approve it; a connector carries it over."""
    index, end = one(scribe, kind="phase", phase="final")
    source = f"SR-T1-{number:06d}"
    at = {name: end[name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz")}
    head: Row = {**at, "phase": "baseline-1", "txn_id": f"sup-{number:06d}"}
    _, approved = one(scribe, txn_id=head["txn_id"], kind="source_action", state="approved")
    said: Row = {**approved, **head, "src_version": 2, "version": 5}
    deed = [
        {**said, "kind": kind, "state": "approved"} | ({"effect": "update"} if kind == "commit" else {})
        for kind in ("source_action", "commit")
    ]
    told = [
        {**row, **head, "kind": "commit", "src_version": 2}
        for _, row in rows(scribe, kind="commit", txn_id=head["txn_id"], entity_type="source_fact")
    ]
    for row in told:
        row |= {"entity_id": f"{source}/2.{row['category']}", "ext_ref": facts_told.get(row["category"], row["ext_ref"])}
    _, check = one(scribe, txn_id=head["txn_id"], entity_type="screening_check")
    again = [{**check, **head, "entity_id": "SC888888888888"}]
    again += [
        {**fact_of(scribe, number, "check_fact", name), **head, "entity_id": f"SC8/{name}", "parent_id": "SC888888888888"}
        for name in SCREENED
    ]
    insert(scribe, index, *deed, *told, *(again if screened else []))


def paid_on_the_account_before(scribe: Scribe) -> None:
    """People approved another account for 2; the request says that it is done, and the old account is paid."""
    amended(scribe, 2, screened=True, account="us/021000021/999")
    changed(scribe, 2, "city", revision=2)
    done_again(scribe, 2)


def done_again(scribe: Scribe, number: int) -> None:
    """The request is active once more, in its second revision."""
    index, end = one(scribe, kind="phase", phase="final")
    row: Row = {
        "kind": "commit",
        "node": "procurement",
        "txn_id": f"sup-{number:06d}",
        "entity_type": "supplier_request",
        "effect": "update",
    }
    at = {name: end[name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz")}
    insert(scribe, index, {**at, **row, "phase": "baseline-1", "entity_id": f"SR-T1-{number:06d}", "state": "active", "src_version": 2})
    refresh_views(scribe)


def turned_down_and_left(scribe: Scribe) -> None:
    """The request for 3 was refused to its owner, and the vendor stayed."""
    one(scribe, txn_id="sup-000003", kind="commit", entity_type="supplier_request", state="active")[1]["state"] = "refused"
    refresh_views(scribe)


def turned_down_and_woken(scribe: Scribe) -> None:
    """The vendor of the request that was refused was deactivated, and a late repeat of the connector made it active again."""
    turned_down_and_left(scribe)
    states_of_3(scribe, "inactive", "active")


def states_of_3(scribe: Scribe, *states: str, **members: Any) -> None:
    """The vendor of 3 is set to these, one after the other."""
    index, made = one(scribe, txn_id="sup-000003", **CREATE)
    insert(scribe, index + 1, *({**made, "effect": "update", "state": state, "version": None, **members} for state in states))


def changed_without_a_word(scribe: Scribe) -> None:
    """2 has another name since it was screened, and whoever told the vendor named no revision."""
    amended(scribe, 2, screened=False, name="northline 2 holding llc")
    changed(scribe, 2, "name", revision=None, name="northline 2 holding llc")


def changed_without_a_look(scribe: Scribe) -> None:
    """2 has another name since it was screened."""
    amended(scribe, 2, screened=False, name="northline 2 holding llc")
    changed(scribe, 2, "name", revision=2, name="northline 2 holding llc")


def ordered_from_a_match(scribe: Scribe) -> None:
    """2 came onto the list after it was created, and somebody ordered from it."""
    index, end = one(scribe, kind="phase", phase="final")
    at = {name: end[name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz")}
    head: Row = {**at, "phase": "baseline-1", "kind": "commit", "txn_id": "sup-000002", "effect": "create", "version": 1}
    _, check = one(scribe, txn_id="sup-000002", entity_type="screening_check")
    again = [{**check, **head, "entity_id": "SC777777777777", "state": "match"}]
    again += [
        {**fact_of(scribe, 2, "check_fact", name), **head, "entity_id": f"SC7/{name}", "parent_id": "SC777777777777"} for name in SCREENED
    ]
    order: Row = {
        **head,
        "node": "erp",
        "entity_type": "purchase_order",
        "entity_id": "4500000002",
        "state": "created",
        "party": "V30000002",
    }
    insert(scribe, index, *again, {**order, "amount_minor": 5_000, "currency": "USD", "company": "1000"})


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("C01", "sup-000001", created_twice),
    ("C02", "sup-000001", created_twice),
    ("C03", "sup-000002", never_created),
    ("S01", "sup-000002", second_vendor),
    ("S01", "sup-000001", created_twice),
    ("S02", "sup-000002", active_before_the_approval),
    ("S03", "sup-000002", paid_on_the_account_before),
    ("S04", "sup-000003", turned_down_and_left),
    ("S04", "sup-000003", turned_down_and_woken),
    ("S08", "sup-000002", changed_without_a_look),
    ("S08", "sup-000002", changed_without_a_word),
    ("S08", "sup-000002", ordered_from_a_match),
    ("S05", "sup-000002", never_screened),
    ("S05", "sup-000002", screened_as_a_match),
    ("S05", "sup-000002", nobody_could_look),
    ("S05", "sup-000002", cleared_before_it_matched),
    ("S05", "sup-000002", screened_as_somebody_else),
    ("S05", "sup-000002", screened_before_it_was_amended),
    ("S05", "sup-000002", screened_under_another_name),
    ("S05", "sup-000002", screened_in_another_country),
    ("S06", "sup-000003", another_supplier),
    ("S07", "sup-000002", paid_to_another_account),
    ("S07", "sup-000001", under_a_name_of_another),
    ("S07", "sup-000003", without_its_terms),
    ("S07", "sup-000003", changed_to_the_wrong_city),
)


@pytest.mark.parametrize(("invariant_id", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(invariant_id: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The rule names the corrupted transaction, alone, and has looked at what it found."""
    scribe = run()
    corrupt(scribe)
    found = answer(invariant_id, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


@pytest.mark.parametrize("invariant_id", sorted({planted[0] for planted in PLANTED}))
def test_correct_onboardings_are_examined_and_nothing_is_found(invariant_id: str, tmp_path: Path) -> None:
    """All three of them."""
    found = answer(invariant_id, run(), tmp_path)
    assert (found.rows, found.examined) == ((), {FLOW: 3})


def test_who_screens_the_holder_of_the_account_too_is_right(tmp_path: Path) -> None:
    """What a check of another party came to says nothing about this supplier."""
    scribe = run()
    _, check = one(scribe, txn_id="sup-000002", entity_type="screening_check")
    told = [{**fact_of(scribe, 2, "check_fact", name), "entity_id": f"SC9/{name}", "parent_id": "SC999999999999"} for name in SCREENED]
    told[0].update(ext_ref="someone's bank", party="someones bank")
    last, _ = one(scribe, txn_id="sup-000002", entity_type="check_fact", category=SCREENED[-1])
    insert(scribe, last + 1, {**check, "entity_id": "SC999999999999", "state": "potential_match", "party": None}, *told)
    assert answer("S05", scribe, tmp_path).rows == ()


def test_a_supplier_that_changed_was_screened_again_and_is_right(tmp_path: Path) -> None:
    """Another account was asked for, approved, screened and carried over."""
    scribe = run()
    amended(scribe, 2, screened=True, account="us/021000021/999")
    changed(scribe, 2, "account", revision=2, account="us/021000021/999")
    done_again(scribe, 2)
    for rule in ("S02", "S03", "S04", "S08"):
        assert answer(rule, scribe, tmp_path / rule).rows == (), rule


def test_what_people_of_the_erp_do_over_http_is_theirs(tmp_path: Path) -> None:
    """A request with an owner is a person's: another name without a screening, and a vendor that is active before its request."""
    scribe = run()
    changed_without_a_look(scribe)
    one(scribe, kind="request", op_id=9_002)[1]["owner"] = "U9"
    assert answer("S08", scribe, tmp_path / "S08").rows == ()
    scribe = run()
    turned_down_and_left(scribe)
    states_of_3(scribe, "inactive", "active", op_id=None)
    assert answer("S04", scribe, tmp_path / "S04").rows == ()
    scribe = run()
    active_before_the_approval(scribe)
    _, made = one(scribe, txn_id="sup-000002", **CREATE)
    one(scribe, kind="request", op_id=made["op_id"])[1]["owner"] = "U9"
    assert answer("S02", scribe, tmp_path / "S02").rows == ()


def test_a_request_that_was_turned_down_first_and_approved_later_is_right(tmp_path: Path) -> None:
    """What counts is how it stands in the end; the vendor came behind the approval."""
    scribe = run()
    index, row = one(scribe, txn_id="sup-000002", kind="source_action", state="pending_approval")
    insert(scribe, index, {**row, "state": "rejected", "version": None})
    for rule in ("S02", "S04"):
        assert answer(rule, scribe, tmp_path / rule).rows == (), rule


def test_a_vendor_that_was_deactivated_makes_room_for_the_next(tmp_path: Path) -> None:
    """A revision's vendor goes before that of the next one comes: one of them is live."""
    scribe = run()
    index, made = one(scribe, txn_id="sup-000001", **CREATE)
    again = {**made, "entity_id": "V39999999", "ext_ref": "SR-T1-000001-r2"}
    insert(scribe, index + 1, {**made, "effect": "update", "state": "inactive"}, again)
    assert answer("S01", scribe, tmp_path).rows == ()
