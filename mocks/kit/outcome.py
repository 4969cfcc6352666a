"""What the mock decided about one request, before it is known what goes on the wire."""

from dataclasses import dataclass

from mocks.kit.operation import Reply
from mocks.kit.wire import Headers


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer and the truth about it. `truth` is a server_outcome of contracts/history.yaml."""

    status: int
    headers: Headers  # without those of the single request (correlation id)
    body: bytes
    truth: str
    code: str | None = None  # of a refusal
    retry_after_ms: int | None = None
    effect_ids: str | None = None
    commit_seq: int | None = None
    etag: str | None = None
    reply: Reply | None = None  # of an executed operation

    @property
    def executed(self) -> bool:
        """Whether the operation ran; refusals and faults did not."""
        return self.reply is not None
