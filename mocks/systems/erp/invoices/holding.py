"""What becomes of an invoice while its holds come and go: posted once none keeps it out of the books, to be paid once none is left."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mocks.kit.operation import Call, Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.clearing import GR_IR
from mocks.systems.erp.core import Erp, update_effect
from mocks.systems.erp.documents.goods_receipt import KIND as RECEIPTS
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.bill import read_bill
from mocks.systems.erp.invoices.book import DOCUMENT
from mocks.systems.erp.invoices.holds import RULES, Finding, Hold, hold_effect, status_for
from mocks.systems.erp.invoices.matching import Match, Matcher
from mocks.systems.erp.invoices.models import HoldCode, ReleaseHold
from mocks.systems.erp.invoices.posting import book, check_postable, entries_of

Done = tuple[Document, tuple[Effect, ...]]
STEPS = {("parked", "posted"): "post", ("parked", "on_hold"): "block", ("on_hold", "posted"): "release", ("posted", "on_hold"): "hold"}
OF_RECEIPTS: frozenset[HoldCode] = frozenset({"NO_RECEIPT", "QTY_REC", "SUPPLIER_BLOCK"})
"""What may be found of an invoice that is in the books already: goods that went back, a supplier that was blocked. The other checks are
about the moment in which it came."""


class Holding:
    """Of the supplier invoices of one ERP."""

    def __init__(self, erp: Erp, matcher: Matcher) -> None:
        self._erp = erp
        self._matcher = matcher
        self._holds = erp.invoices.holds

    def first(self, call: Call, number: str, company_code: str, findings: Sequence[Finding]) -> tuple[Effect, ...]:
        """The holds with which it begins."""
        raised = [self._holds.raise_hold(number, finding, call.now) for finding in findings]
        return tuple(hold_effect(hold, company_code) for hold in raised)

    def rematch(self, call: Call, document: Document) -> Done:
        """Compare again; raises whatever refuses its posting."""
        if document.status == "parked":
            return self._rematch_parked(call, document, self._ready(call, document))
        return self._settle(call, document, self._sync(call, document, self._matcher.recheck(document), may_raise=OF_RECEIPTS))

    def _ready(self, call: Call, document: Document) -> Match:
        """A parked one as it would be posted today. Raises whatever refuses that, before anything changed."""
        erp = self._erp
        on = erp.periods.first_open_day(document.company_code, document.posting_date, document.of.module, call.now.date())
        match = self._matcher.match(read_bill(erp.master, erp.rates, document.request, on), document.number, call.now)
        check_postable(erp, match.bill, match)
        return match

    def _rematch_parked(self, call: Call, document: Document, match: Match, told: Sequence[Effect] = ()) -> Done:
        found = self._sync(call, document, match.findings, may_raise=frozenset(RULES))
        return self._settle(call, document, [*told, *found], match)

    def _sync(self, call: Call, document: Document, findings: Sequence[Finding], may_raise: frozenset[HoldCode]) -> list[Effect]:
        """Holds follow what was found; one that a person raised, or released, stays as it is."""
        found = {(each.code, each.line_no): each for each in findings}
        told: list[Hold] = []
        for hold in self._holds.open_of(document.number):
            if hold.code != "MANUAL" and found.pop((hold.code, hold.line_no), None) is None:
                told.append(self._holds.release(hold, call.now, "its cause is gone"))
        for finding in found.values():
            if finding.code in may_raise and not self._holds.was_released_by_hand(document.number, finding):
                told.append(self._holds.raise_hold(document.number, finding, call.now))
        return [hold_effect(hold, document.company_code) for hold in told]

    def _settle(self, call: Call, document: Document, told: Sequence[Effect], match: Match | None = None) -> Done:
        """The status that its open holds give it. match: of a parked one, which is booked with it."""
        codes = [hold.code for hold in self._holds.open_of(document.number)]
        after = status_for(codes, self._erp.master.companies[document.company_code].matching)
        if document.status != "parked":
            after = "on_hold" if codes else "posted"
            self._erp.payables.set_blocks(document.number, frozenset(codes))
        if after == document.status:
            return self._changed(call, document, told)
        document.step(STEPS[document.status, after])
        if match is None:
            changed = self._erp.documents.change(document, status=after, updated_at=call.now)
            return changed, (*told, update_effect(changed, call.if_match))
        changed = self._erp.documents.change(
            document, status=after, posting_date=match.bill.on, entries=entries_of(match, document.number), updated_at=call.now
        )
        return changed, (*told, update_effect(changed, call.if_match), *self.enter(call, changed, match))

    def _changed(self, call: Call, document: Document, told: Sequence[Effect]) -> Done:
        if not told:
            return document, ()
        changed = self._erp.documents.change(document, updated_at=call.now)
        return changed, (*told, update_effect(changed, call.if_match))

    def enter(self, call: Call, document: Document, match: Match) -> tuple[Effect, ...]:
        """Book it, block its payment while it is held, and look at the others that bill the same: a credit lifts their holds."""
        booked = book(self._erp, document, match)
        self._erp.payables.set_blocks(document.number, frozenset(hold.code for hold in self._holds.open_of(document.number)))
        return (*booked, *self.follow(call, match.positions, apart_from=document.number))

    # --- what others do

    def follow(self, call: Call, items: Iterable[str], apart_from: str = "") -> tuple[Effect, ...]:
        """Something happened to these order lines: every invoice of theirs is compared again."""
        numbers = dict.fromkeys(number for item in items for number in self._erp.invoices.about(item))
        return self._rematch_all(call, [number for number in numbers if number != apart_from])

    def goods_moved(self, call: Call, document: Document) -> tuple[Effect, ...]:
        """A receipt was posted or taken back, or what is on GR/IR written off."""
        items = dict.fromkeys(entry.item for entry in document.entries if entry.account == GR_IR and entry.item)
        if document.kind == RECEIPTS.name:
            for item in items:
                self._erp.invoices.receivers[item].add(document.request.received_by)
        return self.follow(call, items)

    def supplier_changed(self, call: Call, vendor_id: str) -> tuple[Effect, ...]:
        """A block of a supplier was set or lifted."""
        company = self._erp.vendor(vendor_id)[0].company_code
        posted = [item.document for item in self._erp.payables.of(company) if item.vendor_id == vendor_id]
        parked = [number for number, vendor in self._erp.invoices.parked.items() if vendor == vendor_id]
        return self._rematch_all(call, [*posted, *parked])

    def reopened(self, call: Call, documents: Sequence[str]) -> tuple[Effect, ...]:
        """They were paid, and are not any more: what happened meanwhile holds them now."""
        return self._rematch_all(call, [number for number in documents if number in self._erp.invoices.live])

    def _rematch_all(self, call: Call, numbers: Sequence[str]) -> tuple[Effect, ...]:
        call = replace(call, if_match=None)  # it named a version of what the call is about, which is none of these
        effects: list[Effect] = []
        for number in numbers:
            document = self._erp.documents.get(DOCUMENT, number)
            item = self._erp.payables.get(number)
            if document.status != "parked" and not (document.status in {"posted", "on_hold"} and item is not None and item.open_minor):
                continue
            try:
                effects += self.rematch(call, document)[1]
            except Refusal:  # it still cannot be posted: it stays parked, as it was
                continue
        return tuple(effects)

    # --- people

    def hold(self, call: Call, document: Document, reason: str) -> Done:
        """MANUAL: kept from being paid until somebody else lifts it. Raises INVALID_TRANSITION, SEGREGATION_OF_DUTIES."""
        rules.check_employee(self._erp.master, call.actor)
        if any(hold.code == "MANUAL" for hold in self._of_live(document)):
            raise _impossible(document, "it is held by hand already")
        hold = self._holds.raise_hold(document.number, Finding("MANUAL", None, reason), call.now, call.actor)
        return self._settle(call, document, [hold_effect(hold, document.company_code)])

    def release(self, call: Call, document: Document, asked: ReleaseHold) -> Done:
        """A person answers for it. Raises INVALID_TRANSITION, SEGREGATION_OF_DUTIES, LIMIT_EXCEEDED."""
        actor = rules.check_employee(self._erp.master, call.actor)
        wanted = [hold for hold in self._of_live(document) if hold.code == asked.code and asked.line_no in {None, hold.line_no}]
        if not wanted:
            raise _impossible(document, f"it has no open hold {asked.code}")
        if not RULES[asked.code].by_hand:
            raise _impossible(document, f"{asked.code} goes away with its cause only")
        if actor == document.request.entered_by or actor in {hold.raised_by for hold in wanted}:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor} entered or held {document.number} and cannot release it")
        if asked.code == "FUNDS":
            rules.check_authority(self._erp.master, actor, abs(document.amount_minor))
        match = self._ready(call, document) if document.status == "parked" else None
        told = [hold_effect(self._holds.release(hold, call.now, asked.reason, actor), document.company_code) for hold in wanted]
        return self._settle(call, document, told) if match is None else self._rematch_parked(call, document, match, told)

    def close(self, call: Call, document: Document, reason: str) -> tuple[Effect, ...]:
        """It stands for nothing any more, so nothing holds it."""
        released = [self._holds.release(hold, call.now, reason) for hold in self._holds.open_of(document.number)]
        return tuple(hold_effect(hold, document.company_code) for hold in released)

    def _of_live(self, document: Document) -> tuple[Hold, ...]:
        item = self._erp.payables.get(document.number)
        if document.status not in {"parked", "on_hold", "posted"} or (item is not None and not item.open_minor):
            raise _impossible(document, "nothing holds it")
        return self._holds.open_of(document.number)


def _impossible(document: Document, why: str) -> Refusal:
    return Refusal("INVALID_TRANSITION", f"{DOCUMENT} {document.number} is {document.status}: {why}", current_status=document.status)
