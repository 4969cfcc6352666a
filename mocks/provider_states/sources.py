"""States of the two source systems: requisitions and expense reports in every status, played by the people who lead there."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from mocks.company import Draft
from mocks.kit.operation import Refusal
from mocks.provider_states.stage import Name, Parameters, Stage, State, Values

Version = Annotated[int, Meta(ge=1, le=50)]
ENTITY_OF_HOUSE = {"ACME-US": "US01", "ACME-DE": "DE01", "ACME-JP": "JP01", "10": "US01", "20": "DE01", "30": "JP01"}
AMOUNT_MINOR = 98_000
WHY = "provider state"


class RequisitionGiven(Parameters, frozen=True, kw_only=True):
    """A requisition; without `id` one is drawn and answered. `erp_order_number`: what an ordered one carries."""

    id: Name | None = None
    status: Literal["draft", "pending_approval", "approved", "rejected", "returned", "withdrawn", "cancelled", "ordered", "refused"] = (
        "approved"
    )
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None
    erp_order_number: Name = "4500012345"


class ReportGiven(Parameters, frozen=True, kw_only=True):
    """An expense report; without `report_id` one is drawn and answered. `erp_document`: what a posted one carries."""

    report_id: Name | None = None
    state: Literal["draft", "pending_manager", "approved", "sent_back", "recalled", "posted", "on_hold"] = "approved"
    entity_code: Literal["10", "20", "30"] = "10"
    version: Version | None = None
    erp_document: Name = "1900012345"


class RequisitionGone(Parameters, frozen=True, kw_only=True):
    """The id that no requisition has."""

    id: Name = "REQ-EXAMPLE-00000404"


class ReportGone(Parameters, frozen=True, kw_only=True):
    """The id that no report has."""

    report_id: Name = "ER-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state of the source systems."""
    gone = "nobody has this id (so it is in every state; for readers)"
    return (
        State(
            "a requisition exists",
            "in this status, with the events that led there; `erp_order_number` is what an ordered one carries",
            RequisitionGiven,
            _requisition,
        ),
        State("there is no requisition", gone, RequisitionGone, lambda _stage, given: {"id": given.id}),
        State(
            "an expense report exists",
            "in this state, with the events that led there; `erp_document` is what a posted one carries",
            ReportGiven,
            _report,
        ),
        State("there is no expense report", gone, ReportGone, lambda _stage, given: {"report_id": given.report_id}),
    )


class _Play:
    """The people around one document, up to the point that a state needs."""

    def __init__(self, stage: Stage, draft: Draft, prefix: str, member: str) -> None:
        self._stage = stage
        self._draft = draft
        self._prefix = prefix
        self.path: Mapping[str, str] = {}
        record = stage.act(f"{prefix}.create", actor=draft.actor, body=draft.body)
        self.source_id = str(getattr(record, member))
        self.path = {member: self.source_id}

    def by_author(self, verb: str) -> None:
        """The person who wrote the document acts."""
        self._stage.act(f"{self._prefix}.{verb}", actor=self._draft.actor, path=self.path, body={})

    def by_approver(self, verb: str, **body: str) -> None:
        """The last approver acts."""
        self._stage.act(f"{self._prefix}.{verb}", actor=self._draft.approvers[-1], path=self.path, body=body)

    def approve(self) -> None:
        """Everybody approves."""
        for approver in self._draft.approvers:
            self._stage.act(f"{self._prefix}.approve", actor=approver, path=self.path, body={})

    def by_connector(self, verb: str, **body: Any) -> None:
        """What a connector reports back."""
        self._stage.perform(f"{self._prefix}.{verb}", path=self.path, body=body)


def _requisition(stage: Stage, given: RequisitionGiven) -> Values:
    desk = stage.procurement.desk
    _refuse_taken(given.id, desk.requisitions)
    draft = stage.company.draft_requisition(ENTITY_OF_HOUSE[given.legal_entity], given.id or WHY, AMOUNT_MINOR)
    desk.wanted = given.id
    play = _Play(stage, draft, "procurement.requisition", "id")
    for step in _REQUISITION_STEPS[given.status]:
        step(play, given)
    _raise_version(
        stage, "procurement.requisition.record_order", play, given.version, lambda: desk.requisitions.get(play.source_id).version
    )
    found = desk.requisitions.get(play.source_id)
    return {"id": found.id, "version": found.version, "revision": found.revision, "status": found.status}


def _report(stage: Stage, given: ReportGiven) -> Values:
    desk = stage.expense.desk
    _refuse_taken(given.report_id, desk.reports)
    draft = stage.company.draft_expense_report(ENTITY_OF_HOUSE[given.entity_code], given.report_id or WHY, AMOUNT_MINOR)
    desk.wanted = given.report_id
    play = _Play(stage, draft, "expense.report", "report_id")
    for step in _REPORT_STEPS[given.state]:
        step(play, given)
    _raise_version(stage, "expense.report.record_posting", play, given.version, lambda: desk.reports.get(play.source_id).version)
    found = desk.reports.get(play.source_id)
    return {"report_id": found.report_id, "version": found.version, "revision": found.revision, "state": found.state}


def _refuse_taken(source_id: str | None, taken: Any) -> None:
    if source_id is not None and source_id in taken:
        raise Refusal("INVALID_TRANSITION", f"{source_id} exists already: send a teardown first")


def _raise_version(stage: Stage, touched_by: str, play: _Play, wanted: int | None, version: Callable[[], int]) -> None:
    if wanted is not None and wanted < version():
        raise Refusal("VALIDATION_FAILED", f"version {wanted}: a document in this status has version {version()} or a later one")
    while wanted is not None and version() < wanted:
        stage.touch(touched_by, play.path)


_Step = Callable[[_Play, Any], None]


def _submit(play: _Play, _given: Any) -> None:
    play.by_author("submit")


def _approve(play: _Play, _given: Any) -> None:
    play.approve()


def _author(verb: str) -> _Step:
    return lambda play, _given: play.by_author(verb)


def _approver(verb: str) -> _Step:
    return lambda play, _given: play.by_approver(verb, reason=WHY)


def _order(play: _Play, given: RequisitionGiven) -> None:
    play.by_connector("record_order", erpOrderNumber=given.erp_order_number, erpStatus="created")


def _posting(play: _Play, given: ReportGiven) -> None:
    kind = "journal_entry" if given.entity_code == "20" else "ap_invoice"
    play.by_connector("record_posting", erp_document=given.erp_document, erp_document_type=kind, posted_on="28/10/2026")


def _refuse(play: _Play, _given: Any) -> None:
    play.by_connector("record_refusal", code="SUPPLIER_BLOCKED", reason=WHY, owner="finance")


_REQUISITION_STEPS: Mapping[str, tuple[_Step, ...]] = {
    "draft": (),
    "pending_approval": (_submit,),
    "approved": (_submit, _approve),
    "rejected": (_submit, _approver("reject")),
    "returned": (_submit, _approve, _approver("reverse_approval")),
    "withdrawn": (_submit, _author("withdraw")),
    "cancelled": (_submit, _approve, _author("cancel")),
    "ordered": (_submit, _approve, _order),
    "refused": (_submit, _approve, _refuse),
}

_REPORT_STEPS: Mapping[str, tuple[_Step, ...]] = {
    "draft": (),
    "pending_manager": (_submit,),
    "approved": (_submit, _approve),
    "sent_back": (_submit, _approve, _approver("send_back")),
    "recalled": (_submit, _author("recall")),
    "posted": (_submit, _approve, _posting),
    "on_hold": (_submit, _approve, _refuse),
}
