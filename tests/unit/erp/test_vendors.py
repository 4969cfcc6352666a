"""Vendors of the ERP: what is needed to create one, what counts as there already, who may change what."""

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any

import msgspec
import pytest

from mocks.kit.operation import Refusal
from mocks.systems.bank.models import ACCOUNT_PATTERN
from mocks.systems.erp.vendors.example import clearance
from mocks.systems.erp.vendors.models import BankDetails
from mocks.systems.erp.vendors.numbers import bank_problem
from mocks.systems.erp.vendors.policy import ERP_OWNS, LENIENT, USUAL
from tests.unit.company.play import COMPANY, World, order_body
from tests.unit.erp.vendor_bodies import BOSS, PEOPLE, body, supplier, vendor

REFERENCE = {"external_ref": "SR-T-1-r1", "source_revision": 1}


def refusal(one: World, call_point: str, sent: dict[str, Any], **members: Any) -> Refusal:
    """What it was refused with."""
    with pytest.raises(Refusal) as caught:
        one.call(call_point, sent, **members)
    return caught.value


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_a_created_vendor_is_found_and_can_be_ordered_from(entity: str) -> None:
    """By id, by reference, by tax id, in the light view, and by orders of its own company alone."""
    one = World()
    made = vendor(one, entity=entity, **REFERENCE)
    path = {"vendor_id": made.vendor_id}
    assert (made.status, made.tax_status, made.version, made.sites[0].site) == ("active", "valid", 1, "MAIN")
    assert one.call("erp.vendor.read", path=path).body == made
    assert one.call("erp.vendor.find", query={"external_ref": "SR-T-1-r1"}).body["items"] == [made]
    assert one.call("erp.vendor.find_by_tax_id", query={"tax_id": supplier(entity=entity).tax_id.replace("-", "")}).body["items"] == [made]
    light = one.call("erp.supplier.read", path=path).body
    assert (light.name, light.status) == (made.name.upper()[:35], "active")
    order = one.call("erp.po.create", order_body(entity, vendor_id=made.vendor_id)).body
    assert order.vendor_id == made.vendor_id
    other = "DE01" if entity != "DE01" else "US01"
    assert one.refused("erp.po.create", order_body(other, vendor_id=made.vendor_id)) == "SUPPLIER_UNKNOWN"


def test_creating_is_one_row_that_says_on_whose_word() -> None:
    """The judge reads it: reference, revision, tax id, approver, state."""
    one = World()
    made = vendor(one, **REFERENCE)
    assert [(each.entity_type, each.effect, each.state) for each in one.effects] == [("vendor", "create", "active")]
    row = one.effects[0]
    assert (row.entity_id, row.ext_ref, row.src_version, row.company) == (made.vendor_id, "SR-T-1-r1", 1, "1000")
    assert (row.party, row.approvers) == (supplier().tax_id.replace("-", ""), BOSS)
    view = next(each for each in one.erp.final_views() if each.entity_type == "vendor")
    assert (view.entity_id, view.state, view.ext_ref) == (made.vendor_id, "active", "SR-T-1-r1")


def test_a_reference_stands_for_one_vendor() -> None:
    """Also after it was deactivated; the answer names it."""
    one = World()
    made = vendor(one, **REFERENCE)
    told = refusal(one, "erp.vendor.create", body("2", **REFERENCE))
    assert (told.code, told.extra) == ("DUPLICATE_REFERENCE", {"existing_id": made.vendor_id, "existing_status": "active"})
    one.call("erp.vendor.deactivate", {"reason": "approval reversed"}, path={"vendor_id": made.vendor_id})
    assert refusal(one, "erp.vendor.create", body("2", **REFERENCE)).extra["existing_status"] == "inactive"


@pytest.mark.requirement("R05.07")
@pytest.mark.parametrize("result", ["potential_match", "match", "unavailable"])
def test_no_answer_of_the_screening_but_clear_is_a_clearance(result: str) -> None:
    """Nor is none at all, nor one of tomorrow, nor one without a zone."""
    one = World()
    assert one.refused("erp.vendor.create", body(screening={**clearance(), "result": result})) == "SCREENING_NOT_CLEAR"
    assert one.refused("erp.vendor.create", {**body(), "screening": None}) == "SCREENING_NOT_CLEAR"
    for instant in ("2026-10-29T09:00:00Z", "2026-10-28T08:00:00", "yesterday"):
        assert one.refused("erp.vendor.create", body(screening={**clearance(), "checked_at": instant})) == "SCREENING_NOT_CLEAR"


@pytest.mark.requirement("R03.01")
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"approvals": []}, "APPROVAL_EVIDENCE_MISSING"),
        ({"requested_by": BOSS}, "SEGREGATION_OF_DUTIES"),
        ({"currency": "CHF"}, "CURRENCY_INVALID"),
        ({"company_code": "9999"}, "CODING_INVALID"),
        ({"tax_ids": [{"country": "DE", "number": "DE123456789"}]}, "TAX_ID_INVALID"),
        ({"tax_ids": [{"country": "US", "number": "07-1234567"}]}, "TAX_ID_INVALID"),
        ({"tax_ids": [{"country": "JP", "number": "T1234567890123"}]}, "TAX_ID_INVALID"),
        ({"bank": {"country": "DE", "holder": "X", "iban": "DE89370400440532013001"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "FR", "holder": "X", "iban": "DE89370400440532013000"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "US", "holder": "X", "routing": "123456789", "account": "12345678"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "JP", "holder": "X", "routing": "12345", "account": "1234567"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "US", "holder": "X"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "US", "holder": "X", "routing": "021000021", "account": "12345"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "US", "holder": "X", "iban": "US22021000021123456"}}, "BANK_DETAILS_INVALID"),
        ({"bank": {"country": "DE", "holder": "X", "routing": "37040044", "account": "0532013000"}}, "BANK_DETAILS_INVALID"),
    ],
)
def test_what_is_refused(members: dict[str, Any], code: str) -> None:
    """One rule each; nothing is left behind."""
    assert World().refused("erp.vendor.create", body(**members)) == code


@pytest.mark.requirement("R03.01")
def test_sites_have_codes_of_their_own() -> None:
    """Two of one code could not be told apart on an order."""
    site = {"site": "A1", "purpose": "both", "address": body()["address"]}
    assert World().refused("erp.vendor.create", body(sites=[site, site])) == "VALIDATION_FAILED"
    assert [each.site for each in vendor(World(), sites=[site, {**site, "site": "A2", "purpose": "paying"}]).sites] == ["A1", "A2"]


def duplicates() -> list[tuple[str, dict[str, Any]]]:
    """Requests that look like the vendor of key 1, each by one rule only."""
    same, other = body("1"), body("2")
    typed_again = f"  {same['name'].upper().replace(' ', '-')} "
    return [
        ("tax_id", {**other, "tax_ids": [{**same["tax_ids"][0], "number": same["tax_ids"][0]["number"].replace("-", "")}]}),
        ("bank_account", {**other, "bank": {**same["bank"], "holder": "Somebody else"}}),
        ("name_postcode", {**other, "name": typed_again, "address": {**other["address"], "postcode": same["address"]["postcode"]}}),
        ("name", {**other, "name": same["name"][:5] + same["name"][6:], "address": {**other["address"], "postcode": "99999"}}),
    ]


@pytest.mark.parametrize(("rule", "sent"), duplicates())
def test_what_counts_as_there_already(rule: str, sent: dict[str, Any]) -> None:
    """The answer names the vendor and the rule; another company may have the same one; a dead one is in nobody's way."""
    one = World()
    made = vendor(one)
    told = refusal(one, "erp.vendor.create", sent)
    assert (told.code, told.extra) == ("DUPLICATE_SUPPLIER", {"duplicate_of": made.vendor_id, "rule": rule})
    elsewhere = {**sent, "company_code": "2000", "currency": "EUR", "approvals": body(entity="DE01")["approvals"]}
    assert one.call("erp.vendor.create", elsewhere).body.company_code == "2000"
    one.call("erp.vendor.deactivate", {"reason": "merged"}, path={"vendor_id": made.vendor_id})
    assert one.call("erp.vendor.create", sent).body.status == "active"


def test_vendors_of_the_master_data_count_too() -> None:
    """By tax id and by name."""
    one = World()
    known = COMPANY.suppliers_of("US01")[0]
    told = refusal(one, "erp.vendor.create", body(name=f"{known.name.lower()}, incorporated"))
    found = one.erp.core.master.vendors[told.extra["duplicate_of"]]
    assert (told.extra["rule"], found.company_code) == ("name", "1000")
    assert set(known.name.upper().split()[:2]) <= set(found.name.split())


@pytest.mark.parametrize(("rule", "sent"), duplicates())
def test_a_finding_is_overruled_with_evidence_where_the_policy_allows_it(rule: str, sent: dict[str, Any]) -> None:
    """Somebody looked at that vendor, and it is nobody's own request. A tax id is never overruled."""
    one = World()
    made = vendor(one)
    override = {"duplicate_of": made.vendor_id, "reason": "a sister company", "approver": BOSS}
    if rule not in USUAL.overridable:
        assert one.refused("erp.vendor.create", {**sent, "override": override}) == "DUPLICATE_SUPPLIER"
        return
    assert one.refused("erp.vendor.create", {**sent, "override": {**override, "duplicate_of": "V100017"}}) == "DUPLICATE_SUPPLIER"
    assert one.refused("erp.vendor.create", {**sent, "override": {**override, "approver": "00"}}) == "APPROVAL_EVIDENCE_MISSING"
    own = {**sent, "requested_by": PEOPLE[0], "override": {**override, "approver": PEOPLE[0]}}
    assert one.refused("erp.vendor.create", own) == "SEGREGATION_OF_DUTIES"
    assert one.call("erp.vendor.create", {**sent, "override": override}).body.override.reason == "a sister company"


def test_a_lenient_erp_takes_a_second_vendor_with_one_tax_id() -> None:
    """So that a connector is seen to prevent it."""
    one = World()
    one.erp.core.vendors.policy = LENIENT
    made = [vendor(one).vendor_id, vendor(one).vendor_id]
    found = one.call("erp.vendor.find_by_tax_id", query={"tax_id": supplier().tax_id}).body["items"]
    assert [each.vendor_id for each in found] == sorted(made)


@pytest.mark.requirement("R07.04")
def test_blocks_are_independent_and_only_that_of_purchasing_stops_an_order() -> None:
    """All eight combinations."""
    for purchasing, posting, payment in product((False, True), repeat=3):
        one = World()
        path = {"vendor_id": vendor(one).vendor_id}
        for block, on in (("purchasing", purchasing), ("posting", posting), ("payment", payment)):
            one.call("erp.supplier.block", {"block": block, "on": on}, path=path, actor=BOSS)
        seen = one.call("erp.vendor.read", path=path).body
        assert (seen.purchasing_block, seen.posting_block, seen.payment_block, seen.version) == (purchasing, posting, payment, 4)
        expected = "SUPPLIER_BLOCKED" if purchasing else "accepted"
        assert one.refused("erp.po.create", order_body(vendor_id=path["vendor_id"])) == expected


def test_who_is_inactive_is_not_ordered_from() -> None:
    """Nobody is deactivated who still has to deliver; twice changes nothing the second time."""
    one = World()
    path = {"vendor_id": vendor(one).vendor_id}
    order = one.call("erp.po.create", order_body(vendor_id=path["vendor_id"])).body
    assert one.refused("erp.vendor.deactivate", {"reason": "gone"}, path=path) == "INVALID_TRANSITION"
    one.call("erp.po.cancel", {"reason": "gone"}, path={"number": order.number})
    assert one.call("erp.vendor.deactivate", {"reason": "gone"}, path=path).body.status == "inactive"
    again = one.call("erp.vendor.deactivate", {"reason": "gone"}, path=path)
    assert (again.version, again.effects, again.body.reason) == (2, (), "gone")
    assert one.refused("erp.po.create", order_body(vendor_id=path["vendor_id"])) == "SUPPLIER_BLOCKED"


@pytest.mark.parametrize("ending", ["close", "final_close"])
def test_an_order_that_is_closed_keeps_nobody_from_being_deactivated(ending: str) -> None:
    """Nothing is expected of it any more."""
    one = World()
    path = {"vendor_id": vendor(one).vendor_id}
    number = one.call("erp.po.create", order_body(vendor_id=path["vendor_id"])).body.number
    goods = {"document_date": "20261028", "posting_date": "20261028", "received_by": PEOPLE[0]}
    lines = [{"line_no": 1, "order_line": 10, "quantity": "10"}]
    one.call("erp.gr.create", {**goods, "lines": lines}, path={"number": number})
    assert one.refused("erp.vendor.deactivate", {"reason": "gone"}, path=path) == "INVALID_TRANSITION"
    one.call(f"erp.po.{ending}", {"reason": "all is here"}, path={"number": number})
    assert one.call("erp.vendor.deactivate", {"reason": "gone"}, path=path).body.status == "inactive"


ATTRIBUTES: dict[str, Any] = {
    "name": "Quartermoon Harborlight Glassworks LLC",
    "address": {"street": "1 New Road", "postcode": "10001", "city": "New York", "country": "US"},
    "tax_ids": [{"country": "US", "number": "94-1234567"}],
    "sites": [{"site": "B1", "purpose": "paying", "address": {"street": "1", "postcode": "", "city": "X", "country": "US"}}],
    "payment_terms": "N14",
    "currency": "USD",
}


@pytest.mark.requirement("R01.22", "R02.03")
@pytest.mark.parametrize("policy", [USUAL, replace(USUAL, owners=ERP_OWNS)])
@pytest.mark.parametrize("name", list(ATTRIBUTES))
def test_an_attribute_is_changed_by_its_owner_alone(name: str, policy: Any) -> None:
    """In both settings, attribute by attribute."""
    one = World()
    one.erp.core.vendors.policy = policy
    path = {"vendor_id": vendor(one, payment_terms="N60").vendor_id}
    sent = {name: ATTRIBUTES[name], "screening": clearance("SC2")}
    ways = {"source": ("erp.vendor.change", {}), "erp": ("erp.vendor.maintain", {"actor": BOSS})}
    owner = policy.owners[name]
    (point, who), (other, stranger) = ways[owner], ways["erp" if owner == "source" else "source"]
    assert one.refused(other, sent, path=path, **stranger) == "ATTRIBUTE_NOT_OWNED"
    changed = one.call(point, sent, path=path, **who).body
    assert json.loads(msgspec.json.encode(getattr(changed, name))) == ATTRIBUTES[name]
    assert changed.version == (1 if name == "currency" else 2)  # there is only one currency that it can have


def test_a_change_names_the_version_that_it_is_about() -> None:
    """And says nothing twice."""
    one = World()
    path = {"vendor_id": vendor(one).vendor_id}
    sent = {"address": ATTRIBUTES["address"]}
    assert one.refused("erp.vendor.change", sent, path=path, if_match=2) == "PRECONDITION_FAILED"
    assert one.call("erp.vendor.change", sent, path=path, if_match=1).version == 2
    assert one.call("erp.vendor.change", sent, path=path).effects == ()
    assert one.refused("erp.vendor.change", sent, path={"vendor_id": "V0"}) == "NOT_FOUND"


def test_another_name_or_country_needs_a_new_clearance_and_is_held_against_the_others() -> None:
    """Only a street does not."""
    one = World()
    vendor(one, "2")
    path = {"vendor_id": vendor(one).vendor_id}
    assert one.refused("erp.vendor.change", {"name": "Quartermoon Glassworks"}, path=path) == "SCREENING_NOT_CLEAR"
    abroad = {"address": {**ATTRIBUTES["address"], "country": "CA"}}
    assert one.refused("erp.vendor.change", abroad, path=path) == "SCREENING_NOT_CLEAR"
    assert one.call("erp.vendor.change", {**abroad, "screening": clearance("SC2")}, path=path).body.screening.check_id == "SC2"
    taken = {"tax_ids": body("2")["tax_ids"]}
    assert one.refused("erp.vendor.change", taken, path=path) == "DUPLICATE_SUPPLIER"
    assert one.refused("erp.vendor.change", {"tax_ids": [{"country": "DE", "number": "DE1"}]}, path=path) == "TAX_ID_INVALID"


def test_the_register_says_valid_invalid_or_nothing() -> None:
    """A vendor whose number nobody could look up is not paid until people lift the block."""
    one = World()
    number = supplier().tax_id
    asked = {"country": "US", "number": number}

    def answer() -> Any:
        return one.call("erp.tax_registration.read", query=asked).body.status

    assert answer() == "valid"
    one.call("erp.tax_registration.strike", {**asked, "struck": True}, actor=BOSS)
    assert answer() == "invalid"
    assert one.refused("erp.vendor.create", body()) == "TAX_ID_INVALID"
    one.call("erp.tax_registration.strike", {**asked, "struck": False}, actor=BOSS)
    one.call("erp.tax_register.open", {"available": False, "reason": "maintenance"}, actor=BOSS)
    assert answer() == "unavailable"
    made = vendor(one)
    assert (made.tax_status, made.payment_block, made.purchasing_block) == ("unavailable", True, False)
    assert one.refused("erp.tax_register.open", {"available": True, "reason": "x"}, actor="nobody") == "SEGREGATION_OF_DUTIES"


def test_the_list_has_every_vendor_once() -> None:
    """Page by page, in order of their id."""
    one = World()
    made = vendor(one).vendor_id
    seen: list[str] = []
    after: Any = None
    while True:
        page = one.call("erp.vendor.list", after=after, limit=50).body
        seen += [each.vendor_id for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(one.erp.core.master.vendors)
    assert made in seen


@pytest.mark.parametrize(
    "details",
    [
        *({"country": "US", "routing": "021000021", "account": "1" * digits} for digits in range(4, 18)),
        *({"country": "JP", "routing": "1" * bank, "account": "1" * digits} for bank, digits in ((7, 7), (7, 6), (6, 7), (4, 8))),
        *({"country": country, "routing": "370400440", "account": "0532013000"} for country in ("DE", "GB", "FR")),
        {"country": "DE", "iban": "DE89370400440532013000"},
        {"country": "NO", "iban": "NO9386011117947"},
        {"country": "US", "iban": "US22021000021123456"},
    ],
    ids=str,
)
def test_an_account_that_the_erp_takes_is_one_that_the_bank_pays_to(details: dict[str, str]) -> None:
    """Never one that only the payment file would show to be none; and nothing that both know is refused."""
    problem = bank_problem(msgspec.convert({"holder": "X", **details}, BankDetails))
    account = details.get("iban") or f"{details['routing']}-{details['account']}"
    is_country_with_iban = details["country"] not in {"US", "JP"}
    is_payable = re.fullmatch(ACCOUNT_PATTERN, account) is not None and is_country_with_iban == ("iban" in details)
    assert (problem is None) == is_payable
