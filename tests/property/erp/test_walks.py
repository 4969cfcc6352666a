"""Random walks over the ERP: whatever people and connectors do, the books stay right."""

from collections import Counter
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp import models
from mocks.systems.erp.documents.store import Document
from tests.unit.company.play import COMPANY, World, invoice_body, journal_body, order_body

CREATES = {"erp.po.create": order_body, "erp.ap_invoice.create": invoice_body, "erp.journal.create": journal_body}
UNDO = {"purchase_order": "erp.po.cancel", "ap_invoice": "erp.ap_invoice.void", "journal_entry": "erp.journal.reverse"}
COMPANIES = {entity.erp_company: entity.key for entity in COMPANY.entities}

references = st.sampled_from(["r1", "r2", "r3", None])
entities = st.sampled_from(["US01", "DE01", "JP01"])
steps = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(sorted(CREATES)), entities, references),
    st.tuples(st.just("undo"), st.integers(0, 30), st.integers(0, 3)),
    st.tuples(st.just("jobs")),
    st.tuples(st.just("period"), st.sampled_from(["close", "reopen"]), entities, st.sampled_from(["PO", "AP", "GL"])),
    st.tuples(st.just("block"), st.booleans()),
)


def play(world: World, step: tuple[Any, ...]) -> None:
    """One step; refusals are answers."""
    actor = COMPANY.controller("US01").erp_id
    try:
        match step:
            case "create", call_point, entity, reference:
                world.call(call_point, CREATES[call_point](entity, external_ref=reference))
            case "undo", choice, version:
                documents = list(world.erp.core.documents)
                if documents:
                    chosen: Document = documents[choice % len(documents)]
                    world.call(UNDO[chosen.kind], {"reason": "x"}, path={"number": chosen.number}, if_match=version or None)
            case ("jobs",):
                world.finish_jobs()
            case "period", change, entity, module:
                body = {"company_code": COMPANY.entity(entity).erp_company, "period": "2026-10", "module": module, "reason": "x"}
                world.call(f"erp.period.{change}", body, actor=actor)
            case "block", on:
                vendor = {"vendor_id": COMPANY.suppliers_of("US01")[0].erp_id}
                world.call("erp.supplier.block", {"block": "purchasing", "on": on}, path=vendor, actor=actor)
    except Refusal:
        pass


def check_books(world: World) -> None:
    """Each journal balances, each ledger adds up to zero, control accounts equal their open items."""
    core = world.erp.core
    for journal in core.ledger.journals:
        assert sum(entry.amount_minor for entry in journal.entries) == 0
    for company in COMPANIES:
        for ledger in ("actual", "memo"):
            totals = core.ledger.totals(company, ledger, None)
            assert sum(debit for _, debit, _ in totals) == sum(credit for _, _, credit in totals)
        for account in core.ledger.control_accounts:
            assert core.ledger.balance(company, account) == sum(core.ledger.open_items(company, account).values())


def check_documents(world: World) -> None:
    """One effect for each reference; every status is one that the tables reach; live documents and ledger agree."""
    creates = Counter((each.entity_type, each.ext_ref) for each in world.effects if each.effect == "create" and each.ext_ref)
    assert all(count == 1 for (kind, _), count in creates.items() if kind != "posting_job")
    encumbered: Counter[str] = Counter()
    for document in world.erp.core.documents:
        reachable = {"created" if document.kind == "purchase_order" else "accepted", "reversal", *document.of.transitions.values()}
        assert document.status in reachable
        if document.status == "created":
            encumbered[document.company_code] += document.amount_minor
    for company in COMPANIES:
        assert world.erp.core.ledger.balance(company, "9200") == encumbered[company]


def check_history(world: World) -> None:
    """The ledger can be rebuilt from the effects alone, and versions of a document count up by one."""
    rebuilt: Counter[tuple[str, str]] = Counter()
    versions: dict[tuple[str, str], int] = {}
    for each in world.effects:
        if each.entity_type == "journal_line":
            rebuilt[each.company or "", each.account or ""] += each.amount_minor or 0
        elif each.entity_type == "purchase_order":
            key = (each.entity_type, each.entity_id)
            assert each.version == versions.get(key, 0) + 1
            versions[key] = each.version
    for (company, account), amount in rebuilt.items():
        assert world.erp.core.ledger.balance(company, account) == amount


@pytest.mark.requirement("R01.01")
@settings(max_examples=60)
@given(st.lists(steps, max_size=40))
def test_any_walk_leaves_the_books_right(walk: list[tuple[Any, ...]]) -> None:
    """Balanced after every step, whatever was refused on the way."""
    world = World()
    for step in walk:
        play(world, step)
        check_books(world)
    check_documents(world)
    check_history(world)


def bodies(kind: Any) -> Any:
    """Bodies as the OpenAPI document of the wire struct allows them."""
    day, amount = st.from_regex(models.DAY_PATTERN), st.from_regex(r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,3})?$")
    text = st.text(max_size=5)
    center = st.sampled_from(["1", COMPANY.cost_centers_of("US01")[0].erp_id])
    shared = {"line_no": st.integers(1, 9), "text": text, "cost_center": center}
    order_line = {"quantity": st.sampled_from(["1", "0.5", "3"]), "unit_price": amount, "amount": amount}
    invoice_line = {"net_amount": amount, "tax_amount": amount, "payment_type": st.sampled_from(["employee_paid", "company_card"])}
    accounts = st.sampled_from(["5400", "5100", "1", "2000"])
    own_line = order_line if kind == "purchase_order" else invoice_line
    line = st.fixed_dictionaries({**shared, **own_line, "gl_account": accounts})
    own = order_body() if kind == "purchase_order" else invoice_body()
    dates = ("document_date",) if kind == "purchase_order" else ("document_date", "posting_date")
    return st.fixed_dictionaries(
        {
            **{name: st.just(value) for name, value in own.items()},
            **{name: st.one_of(st.just("20261028"), day) for name in dates},
            "lines": st.lists(line, min_size=1, max_size=3),
            "total": amount,
            "currency": st.sampled_from(["USD", "EUR", "ZZZ"]),
            "company_code": st.sampled_from(["1000", "3000", "zzz"]),
        }
    )


@settings(max_examples=100)
@given(st.data(), st.sampled_from(["purchase_order", "ap_invoice"]))
def test_whatever_the_schema_allows_is_accepted_or_refused_with_a_declared_code(data: Any, kind: str) -> None:
    """Never an exception that is no refusal."""
    call_point = {"purchase_order": "erp.po.create", "ap_invoice": "erp.ap_invoice.create"}[kind]
    world = World()
    body = data.draw(bodies(kind))
    try:
        decoded = msgspec.convert(body, world.operations[call_point].request)
    except msgspec.ValidationError:
        return  # from_regex lets a line feed pass after $
    world.operations[call_point].refs(replace(world.bare(), body=decoded))
    world.refused(call_point, body)
