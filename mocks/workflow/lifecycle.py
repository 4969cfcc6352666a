"""The transitions of a kind of document, as a table. Whatever is not in it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from mocks.kit.operation import Refusal


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """transitions: (status, trigger) -> status. noun: what a refusal calls the document."""

    noun: str
    transitions: Mapping[tuple[str, str], str]

    def after(self, document_id: str, status: str, trigger: str) -> str:
        """The status after a trigger. Raises INVALID_TRANSITION when the table has no such step."""
        following = self.transitions.get((status, trigger))
        if following is None:
            possible = sorted({name for known, name in self.transitions if known == status})
            hint = f"possible: {', '.join(possible)}" if possible else "nothing more is possible"
            raise Refusal(
                "INVALID_TRANSITION", f"{self.noun} {document_id} is {status}: {trigger} is not possible; {hint}", current_status=status
            )
        return following
