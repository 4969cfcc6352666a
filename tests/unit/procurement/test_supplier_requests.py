"""Requests for suppliers: data check, review of likely duplicates, approval, what is written back, what is taken back."""

from typing import Any

import pytest

from mocks.abilities.party_facts import NAMES, folded
from mocks.company import Draft
from tests.unit.company.play import COMPANY, World

POINT = "procurement.supplier_request"


def drafted(entity: str = "US01", key: str = "1", **members: Any) -> Draft:
    """A request for a supplier that nobody has."""
    return COMPANY.draft_supplier_request(entity, key, 98_000, **members)


def created(one: World, draft: Draft, **members: Any) -> dict[str, str]:
    """The path of a request that was typed."""
    return {"id": one.call(f"{POINT}.create", {**draft.body, **members}, actor=draft.actor).body.id}


def submitted(one: World, draft: Draft, **members: Any) -> dict[str, str]:
    """The path of one that was handed in."""
    path = created(one, draft, **members)
    one.call(f"{POINT}.submit", {}, path=path, actor=draft.actor)
    return path


def approved(one: World, draft: Draft) -> dict[str, str]:
    """The path of one that everybody agreed to."""
    path = submitted(one, draft)
    for approver in draft.approvers:
        one.call(f"{POINT}.approve", {}, path=path, actor=approver)
    return path


def read(one: World, path: dict[str, str]) -> Any:
    """As it stands."""
    return one.call(f"{POINT}.read", path=path).body


VENDOR = {"erpVendorId": "V30000017", "erpStatus": "active", "revision": 1}


@pytest.mark.requirement("R02.09", "R04.01")
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_a_request_is_approved_and_becomes_active_with_the_vendors_id(entity: str) -> None:
    """Its event says that it is due; the same vendor again changes nothing, another one is refused."""
    one = World()
    path = approved(one, drafted(entity))
    assert [each.type for each in one.events] == ["supplier_request.approved"]
    assert one.call(f"{POINT}.record_vendor", VENDOR, path=path, if_match=read(one, path).version).body.status == "active"
    assert one.call(f"{POINT}.record_vendor", VENDOR, path=path).effects == ()
    assert one.refused(f"{POINT}.record_vendor", {**VENDOR, "erpVendorId": "V3"}, path=path) == "INVALID_TRANSITION"
    found = read(one, path)
    assert (found.erp_vendor.number, found.name, found.tax_id) == ("V30000017", drafted(entity).body["name"], drafted(entity).body["taxId"])
    view = next(each for each in one.procurement.final_views() if each.entity_id == path["id"])
    assert (view.entity_type, view.state, view.parent_id) == ("supplier_request", "active", "V30000017")


def test_what_the_judge_reads_of_it() -> None:
    """The supplier by its tax id, who approved, and how much is going to be spent."""
    one = World()
    approved(one, drafted())
    last = one.effects[-1]
    assert (last.entity_type, last.state, last.party, last.amount_minor) == (
        "supplier_request", "approved", drafted().body["taxId"].replace("-", ""), 98_000,
    )  # fmt: skip
    assert last.approvers == " ".join(drafted().approvers)


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_who_is_asked_for_is_said_fact_by_fact_of_each_revision(entity: str) -> None:
    """The same facts, under the same names, as the ERP is told."""
    one = World()
    draft = drafted(entity)
    path = created(one, draft)
    one.call(f"{POINT}.amend", {"name": "Quartermoon Glassworks"}, path=path, actor=draft.actor)
    told = {(each.src_version, each.category): each for each in one.effects if each.entity_type == "source_fact"}
    assert {name for _, name in told} == NAMES
    assert (told[1, "name"].ext_ref, told[2, "name"].ext_ref) == (folded(draft.body["name"]), "quartermoon glassworks")
    bank = draft.body["bank"]
    number = bank.get("iban") or f"{bank['country']}/{bank['routing']}/{bank['account']}"
    assert told[2, "account"].ext_ref == number.casefold()


def test_no_two_documents_ask_for_one_supplier_however_alike_they_are() -> None:
    """The same key with another owner: same person, same amount, another supplier."""
    first, second = drafted(own="sup-000001"), drafted(own="sup-000002")
    differing = {name for name in first.body if first.body[name] != second.body[name]}
    assert {"name", "taxId", "bank"} <= differing <= {"name", "taxId", "bank", "address", "paymentTerms"}
    assert (first.actor, first.approvers) == (second.actor, second.approvers)
    assert drafted(own="sup-000001").body == first.body


@pytest.mark.requirement("R05.06")
def test_one_that_looks_like_another_is_compared_first() -> None:
    """By somebody else than its requester, who confirms it as new, or rejects it."""
    one = World()
    first, draft = submitted(one, drafted()), drafted(key="2")
    path = submitted(one, draft, taxId=drafted().body["taxId"].replace("-", ""))
    found = read(one, path)
    assert (found.status, found.looks_like, found.reviewer_id) == ("duplicate_review", (first["id"],), draft.approvers[0])
    said = {"reason": "a sister company"}
    assert one.refused(f"{POINT}.approve", {}, path=path, actor=draft.approvers[0]) == "INVALID_TRANSITION"
    assert one.refused(f"{POINT}.confirm_new", said, path=path, actor=draft.actor) == "SEGREGATION_OF_DUTIES"
    assert one.refused(f"{POINT}.reject", said, path=path, actor=draft.actor) == "SEGREGATION_OF_DUTIES"
    confirmed = one.call(f"{POINT}.confirm_new", said, path=path, actor=draft.approvers[0]).body
    assert (confirmed.status, confirmed.looks_like, confirmed.next_approver_id) == ("pending_approval", (), draft.approvers[0])
    third = submitted(one, drafted(key="3"), taxId=drafted().body["taxId"])
    rejected = one.call(f"{POINT}.reject", {"reason": "we have it"}, path=third, actor=draft.approvers[0]).body
    assert (rejected.status, rejected.looks_like, rejected.reviewer_id) == ("rejected", (), None)


@pytest.mark.parametrize("verb", ["withdraw", "cancel"])
def test_what_is_not_compared_any_more_looks_like_nothing(verb: str) -> None:
    """Its requester does not want it any more, while somebody compares it."""
    one = World()
    submitted(one, drafted())
    draft = drafted(key="2")
    path = submitted(one, draft, taxId=drafted().body["taxId"])
    assert read(one, path).looks_like != ()
    assert one.call(f"{POINT}.{verb}", {}, path=path, actor=draft.actor).body.looks_like == ()


def test_a_request_is_found_by_the_tax_id_that_it_has_now() -> None:
    """One that was amended looks like others by its new number, and no longer by its old one."""
    one = World()
    draft = drafted()
    path = approved(one, draft)
    one.call(f"{POINT}.cancel", {}, path=path, actor=draft.actor)
    first = approved(one, draft)
    one.call(f"{POINT}.reverse_approval", {"reason": "x"}, path=first, actor=draft.approvers[0])
    number = drafted(key="2").body["taxId"]
    one.call(f"{POINT}.amend", {"taxId": number}, path=first, actor=draft.actor)
    one.call(f"{POINT}.submit", {}, path=first, actor=draft.actor)
    assert read(one, submitted(one, drafted(key="3"), taxId=draft.body["taxId"])).looks_like == ()
    assert read(one, submitted(one, drafted(key="4"), taxId=number)).looks_like == (first["id"],)


def test_another_legal_entity_may_want_the_same_supplier() -> None:
    """It has books of its own."""
    one = World()
    submitted(one, drafted())
    assert read(one, submitted(one, drafted("DE01"), taxId=drafted().body["taxId"])).status == "pending_approval"


@pytest.mark.requirement("R05.06")
def test_a_refusal_names_the_vendor_that_is_there_already() -> None:
    """The same one again changes nothing; an amended request forgets it and comes back as the next revision."""
    one = World()
    draft = drafted()
    path = approved(one, draft)
    said = {"code": "DUPLICATE_SUPPLIER", "reason": "it has the same tax id", "owner": "procurement", "duplicateOf": "V100017"}
    refused = one.call(f"{POINT}.record_refusal", said, path=path).body
    assert (refused.status, refused.erp_refusal.duplicate_of, refused.erp_refusal.code) == ("refused", "V100017", "DUPLICATE_SUPPLIER")
    assert one.call(f"{POINT}.record_refusal", said, path=path).effects == ()
    assert one.refused(f"{POINT}.record_refusal", {**said, "duplicateOf": "V100018"}, path=path) == "INVALID_TRANSITION"
    other = drafted(key="2").body
    amended = one.call(f"{POINT}.amend", {"taxId": other["taxId"], "name": other["name"]}, path=path, actor=draft.actor).body
    assert (amended.status, amended.revision, amended.erp_refusal, amended.approvals) == ("draft", 2, None, ())
    assert (amended.tax_id, amended.bank.holder) == (other["taxId"], draft.body["bank"]["holder"])


@pytest.mark.parametrize("verb", ["reverse_approval", "cancel"])
@pytest.mark.parametrize("is_active", [False, True])
def test_what_is_taken_back_is_told(verb: str, is_active: bool) -> None:
    """Before and after the vendor was created, by an approver or by the requester; nobody else may."""
    one = World()
    draft = drafted()
    path = approved(one, draft)
    if is_active:
        one.call(f"{POINT}.record_vendor", VENDOR, path=path)
    who, body = (draft.approvers[-1], {"reason": "by mistake"}) if verb == "reverse_approval" else (draft.actor, {})
    stranger = COMPANY.controller("DE01").procurement_id
    assert one.refused(f"{POINT}.{verb}", body, path=path, actor=stranger) == "SEGREGATION_OF_DUTIES"
    after = one.call(f"{POINT}.{verb}", body, path=path, actor=who).body
    assert after.status == ("returned" if verb == "reverse_approval" else "cancelled")
    assert {step.decision for step in after.approvals} == {"reversed"}
    assert one.events[-1].type == "supplier_request.reversed"
    another = {**VENDOR, "erpVendorId": "V39999999"}
    assert one.refused(f"{POINT}.record_vendor", another, path=path) == "INVALID_TRANSITION"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"legalEntity": "ACME-FR"}, "CODING_INVALID"),
        ({"legalEntity": "ACME-DE", "currency": "EUR"}, "EMPLOYEE_UNKNOWN"),
        ({"currency": "EUR"}, "CURRENCY_INVALID"),
        ({"expectedSpend": {"amount": "1.00", "currency": "EUR"}}, "CURRENCY_INVALID"),
        ({"expectedSpend": {"amount": "1.005", "currency": "USD"}}, "CURRENCY_INVALID"),
    ],
)
def test_what_is_refused(members: dict[str, Any], code: str) -> None:
    """One rule each."""
    draft = drafted()
    assert World().refused(f"{POINT}.create", {**draft.body, **members}, actor=draft.actor) == code


def test_an_account_that_nobody_could_pay_to_is_not_handed_in() -> None:
    """Data check."""
    one, draft = World(), drafted()
    path = created(one, draft, bank={"country": "US", "holder": "X", "routing": "111000025"})
    assert one.refused(f"{POINT}.submit", {}, path=path, actor=draft.actor) == "VALIDATION_FAILED"


def test_the_revision_that_was_decided_upon_is_looked_at() -> None:
    """A vendor for an older one is not this one's."""
    one = World()
    path = approved(one, drafted())
    assert one.refused(f"{POINT}.record_vendor", {**VENDOR, "revision": 2}, path=path) == "VERSION_CONFLICT"
    assert one.refused(f"{POINT}.record_vendor", VENDOR, path=path, if_match=1) == "PRECONDITION_FAILED"
    assert one.refused(f"{POINT}.read", path={"id": "SR-1"}) == "NOT_FOUND"
