"""The tests' own systems: each is a shelf of records of any kind, which people and a connector write and read.

shelf("erp", writes={"erp.grir.create": ("create", "grir_posting")}, reads={"erp.vendor.read": "supplier_master"})
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from contracts.catalog import load_systems
from mocks.abilities.system_type import SystemType
from mocks.kit.operation import Call, Effect, Operation, Refs, Refusal, Reply, View


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: of a source with a category, of a posting with an account."""

    amount_minor: int
    account: str | None = None
    cost_center: str | None = None
    category: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody writes. source: the id of the document that it is written for."""

    id: str
    state: str
    source: str | None = None
    src_version: int | None = None
    amount_minor: int | None = None
    currency: str | None = None
    company: str | None = None
    period: str | None = None
    party: str | None = None
    covers: str | None = None
    src_line: str | None = None
    lines: tuple[Line, ...] = ()


class Shelf:
    """One system over its records."""

    event_types = ()

    def __init__(self, name: str, writes: Mapping[str, tuple[Any, str]], reads: Mapping[str, str]) -> None:
        self.name, self.title, self.summary = name, f"Shelf {name}", "Records of any kind"
        self._records: dict[tuple[str, str], tuple[int, Entry]] = {}
        self.operations = (
            *(self._write(point, kind, entity_type) for point, (kind, entity_type) in writes.items()),
            *(self._read(point, entity_type) for point, entity_type in reads.items()),
        )

    def _write(self, point: str, kind: Any, entity_type: str) -> Operation:
        def handler(call: Call) -> Reply:
            entry: Entry = call.body
            version = self._records.get((entity_type, entry.id), (0, entry))[0] + 1
            self._records[entity_type, entry.id] = (version, entry)
            told = {"id": entry.id, "state": entry.state, "version": version}
            return Reply(told, version=version, effects=_effects(entity_type, entry, version, by_people=kind == "actor"))

        def refs(call: Call) -> Refs:
            source = call.body.source
            return Refs(source_ids=(source,) if source else (), src_version=call.body.src_version)

        path, scope = "/" + point.replace(".", "/"), f"{self.name}.{'act' if kind == 'actor' else 'write'}"
        return Operation(point, "POST", path, kind, scope, "Write", dict[str, Any], handler, request=Entry, refs=refs)

    def _read(self, point: str, entity_type: str) -> Operation:
        def handler(call: Call) -> Reply:
            version, entry = self._records.get((entity_type, call.path["id"]), (0, None))
            if entry is None:
                raise Refusal("NOT_FOUND", f"no {entity_type} {call.path['id']!r}")
            return Reply({**msgspec.to_builtins(entry), "version": version}, version=version)

        path = "/" + point.replace(".", "/") + "/{id}"
        return Operation(
            point, "GET", path, "read", f"{self.name}.read", "Read", dict[str, Any], handler, errors=("NOT_FOUND",),
            refs=lambda call: Refs(source_ids=(call.path["id"],)),
        )  # fmt: skip

    def final_views(self) -> list[View]:
        """Every record as it stands."""
        return [
            View(
                entity_type,
                one.id,
                one.state,
                version,
                amount_minor=one.amount_minor,
                currency=one.currency,
                company=one.company,
                period=one.period,
                src_version=one.src_version,
            )
            for (entity_type, _), (version, one) in self._records.items()
        ]


def _effects(entity_type: str, entry: Entry, version: int, *, by_people: bool) -> tuple[Effect, ...]:
    columns: dict[str, Any] = {
        "currency": entry.currency,
        "company": entry.company,
        "period": entry.period,
        "src_version": entry.src_version or (version if by_people else None),
    }
    head = Effect(
        entity_type, entry.id, "create" if version == 1 else "update", version=version, amount_minor=entry.amount_minor,
        party=entry.party, state=entry.state, covers=entry.covers, src_line=entry.src_line, **columns,
    )  # fmt: skip
    kind = "source_line" if by_people else "journal_line"
    infix = f"{entry.id}/{version}" if by_people else f"{entry.id}/"
    lines = (
        Effect(
            kind, f"{infix}.{number}" if by_people else f"{infix}{number}", "create", amount_minor=line.amount_minor, account=line.account,
            cost_center=line.cost_center, category=line.category, parent_id=entry.id, **columns,
        )
        for number, line in enumerate(entry.lines, 1)
    )  # fmt: skip
    return (head, *lines)


def shelf(name: str, writes: Mapping[str, tuple[Any, str]], reads: Mapping[str, str]) -> SystemType:
    """A type of system for `World.open(types=...)`."""
    return SystemType(name, build=lambda birth: Shelf(birth.instance, writes, reads))


TYPES: Mapping[str, SystemType] = {
    **{entry.type: shelf(entry.type, {}, {}) for entry in load_systems().values() if not entry.service},
    "erp": shelf(
        "erp",
        {
            "erp.grir.create": ("create", "grir_posting"),
            "erp.stock.create": ("create", "stock_posting"),
            "erp.summary.create": ("create", "summary_journal"),
            "erp.hold.create": ("create", "budget_hold"),
            "erp.hold.release": ("update", "budget_hold"),
            "erp.vendor.change": ("actor", "supplier_master"),
            "erp.payment.change": ("actor", "payment"),
            "erp.budget.change": ("actor", "budget_line"),
        },
        {"erp.vendor.read": "supplier_master", "erp.payment.read": "payment", "erp.budget.read": "budget_line"},
    ),
    "procurement": shelf(
        "procurement",
        {
            "procurement.arrival.create": ("actor", "arrival"),
            "procurement.delivery.create": ("actor", "delivery"),
            "procurement.unpriced.create": ("actor", "unpriced_order"),
            "procurement.requisition.create": ("actor", "requisition"),
            "procurement.unpriced.refuse": ("update", "unpriced_order"),
            "procurement.supplier_copy.write": ("update", "supplier_copy"),
            "procurement.payment_news.write": ("update", "payment_news"),
        },
        {"procurement.arrival.read": "arrival", "procurement.delivery.read": "delivery"},
    ),
    "expense": shelf(
        "expense",
        {
            "expense.charge.account": ("actor", "card_charge"),
            "expense.charge.clear": ("update", "card_charge"),
            "expense.holder.write": ("update", "card_holder"),
        },
        {},
    ),
}
