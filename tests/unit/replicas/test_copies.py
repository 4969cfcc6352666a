"""Copies of master records in each system that keeps some: what is written, what is guarded, and what the system makes of it."""

from typing import Any

import pytest

from mocks.kit.operation import Refusal
from tests.unit.company.play import COMPANY, World

PERSON = next(each for each in COMPANY.employees if each.entity == "US01")
CENTER = COMPANY.cost_centers_of("US01")[0]
ISO = ("2026-01-01", "2099-12-31")
KEEPERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "procurement": (
        "sourceRecord", "legalEntity",
        {"responsibleId": PERSON.procurement_id, "validFrom": ISO[0], "validTo": ISO[1], "legalEntity": "ACME-US"}
    ),
    "expense": (
        "source_record", "entity_code",
        {"responsible_login": PERSON.expense_id, "valid_from": "01/01/2026", "valid_to": "31/12/2099", "entity_code": "10"},
    ),
    "planning": ("source_record", "entity", {"valid-from": ISO[0], "valid-to": ISO[1], "entity": "LE-US"}),
}  # fmt: skip
REVISION = {"procurement": "sourceRevision", "expense": "source_revision", "planning": "source-revision"}


def path(system: str) -> dict[str, str]:
    """Where the copy is."""
    return {KEEPERS[system][0]: "MD1"}


def body(system: str, revision: int | None = 1, **members: Any) -> dict[str, Any]:
    """What it says; members as they are called everywhere."""
    return {
        "kind": "cost_center",
        "code": "9700001",
        "name": "Field marketing",
        "active": True,
        **KEEPERS[system][2],
        REVISION[system]: revision,
        **members,
    }


def put(world: World, system: str, revision: int | None = 1, **members: Any) -> Any:
    """Written; the answer."""
    return world.call(f"{system}.master_record.put", body(system, revision, **members), path=path(system))


@pytest.mark.requirement("R02.01")
@pytest.mark.parametrize("system", KEEPERS)
def test_a_copy_is_written_once_and_never_goes_back(system: str) -> None:
    """The same again changes nothing, a newer one replaces it, an older one is refused, and the version counts the changes."""
    world = World()
    first = put(world, system)
    assert (first.body.status, first.version, first.effects[0].effect, first.effects[0].base_version) == ("active", 1, "create", 0)
    assert put(world, system).effects == ()
    second = put(world, system, 3, active=False)
    assert (second.body.status, second.version, second.effects[0].src_version) == ("inactive", 2, 3)
    assert world.refused(f"{system}.master_record.put", body(system, 2), path=path(system)) == "VERSION_CONFLICT"
    assert world.call(f"{system}.master_record.read", path=path(system)).body == second.body
    effects = [each for each in world.effects if each.entity_type == f"{system}_master_record"]
    assert [(each.state, each.document_date, each.posting_date, each.cost_center) for each in effects] == [
        ("active", *ISO, "9700001"), ("inactive", *ISO, "9700001"),
    ]  # fmt: skip


@pytest.mark.parametrize("system", KEEPERS)
def test_whoever_names_no_revision_guards_nothing(system: str) -> None:
    """The last one stays, whatever it is, and the history says that no version was named."""
    world = World()
    put(world, system, 5)
    stale = put(world, system, None, name="Older")
    assert (stale.body.name, stale.effects[0].src_version, stale.effects[0].base_version) == ("Older", None, None)
    assert put(world, system, 1).body.name == "Field marketing"


@pytest.mark.parametrize("system", KEEPERS)
def test_the_same_revision_repairs_what_was_changed_meanwhile(system: str) -> None:
    """Something else under the same revision is written; a harmless edit is left alone."""
    world = World()
    put(world, system, 2)
    put(world, system, None, active=False)
    assert put(world, system, 2).body.status == "active"
    touch = world.operations[f"{system}.master_record.put"].touch
    assert touch is not None
    touched = world.run(touch, _at(world, system))
    assert (touched.version, touched.effects[0].src_version) == (4, 2)
    assert put(world, system, 2).effects == ()


def _at(world: World, system: str) -> Any:
    call = world.bare()
    call.path.update(path(system))  # type: ignore[attr-defined]
    return call


@pytest.mark.parametrize("system", KEEPERS)
def test_what_is_wrong_is_refused_with_a_code(system: str) -> None:
    """Places and versions that are not there, days in the wrong order."""
    world = World()
    point = f"{system}.master_record.put"
    assert world.refused(point, body(system, **{KEEPERS[system][1]: "nowhere"}), path=path(system)) == "CODING_INVALID"
    assert world.refused(point, body(system), path=path(system), if_match=3) == "PRECONDITION_FAILED"
    last = next(name for name in KEEPERS[system][2] if name.lower().replace("-", "").replace("_", "") == "validto")
    early = "31/12/2025" if system == "expense" else "2025-12-31"
    assert world.refused(point, body(system, **{last: early}), path=path(system)) == "VALIDATION_FAILED"
    assert world.refused(f"{system}.master_record.read", path=path(system)) == "NOT_FOUND"
    with pytest.raises(Refusal, match="NOT_FOUND"):
        world.run(world.operations[point].touch or pytest.fail("no touch"), _at(world, system))


@pytest.mark.parametrize(("system", "member"), [("procurement", "responsibleId"), ("expense", "responsible_login")])
def test_somebody_who_is_nobody_is_responsible_for_nothing(system: str, member: str) -> None:
    """Where the system knows its people."""
    assert World().refused(f"{system}.master_record.put", body(system, **{member: "nobody"}), path=path(system)) == "EMPLOYEE_UNKNOWN"


@pytest.mark.requirement("R07.01", "R07.03")
def test_requisitions_and_reports_go_by_the_copies() -> None:
    """A cost centre whose copy is not active is taken for no new document, and one that came later is, from its copy on."""
    world = World()
    bought = COMPANY.draft_requisition("US01", "copies", 98_000, cost_center=CENTER)
    claimed = COMPANY.draft_expense_report("US01", "copies", 98_000, cost_center=CENTER)
    for system, code, point, draft in (
        ("procurement", CENTER.procurement_id, "procurement.requisition.create", bought),
        ("expense", CENTER.expense_id, "expense.report.create", claimed),
    ):
        put(world, system, 1, code=code, active=False)
        assert world.refused(point, draft.body, actor=draft.actor) == "COST_CENTER_INACTIVE"
        put(world, system, 2, code=code)
        assert world.call(point, draft.body, actor=draft.actor).status is None


@pytest.mark.requirement("R02.01")
@pytest.mark.parametrize("system", KEEPERS)
def test_a_copy_of_an_account_is_kept(system: str) -> None:
    """Under its number; no request names it, so nothing goes by it."""
    (effect,) = put(World(), system, kind="gl_account", code="59700001").effects
    assert (effect.account, effect.cost_center, effect.project) == ("59700001", None, None)
