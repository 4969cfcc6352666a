"""What a close looks at, from reconciliation.json: reconciliations with their breaks, GR/IR by age, accruals, and exceptions by flow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.catalog import Catalog
from reports.facts import Table
from reports.fields import Record, count, rows, table, text, whole
from reports.money import amounts_of, amounts_text, decimal, money_text
from reports.words import DASH, word

BREAKS_MAX = 60
AGED_MAX = 60
TOLD_MAX = 10  # on a terminal
AGES: Mapping[str, str] = {
    "days_0_30": "0\u201330 days",
    "days_31_60": "31\u201360 days",
    "days_61_90": "61\u201390 days",
    "days_over_90": "over 90 days",
}
NOBODY = "nobody in particular"
OPEN_ENDS = frozenset({"parked", "lost", "open", "behind", "unanswered"})  # ends of transactions that somebody has to look at


@dataclass(frozen=True, slots=True)
class BreakLine:
    """One key of which two sides say different things."""

    key: str
    txn_id: str
    flow: str
    owner: str
    left: str
    right: str
    difference: str
    age: str


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """One reconciliation; status as in reconciliation.json."""

    title: str
    left: str
    right: str
    status: str
    tone: str
    compared: int
    breaks: int
    difference: str
    lines: tuple[BreakLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One document that is approved and not booked."""

    key: str
    txn_id: str
    owner: str
    state: str
    amount: str
    age: str


@dataclass(frozen=True, slots=True)
class ClosingSection:
    """Everything that the page shows of it. gr_ir_said, accruals_said: in a sentence."""

    as_of: str
    error: str
    reconciliations: tuple[ReconciliationLine, ...]
    gr_ir_said: str
    ageing: Table | None
    aged: Table | None
    aged_left_out: int
    accruals_said: str
    accruals: Table | None
    waiting: tuple[Waiting, ...]
    exceptions: Table | None


def closing_section(closing: Record | None, verdict: Record, catalog: Catalog) -> ClosingSection | None:
    """None where the run has no reconciliation.json."""
    if not closing:
        return None
    gr_ir, accruals = table(closing, "gr_ir"), table(closing, "accruals")
    aged = rows(gr_ir, "rows")
    return ClosingSection(
        as_of=text(closing, "as_of").replace("T", " ")[:19],
        error=text(closing, "error"),
        reconciliations=tuple(_reconciliation(row, catalog) for row in rows(closing, "reconciliations")),
        gr_ir_said=_gr_ir_said(gr_ir),
        ageing=_ageing(gr_ir) if aged else None,
        aged=_aged(aged[:AGED_MAX]) if aged else None,
        aged_left_out=max(0, whole(gr_ir, "open") - AGED_MAX),
        accruals_said=_accruals_said(accruals),
        accruals=_accruals(accruals),
        waiting=tuple(_waiting(row) for row in rows(table(accruals, "approved_not_posted"), "documents")[:AGED_MAX]),
        exceptions=_exceptions(closing, verdict, catalog),
    )


def _reconciliation(row: Record, catalog: Catalog) -> ReconciliationLine:
    status = text(row, "status", "error")
    found = rows(row, "rows")
    return ReconciliationLine(
        title=text(row, "title"),
        left=text(row, "left"),
        right=text(row, "right"),
        status=status,
        tone={"agrees": "ok", "breaks": "violated"}.get(status, "vacuous"),
        compared=whole(row, "compared"),
        breaks=whole(row, "breaks"),
        difference=amounts_text(amounts_of(row, "difference")),
        lines=tuple(_break(each, catalog) for each in found[:BREAKS_MAX]),
        left_out=max(0, whole(row, "breaks") - min(len(found), BREAKS_MAX)),
    )


def _break(row: Record, catalog: Catalog) -> BreakLine:
    return BreakLine(
        key=text(row, "key"),
        txn_id=text(row, "txn_id"),
        flow=_title(text(row, "flow"), catalog),
        owner=text(row, "owner", NOBODY),
        left=_side(row, "left"),
        right=_side(row, "right"),
        difference=_money(row, "difference"),
        age=_age(row),
    )


def _side(row: Record, name: str) -> str:
    return " · ".join(said for said in (text(row, f"{name}_word"), _money(row, name)) if said) or "nothing"


def _money(row: Record, name: str) -> str:
    amount = decimal(row.get(name))
    return "" if amount is None else money_text(amount, text(row, "currency"))


def _age(row: Record) -> str:
    return count(whole(row, "age_days"), "day") if row.get("age_days") is not None else DASH


def _title(flow: str, catalog: Catalog) -> str:
    return catalog.flows[flow].title if flow in catalog.flows else flow or DASH


def _gr_ir_said(gr_ir: Record) -> str:
    lines, still = whole(gr_ir, "lines"), whole(gr_ir, "open")
    if not lines:
        return "Nothing to compare: no order line ever had anything on GR/IR."
    return f"{still:,} of {count(lines, 'order line')} that were received or invoiced have something on GR/IR."


def _ageing(gr_ir: Record) -> Table:
    total = table(gr_ir, "total")
    held = {name: amounts_of(total, name) for name in ("balance_minor", *AGES)}
    lines = tuple(
        (currency, *(money_text(held[name].get(currency, Decimal(0)), currency) for name in held)) for currency in held["balance_minor"]
    )
    return Table(("currency", "received less invoiced", *AGES.values()), lines)


def _aged(found: Iterable[Record]) -> Table:
    lines = tuple(
        (
            text(row, "key"),
            text(row, "party", DASH),
            text(row, "owner", NOBODY),
            _money(row, "balance"),
            *(_money(row, name) if decimal(row.get(name)) else "" for name in AGES),
            text(row, "oldest_on"),
            _age(row),
        )
        for row in found
    )
    return Table(("order line", "supplier", "owner", "received less invoiced", *AGES.values(), "oldest posting", "age"), lines)


def _accruals_said(accruals: Record) -> str:
    said = {
        "nothing to compare": "Nothing to compare: nothing was received, and nothing was approved that becomes a cost.",
        "none": "Nothing is to be accrued: what was received is invoiced, and what is approved is posted.",
    }
    return said.get(text(accruals, "status"), "")


def _accruals(accruals: Record) -> Table | None:
    names = {"received_not_invoiced": "received, not invoiced (stands on GR/IR)", "approved_not_posted": "approved, not posted"}
    lines = tuple(
        (said, f"{whole(table(accruals, name), 'rows'):,}", amounts_text(amounts_of(table(accruals, name), "total")) or DASH)
        for name, said in names.items()
    )
    return Table(("accrual", "items", "value, net of tax"), lines) if text(accruals, "status") == "open" else None


def _waiting(row: Record) -> Waiting:
    return Waiting(
        text(row, "key"), text(row, "txn_id"), text(row, "owner", NOBODY), word(text(row, "state")), _money(row, "amount"), _age(row)
    )


def _exceptions(closing: Record, verdict: Record, catalog: Catalog) -> Table | None:
    """By flow: what is open there, how old the oldest of it is, what it is worth, and where it goes by the flow's declaration."""
    ends: dict[str, int] = {}
    for row in rows(verdict, "by_experiment"):
        if text(row, "role") != "solo" and text(row, "outcome") in OPEN_ENDS:
            ends[text(row, "flow")] = ends.get(text(row, "flow"), 0) + 1
    breaks = [each for one in rows(closing, "reconciliations") for each in rows(one, "rows")]
    waiting = rows(table(table(closing, "accruals"), "approved_not_posted"), "documents")
    flows = [flow for flow in catalog.flows if flow in ends or any(text(row, "flow") == flow for row in (*breaks, *waiting))]
    lines = []
    for flow in flows:
        mine = [row for row in breaks if text(row, "flow") == flow]
        late = [row for row in waiting if text(row, "flow") == flow]
        oldest = max((whole(row, "age_days") for row in (*mine, *late)), default=None)
        lines.append(
            (
                catalog.flows[flow].title,
                catalog.flows[flow].owner,
                f"{ends.get(flow, 0):,}",
                f"{len(mine):,}",
                f"{len(late):,}",
                DASH if oldest is None else count(oldest, "day"),
                amounts_text(_worth(mine, late)) or DASH,
                catalog.flows[flow].exception_path,
            )
        )
    header = ("business process", "owner", "parked or unfinished", "breaks", "approved, not posted", "oldest", "value", "goes to")
    return Table(header, tuple(lines)) if lines else None


def _worth(breaks: Iterable[Record], waiting: Iterable[Record]) -> dict[str, Decimal]:
    """The larger of the two by document, for both may speak of one."""
    found: dict[tuple[str, str], Decimal] = {}
    for name, some in (("difference", breaks), ("amount", waiting)):
        for row in some:
            amount, key = decimal(row.get(name)), (text(row, "key"), text(row, "currency"))
            if amount is not None and key[1]:
                found[key] = max(abs(amount), found.get(key, Decimal(0)))
    total: dict[str, Decimal] = {}
    for (_, currency), amount in found.items():
        total[currency] = total.get(currency, Decimal(0)) + amount
    return total


def closing_text(closing: Record, catalog: Catalog) -> str:
    """The same for a terminal: every reconciliation with its first breaks, then GR/IR and accruals in a line each."""
    found = closing_section(closing, {}, catalog)
    if found is None or found.error:
        return f"nothing could be reconciled: {found.error if found else 'there is nothing'}"
    said = [f"as of {found.as_of} of the world's own time", ""]
    for one in found.reconciliations:
        counted = f"{one.compared:,} compared" + (f", {count(one.breaks, 'break')}: {one.difference}" if one.breaks else "")
        said.append(f"{one.status:<20}{one.title}" + (f" ({counted})" if one.compared else ""))
        said += [
            f"  {line.key}: {one.left} {line.left}, {one.right} {line.right}; {line.age}, {line.owner}" for line in one.lines[:TOLD_MAX]
        ]
        said += [f"  and {one.breaks - TOLD_MAX:,} more, with --json"] if one.breaks > TOLD_MAX else []
    said += ["", found.gr_ir_said]
    ages = found.ageing.header[1:] if found.ageing is not None else ()
    said += ["  " + ", ".join(f"{age} {value}" for age, value in zip(ages, line[1:], strict=True)) for line in _of(found.ageing)]
    said += [found.accruals_said] if found.accruals_said else []
    said += [f"{line[0]}: {line[1]}, {line[2]}" for line in _of(found.accruals)]
    return "\n".join(said)


def _of(some: Table | None) -> tuple[tuple[str, ...], ...]:
    return some.lines if some is not None else ()
