"""The company as one frozen value with its indexes: who belongs where, who approves what, what people draft."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mocks.company import billing, drafts, mappings, paying, receiving
from mocks.company.accounts import account_of
from mocks.company.drafts import Draft
from mocks.company.model import CostCenter, Employee, Entity, Project, Supplier
from mocks.company.new_suppliers import new_supplier
from mocks.company.shapes import PLAIN, Shape, Signers
from mocks.company.streams import Stream

_T = TypeVar("_T")

BUSINESS_START = date(2026, 10, 28)
"""Day on which the world's business clock starts unless it is told otherwise."""


@dataclass(frozen=True)
class Company:
    """Master data of the group. `minted` suppliers and cost centres per entity exist for single experiments."""

    seed: int
    entities: tuple[Entity, ...]
    employees: tuple[Employee, ...]
    suppliers: tuple[Supplier, ...]
    cost_centers: tuple[CostCenter, ...]
    projects: tuple[Project, ...]
    minted: int

    def entity(self, key: str) -> Entity:
        """The entity "US01", "DE01" or "JP01". Raises KeyError."""
        return self._entity_index[key]

    def employee(self, key: str) -> Employee:
        """The employee with this key. Raises KeyError."""
        return self._employee_index[key]

    def suppliers_of(self, entity: str) -> tuple[Supplier, ...]:
        """The suppliers of an entity that may be ordered from, without minted ones."""
        return self._usable_suppliers[entity]

    def cost_centers_of(self, entity: str) -> tuple[CostCenter, ...]:
        """The active cost centres of an entity, without minted ones."""
        return self._usable_centers[entity]

    def minted_supplier(self, entity: str, number: int) -> Supplier:
        """The number-th (from 0) supplier of the entity that no other experiment uses. Raises IndexError when too few were minted."""
        return _minted(self._minted_suppliers[entity], entity, number, "suppliers")

    def minted_cost_center(self, entity: str, number: int) -> CostCenter:
        """The number-th (from 0) cost centre of the entity that no other experiment uses. Raises IndexError when too few were minted."""
        return _minted(self._minted_centers[entity], entity, number, "cost centres")

    def controller(self, entity: str) -> Employee:
        """Who closes periods and blocks suppliers in an entity; `erp_id` is the acting user there."""
        return next(person for person in self.employees if person.entity == entity and person.level == 4)

    def staff(self, entity: str) -> tuple[Employee, ...]:
        """Those of the entity who decide nothing."""
        return self._staff[entity]

    def requester(self, entity: str, key: str, shape: Shape = PLAIN) -> Employee:
        """A staff member of the entity whose documents are signed as the shape says, the same one for the same key."""
        signed_like_that = self._signed_like.get((entity, shape.signers))
        return Stream(self.seed, "requester", entity, key).pick(signed_like_that or self._staff[entity])

    def approval_chain(self, person: Employee, amount_minor: int) -> tuple[Employee, ...]:
        """Who decides: managers upwards, as many as sign for this person, until one whose limit covers the amount; for those who are away
        their delegates. Empty when nobody's limit does."""
        chain: list[Employee] = []
        manager = person.manager
        while manager is not None:
            boss = self.employee(manager)
            chain.append(self.employee(boss.delegate) if boss.delegate else boss)
            if len(chain) >= person.signatures and (boss.limit_minor is None or boss.limit_minor >= amount_minor):
                return tuple(chain)
            manager = boss.manager
        return ()

    def _centers(self, entity: str, stream: Stream) -> tuple[CostCenter, ...]:
        """What a document is for: one cost centre, and every other time a second one that shares it."""
        first, second = stream.pick(self.cost_centers_of(entity)), stream.pick(self.cost_centers_of(entity))
        return (first, second) if stream.below(2) == 0 else (first,)

    def draft_requisition(
        self,
        entity: str,
        key: str,
        amount_minor: int,
        *,
        supplier: Supplier | None = None,
        cost_center: CostCenter | None = None,
        on: date = BUSINESS_START,
        shape: Shape = PLAIN,
    ) -> Draft:
        """What an employee of the entity types into procurement; `key` (the transaction id) names the stream of its choices."""
        house = self.entity(entity)
        stream = Stream(self.seed, "requisition", entity, key)
        requester = self.requester(entity, key, shape)
        centers = (cost_center,) if cost_center else self._centers(entity, stream)
        projects = [project.procurement_id for project in self.projects if project.entity == entity and project.active]
        body = drafts.requisition_body(
            house,
            stream,
            amount_minor,
            supplier=supplier or stream.pick(self.suppliers_of(entity)),
            cost_centers=centers,
            projects=(stream.pick(projects), None) if stream.below(4) == 0 else (None,),
            on=on,
            shape=shape,
        )
        approvers = drafts.chain_ids(self.approval_chain(requester, amount_minor), "procurement")
        keys = _given(supplier, cost_center)
        return Draft("procurement", "requisition", entity, requester.procurement_id, body, approvers, amount_minor, house.currency, keys)

    def draft_expense_report(
        self,
        entity: str,
        key: str,
        amount_minor: int,
        *,
        cost_center: CostCenter | None = None,
        payment_type: str | None = None,
        on: date = BUSINESS_START,
        shape: Shape = PLAIN,
    ) -> Draft:
        """What an employee of the entity types into the expense system; `amount_minor` is gross. `payment_type` None = mixed."""
        house = self.entity(entity)
        stream = Stream(self.seed, "expense", entity, key)
        requester = self.requester(entity, key, shape)
        centers = (cost_center,) if cost_center else self._centers(entity, stream)
        body = drafts.expense_body(house, stream, amount_minor, cost_centers=centers, payment_type=payment_type, on=on, shape=shape)
        approvers = drafts.chain_ids(self.approval_chain(requester, amount_minor), "expense")
        keys = _given(None, cost_center)
        return Draft("expense", "expense_report", entity, requester.expense_id, body, approvers, amount_minor, house.currency, keys)

    def draft_receipt(
        self,
        entity: str,
        key: str,
        amount_minor: int,
        *,
        supplier: Supplier | None = None,
        cost_center: CostCenter | None = None,
        on: date = BUSINESS_START,
        shape: Shape = PLAIN,
    ) -> Draft:
        """What an employee of the entity types into procurement when goods came; `amount_minor` is what they are worth. A buyer types the
        order before (`Draft.before`)."""
        house, stream = self.entity(entity), Stream(self.seed, "receipt", entity, key)
        receiver, buyer = self.requester(entity, key, shape), self.requester(entity, f"{key}/buyer")
        centers = (cost_center,) if cost_center else self._centers(entity, stream)
        projects = [project for project in self.projects if project.entity == entity and project.active]
        seller = supplier or stream.pick(self.suppliers_of(entity))
        coded = (stream.pick(projects).procurement_id, None) if stream.below(4) == 0 else (None,)
        asked = drafts.requisition_body(
            house, stream, amount_minor, supplier=seller, cost_centers=centers, projects=coded, on=on, shape=shape
        )
        lines = receiving.delivered(stream, house, asked["lines"], centers, projects)
        chain = self.approval_chain(buyer, sum(line.minor for line in lines))
        numbers = receiving.line_numbers(stream, len(lines))
        purchase = receiving.Purchase(house, seller, buyer, chain, receiving.ordered_on(stream, on), lines, numbers)
        return Draft(
            system="procurement",
            document="receipt",
            entity=entity,
            actor=receiver.procurement_id,
            body=receiving.receipt_body(purchase, asked["title"]),
            approvers=(),
            amount_minor=amount_minor,
            currency=house.currency,
            keys=_given(supplier, cost_center),
            before=receiving.preparations(purchase),
        )

    def draft_payment_run(
        self,
        entity: str,
        key: str,
        amount_minor: int,
        *,
        cost_center: CostCenter | None = None,
        on: date = BUSINESS_START,
        shape: Shape = PLAIN,
    ) -> Draft:
        """What a treasurer of the entity types into the ERP to pay supplier invoices; `amount_minor` is what leaves the bank.
        A clerk enters the invoices before (`Draft.before`)."""
        house, stream = self.entity(entity), Stream(self.seed, "payment run", entity, key)
        treasurer, clerk = self.requester(entity, key, shape), self.requester(entity, f"{key}/clerk")
        centers = (cost_center,) if cost_center else self._centers(entity, stream)
        sellers = self.suppliers_of(entity)
        asked = drafts.requisition_body(
            house, stream, amount_minor, supplier=sellers[0], cost_centers=centers, projects=(None,), on=on, shape=shape
        )
        bills = paying.billed(stream, house, asked["lines"], sellers, centers=centers, on=on)
        chain = self.approval_chain(clerk, sum(bill.gross_minor for bill in bills))
        stack = paying.Stack(house, clerk, chain, on, bills)
        return Draft(
            system="erp",
            document="payment_run",
            entity=entity,
            actor=treasurer.erp_id,
            body=paying.proposal(stack),
            approvers=(self.approval_chain(treasurer, amount_minor)[-1].erp_id,) * 2,  # who approves it issues it
            amount_minor=amount_minor,
            currency=house.currency,
            keys=_given(None, cost_center),
            before=(paying.entry(stack),),
        )

    def draft_invoice(
        self,
        entity: str,
        key: str,
        amount_minor: int,
        *,
        supplier: Supplier | None = None,
        cost_center: CostCenter | None = None,
        on: date = BUSINESS_START,
        shape: Shape = PLAIN,
        serial: int | None = None,
        author: str | None = None,
    ) -> Draft:
        """What a clerk types into procurement when a supplier bills; `amount_minor` is gross. Others order and receive before
        (`Draft.before`). serial: tells it from another one with the same key. author: of one that is keyed already its clerk, who takes no
        goods of the order that it names now either."""
        house, stream = self.entity(entity), Stream(self.seed, "invoice", entity, key)
        clerk = next((each for each in self._staff[entity] if each.procurement_id == author), None) or self.requester(entity, key, shape)
        centers = (cost_center,) if cost_center else self._centers(entity, stream)
        projects = [project for project in self.projects if project.entity == entity and project.active]
        seller = supplier or stream.pick(self.suppliers_of(entity))
        coded = (stream.pick(projects).procurement_id, None) if stream.below(4) == 0 else (None,)
        way, dated = billing.way_of(stream, house, shape), billing.dated_on(stream, on, serial)
        tax = billing.taxed(stream, house, drafts.line_amounts(stream, amount_minor, shape), dated, shape)
        nets = [each.net for each in tax]
        note, asked = drafts.asked_lines(house, stream, nets, cost_centers=centers, projects=coded, shape=shape)
        number = billing.supplier_number(stream, serial)
        bill = billing.Bill(house, seller, number, dated, amount_minor, note, shape.credit)
        before: tuple[drafts.Preparation, ...] = ()
        if way.ordered:
            billed = receiving.delivered(stream, house, asked, centers, projects)
            before = self._bought(stream, bill, way, billing.cheaper(billed, house) if way.dearer else billed, (key, clerk, on))
            body = billing.ordered_body(bill, billed, tax)
        else:
            body = billing.unordered_body(bill, asked, tax)
        return Draft(
            system="procurement",
            document="invoice",
            entity=entity,
            actor=clerk.procurement_id,
            body=body,
            approvers=drafts.chain_ids(self.approval_chain(clerk, amount_minor), "procurement"),
            amount_minor=amount_minor,
            currency=house.currency,
            keys=_given(supplier, cost_center),
            before=before,
            skips=() if way.ordered else ("erp.po.read",),
        )

    def _bought(
        self, stream: Stream, bill: billing.Bill, way: billing.Way, lines: tuple[receiving.Delivered, ...], who: tuple[str, Employee, date]
    ) -> tuple[drafts.Preparation, ...]:
        """What a buyer and the warehouse do before a bill is keyed. who: the key, the clerk (who takes no goods), the business day."""
        key, clerk, on = who
        house = bill.entity
        buyer = self.requester(house.key, f"{key}/buyer")
        receiver = Stream(self.seed, "receiver", house.key, key).pick([each for each in self._staff[house.key] if each != clerk])
        chain = self.approval_chain(buyer, sum(line.minor for line in lines))
        numbers = receiving.line_numbers(stream, len(lines))
        purchase = receiving.Purchase(house, bill.supplier, buyer, chain, receiving.ordered_on(stream, on), lines, numbers)
        orders, registers = receiving.preparations(purchase)
        goods = (billing.goods_receipt(stream, purchase, receiver, on),) if way.received else ()
        return (orders, *goods, registers)

    def draft_supplier_request(
        self, entity: str, key: str, amount_minor: int, *, own: str | None = None, on: date = BUSINESS_START, shape: Shape = PLAIN
    ) -> Draft:
        """What an employee of the entity types who asks for a supplier; amount_minor: to be spent in a year. own: names whom it is about
        where two documents of one key are wanted: no two of them ask for the same supplier."""
        del on  # nothing of it is dated
        house = self.entity(entity)
        stream = Stream(self.seed, "supplier request", entity, key)
        new = new_supplier(house, Stream(self.seed, "new supplier", entity, key, own or key))
        requester = self.requester(entity, key, shape)
        body = drafts.supplier_request_body(house, stream, amount_minor, new=new, shape=shape)
        approvers = drafts.chain_ids(self.approval_chain(requester, amount_minor), "procurement")
        return Draft("procurement", "supplier_request", entity, requester.procurement_id, body, approvers, amount_minor, house.currency, ())

    def names_of_people(self) -> dict[str, str]:
        """What people are called, by their ids in every system; in Latin letters, which every audience can read."""
        found: dict[str, str] = {}
        for person in self.employees:
            found.update(dict.fromkeys((person.procurement_id, person.expense_id, person.erp_id), person.latin_name))
        return found

    def mappings(self) -> dict[str, str]:
        """The crosswalk files: name to CSV text."""
        banks = {each.key: account_of(self.seed, each.country, each.key, each.name) for each in self.entities}
        return mappings.crosswalks(self.entities, self.employees, self.suppliers, self.cost_centers, self.projects, bank_accounts=banks)

    def write_mappings(self, directory: Path) -> None:
        """Write the crosswalk files into a directory, which is made if it is missing."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in self.mappings().items():
            (directory / name).write_text(text, encoding="utf-8", newline="")

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of every record and crosswalk, in hexadecimal."""
        records = {field.name: getattr(self, field.name) for field in fields(self)}
        canonical: Mapping[str, Any] = {**records, "mappings": self.mappings()}
        return hashlib.sha256(msgspec.json.encode(canonical, order="sorted")).hexdigest()

    @cached_property
    def _entity_index(self) -> dict[str, Entity]:
        return {entity.key: entity for entity in self.entities}

    @cached_property
    def _employee_index(self) -> dict[str, Employee]:
        return {person.key: person for person in self.employees}

    @cached_property
    def _staff(self) -> dict[str, tuple[Employee, ...]]:
        return {
            entity.key: tuple(person for person in self.employees if person.entity == entity.key and person.level == 0)
            for entity in self.entities
        }

    @cached_property
    def _signed_like(self) -> dict[tuple[str, Signers | None], tuple[Employee, ...]]:
        """The staff by what their managers are like."""
        found: dict[tuple[str, Signers | None], tuple[Employee, ...]] = {(entity, None): staff for entity, staff in self._staff.items()}
        for entity, staff in self._staff.items():
            for person in staff:
                like = entity, Signers(person.signatures, self._has_delegate(person))
                found[like] = (*found.get(like, ()), person)
        return found

    def _has_delegate(self, person: Employee) -> bool:
        boss, steps = person, 0
        while boss.manager is not None and steps < person.signatures:
            boss, steps = self.employee(boss.manager), steps + 1
            if boss.delegate:
                return True
        return False

    @cached_property
    def _usable_suppliers(self) -> dict[str, tuple[Supplier, ...]]:
        usable = [supplier for supplier in self.suppliers if supplier.active and not supplier.purchasing_block and not supplier.minted]
        return {entity.key: tuple(supplier for supplier in usable if supplier.entity == entity.key) for entity in self.entities}

    @cached_property
    def _usable_centers(self) -> dict[str, tuple[CostCenter, ...]]:
        usable = [center for center in self.cost_centers if center.active and center.valid_to is None and not center.minted]
        return {entity.key: tuple(center for center in usable if center.entity == entity.key) for entity in self.entities}

    @cached_property
    def _minted_suppliers(self) -> dict[str, tuple[Supplier, ...]]:
        made = [supplier for supplier in self.suppliers if supplier.minted]
        return {entity.key: tuple(supplier for supplier in made if supplier.entity == entity.key) for entity in self.entities}

    @cached_property
    def _minted_centers(self) -> dict[str, tuple[CostCenter, ...]]:
        made = [center for center in self.cost_centers if center.minted]
        return {entity.key: tuple(center for center in made if center.entity == entity.key) for entity in self.entities}


def _minted(made: tuple[_T, ...], entity: str, number: int, noun: str) -> _T:
    if not 0 <= number < len(made):
        raise IndexError(f"{noun} of {entity}: number {number} of {len(made)} minted; generate the company with a larger `minted`")
    return made[number]


def _given(supplier: Supplier | None, cost_center: CostCenter | None) -> tuple[tuple[str, str], ...]:
    keys = [("supplier", supplier.erp_id)] if supplier else []
    return tuple(keys + ([("cost_center", cost_center.erp_id)] if cost_center else []))
