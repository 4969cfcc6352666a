"""How each system spells what people do there: operations, members, the event that an approval sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Desk:
    """One source system as its people see it. Names of call points and members."""

    document: str
    id_member: str
    state_member: str
    create: str
    submit: str
    approve: str
    take_back: str
    amend: str
    approved_event: str  # type of contracts/events.yaml
    amendable: tuple[str, ...]  # members of the create body that an amendment may repeat

    @property
    def approved_point(self) -> str:
        """Call point of the event that an approval sends."""
        return f"wh.{self.approved_event}"

    def event_data(self, body: Any, status: str) -> dict[str, Any]:
        """`data` of the approval event as it would be after one more change of this document."""
        name = "requisitionId" if self.document == "requisition" else self.id_member
        state_name = "status" if self.document == "requisition" else self.state_member
        return {
            name: member(body, self.id_member),
            "revision": member(body, "revision"),
            "version": member(body, "version") + 1,
            state_name: status,
        }


def member(body: Any, name: str) -> Any:
    """A member of an answer's body, which is a struct or a dict."""
    return body[name] if isinstance(body, dict) else getattr(body, name)


DESKS: Mapping[str, Desk] = {
    "requisition-to-po": Desk(
        document="requisition",
        id_member="id",
        state_member="status",
        create="procurement.requisition.create",
        submit="procurement.requisition.submit",
        approve="procurement.requisition.approve",
        take_back="procurement.requisition.reverse_approval",
        amend="procurement.requisition.amend",
        approved_event="requisition.approved",
        amendable=("lines",),
    ),
    "expense-to-posting": Desk(
        document="expense_report",
        id_member="report_id",
        state_member="state",
        create="expense.report.create",
        submit="expense.report.submit",
        approve="expense.report.approve",
        take_back="expense.report.send_back",
        amend="expense.report.revise",
        approved_event="expense_report.approved",
        amendable=("lines",),
    ),
}
