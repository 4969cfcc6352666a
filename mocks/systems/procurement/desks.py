"""What the commands of procurement's documents share: what is written back, and, of what a chain approves, saying no and taking back."""

from collections.abc import Callable
from typing import Any, ClassVar

from mocks.kit.operation import Call, Reply
from mocks.systems.procurement.records import summary
from mocks.systems.procurement.rules import check_approved_by
from mocks.workflow import rules
from mocks.workflow.desk import D, Desk, taken_back


class SuiteDesk(Desk[D]):
    """Documents of one kind. `recorded` of each has the number of what was made of it. in_list: what a list tells of one, on the wire."""

    in_list: ClassVar[Callable[..., Any]]

    def summary(self, document: D) -> Any:
        """In a list."""
        return self.in_list(**summary(document))

    def recorded_number(self, document: D) -> str | None:
        """Of the document in the ERP."""
        return document.recorded.number if document.recorded else None

    def _written_back(self, call: Call, verb: str, recorded: Any) -> Reply:
        """The connector says what was made of a revision; the same number again changes nothing."""
        document = self._addressed(call)
        if self.recorded_number(document) == recorded.number:
            return self._reply(document)
        status = self._after(document, verb)
        rules.check_revision(self.form.noun, call.body.revision, document)
        return self._change(call, document, status=status, recorded=recorded)


class ApprovingDesk(SuiteDesk[D]):
    """Documents that a chain approves. told: the event that says that an approval does not hold any more; acted_on: the statuses in which
    somebody may have acted on it; author: who wrote it, in words."""

    told: ClassVar[str]
    acted_on: ClassVar[frozenset[str]]
    author: ClassVar[str]

    def reject(self, call: Call) -> Reply:
        """The next approver says no."""
        document, actor = self._acted(call)
        status = self._after(document, "reject")
        self.check_turn(document, actor)
        step = self._decision(call, document, actor, "rejected", call.body.reason)
        return self._change(call, document, status=status, approvals=(*document.approvals, step))

    def reverse_approval(self, call: Call) -> Reply:
        """Who approved takes it back."""
        document, actor = self._acted(call)
        status = self._after(document, "reverse_approval")
        check_approved_by(self.form.noun, document, actor)
        return self._unapproved(call, document, status, call.body.reason)

    def cancel(self, call: Call) -> Reply:
        """Its author does not want it any more."""
        document, actor = self._acted(call)
        status = self._after(document, "cancel")
        rules.check_author(self.form.noun, document, actor, "cancel")
        if document.status not in self.acted_on:
            return self._change(call, document, status=status)
        return self._unapproved(call, document, status, f"cancelled by the {self.author}")

    def _unapproved(self, call: Call, document: D, status: str, reason: str) -> Reply:
        reply = self._change(call, document, status=status, approvals=taken_back(document))
        return self._with_event(reply, document.id, self.told, reason=reason)
