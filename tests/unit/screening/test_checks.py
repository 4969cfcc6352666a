"""The screening service: what a check answers, what it leaves behind, who may change the list."""

from typing import Any

import pytest

from mocks.company import generate
from mocks.company.sanctions import LISTED, sanctions_list
from tests.unit.company.play import COMPANY, World

COMPLIANCE = COMPANY.controller("US01").erp_id
LISTED_PARTY = next(each for each in sanctions_list(COMPANY.seed) if each.country == "US")


def check(one: World, name: str, country: str = "US", **members: Any) -> Any:
    """The record of a check."""
    return one.call("screening.party.check", {"name": name, "country": country, **members}).body


def test_no_supplier_of_the_company_is_listed() -> None:
    """Otherwise nobody could be bought from."""
    for seed in (1, 7, 23):
        one = World(company := generate(seed))
        results = {check(one, each.name, company.entity(each.entity).country, tax_id=each.tax_id).result for each in company.suppliers}
        assert results == {"clear"}


def test_the_list_depends_on_the_seed_alone() -> None:
    """Two worlds of one seed clear and refuse the same parties."""
    assert sanctions_list(7) == sanctions_list(7) != sanctions_list(8)
    assert len({each.name for each in sanctions_list(7)}) == LISTED


@pytest.mark.parametrize(
    ("name", "country", "more", "result"),
    [
        (LISTED_PARTY.name, "US", {}, "match"),
        (LISTED_PARTY.alias.upper(), "US", {}, "match"),
        (LISTED_PARTY.name, "DE", {}, "potential_match"),  # the same name elsewhere: somebody has to look
        (LISTED_PARTY.name[3:], "US", {}, "potential_match"),
        ("Northline Media LLC", "US", {}, "clear"),
        ("Northline Media LLC", "US", {"tax_id": LISTED_PARTY.tax_id}, "match"),
        ("Northline Media LLC", "US", {"tax_id": f"sx-{LISTED_PARTY.tax_id[2:]}"}, "match"),  # the same number, typed in another way
        ("Northline Media LLC", "US", {"tax_id": "-"}, "clear"),
        ("Northline Media LLC", "US", {"bank_country": "XA"}, "potential_match"),
        ("Northline Media LLC", "XB", {}, "potential_match"),
    ],
)
def test_what_a_check_answers(name: str, country: str, more: dict[str, str], result: str) -> None:
    """By name, alias, tax id and country of the account."""
    answer = check(World(), name, country, **more)
    assert (answer.result, answer.list_version) == (result, 1)
    assert (answer.hits != ()) == (result != "clear" and "bank_country" not in more and country != "XB")


def test_a_check_is_kept_as_it_was_answered_and_is_one_row() -> None:
    """It is evidence: a change of the list makes a new version and leaves it alone."""
    one = World()
    before = check(one, "Northline Media LLC", external_ref="SR-1")
    entry = {"entry_id": "SL-0101", "name": "Northline Media", "country": "US", "programme": "FINANCE"}
    assert one.call("screening.list.add", entry, actor=COMPLIANCE).body.version == 2
    after = check(one, "Northline Media LLC", external_ref="SR-1")
    assert (before.result, after.result, after.list_version) == ("clear", "match", 2)
    assert one.call("screening.check.read", path={"check_id": before.check_id}).body == before
    assert one.call("screening.check.find", query={"external_ref": "SR-1"}).body["items"] == [before, after]
    rows = [(each.entity_type, each.effect, each.state) for each in one.effects if each.entity_type != "check_fact"]
    assert rows == [("screening_check", "create", "clear"), ("sanctions_list", "update", "add"), ("screening_check", "create", "match")]
    removed = one.call("screening.list.remove", {"reason": "appeal"}, path={"entry_id": "SL-0101"}, actor=COMPLIANCE).body
    assert (removed.version, check(one, "Northline Media LLC").result) == (3, "clear")


def test_a_number_is_listed_as_long_as_an_entry_has_it() -> None:
    """Of two entries with one number the other stays; an entry in the place of another takes its number off."""
    one = World()
    entry = {"name": "Qorax Zhar", "country": "PA", "programme": "FINANCE", "tax_id": "12-3456789"}
    for entry_id in ("SL-0101", "SL-0102"):
        one.call("screening.list.add", {**entry, "entry_id": entry_id}, actor=COMPLIANCE)
    asked = {"name": "Northline Media LLC", "tax_id": "123456789"}
    assert [hit.entry_id for hit in check(one, **asked).hits] == ["SL-0101", "SL-0102"]
    one.call("screening.list.remove", {"reason": "appeal"}, path={"entry_id": "SL-0101"}, actor=COMPLIANCE)
    assert [hit.entry_id for hit in check(one, **asked).hits] == ["SL-0102"]
    one.call("screening.list.add", {**entry, "entry_id": "SL-0102", "tax_id": "98-7654321"}, actor=COMPLIANCE)
    assert (check(one, **asked).result, check(one, **{**asked, "tax_id": "987654321"}).result) == ("clear", "match")


def test_a_check_says_whom_it_was_about() -> None:
    """Name and country; the name as it is compared too, so that neither its spelling nor its legal form makes another party."""
    one = World()
    made = check(one, "MÜLLER & Söhne G.m.b.H.", "DE")
    told = {each.category: (each.parent_id, each.ext_ref, each.party) for each in one.effects if each.entity_type == "check_fact"}
    assert told == {"name": (made.check_id, "müller & söhne g.m.b.h.", "muller sohne"), "country": (made.check_id, "de", None)}


def test_a_list_that_cannot_be_searched_clears_nobody() -> None:
    """Also not a party that everybody knows; the list itself stays as it is."""
    one = World()
    closed = one.call("screening.list.open", {"available": False, "reason": "loading"}, actor=COMPLIANCE).body
    assert (closed.available, closed.version) == (False, 1)
    assert check(one, "Northline Media LLC").result == "unavailable"
    assert check(one, LISTED_PARTY.name).result == "unavailable"
    one.call("screening.list.open", {"available": True, "reason": "loaded"}, actor=COMPLIANCE)
    assert check(one, LISTED_PARTY.name).result == "match"


def test_only_compliance_changes_the_list() -> None:
    """Nobody else, and no entry that is not there."""
    one = World()
    entry = {"entry_id": "SL-0101", "name": "Northline Media", "country": "US", "programme": "FINANCE"}
    clerk = next(person.erp_id for person in COMPANY.employees if person.level == 0)
    assert one.refused("screening.list.add", entry, actor=clerk) == "SEGREGATION_OF_DUTIES"
    path = {"entry_id": LISTED_PARTY.entry_id}
    assert one.refused("screening.list.remove", {"reason": "appeal"}, path=path, actor=clerk) == "SEGREGATION_OF_DUTIES"
    assert one.refused("screening.list.open", {"available": False, "reason": "x"}, actor=clerk) == "SEGREGATION_OF_DUTIES"
    assert one.refused("screening.list.remove", {"reason": "appeal"}, path={"entry_id": "SL-9"}, actor=COMPLIANCE) == "NOT_FOUND"
    assert one.refused("screening.check.read", path={"check_id": "SC1"}) == "NOT_FOUND"
