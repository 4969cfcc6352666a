"""Why a call did not do what was asked.

    CallFailed            an answer, or none: class, code, what may be concluded, how long to wait
      SystemDown          not sent at all: the circuit breaker of the system is open

The question that decides everything is `definite`: did it certainly not happen? The table is contracts/errors.yaml; an
answer without one of its codes is classed by its status.
"""

from collections.abc import Collection, Mapping
from typing import Any

from contracts.catalog import ErrorCode

AGAIN = "same"  # send it again, unchanged, after a wait
REREAD = "reread"  # read the object, decide again
ADOPT = "adopt"  # it exists already
REFRESH = "refresh"  # once more with a new token
NEVER = "no"  # only after somebody changed something
OTHER_SHAPE = "OTHER_SHAPE"  # our own code, beside those of contracts/errors.yaml


class CallFailed(Exception):  # noqa: N818 (reads as a sentence where it is raised)
    """One call to a system that did not succeed.

    `failure_class` is one of transient, throttled, ambiguous, authentication, validation, business, stale, duplicate.
    `retry_after_s` is the shortest wait that the system asked for, or None.
    """

    def __init__(
        self,
        operation: str,
        failure_class: str,
        code: str,
        detail: str,
        *,
        definite: bool,
        retry: str,
        owner: str = "IT",
        status: int | None = None,
        retry_after_s: float | None = None,
        outage: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{operation}: {code}: {detail}")
        self.operation = operation
        self.failure_class = failure_class
        self.code = code
        self.detail = detail
        self.definite = definite
        self.retry = retry
        self.owner = owner
        self.status = status
        self.retry_after_s = retry_after_s
        self.outage = outage
        self.extra = extra or {}


class SystemDown(CallFailed):
    """The breaker is open: the document is not to blame and no attempt is counted.

    `asked` is true for the call whose answer said so: the system's own Retry-After binds its document.
    """

    def __init__(self, operation: str, system: str, retry_in_s: float, *, asked: bool = False) -> None:
        super().__init__(
            operation,
            "transient",
            "SYSTEM_DOWN",
            f"{system} is down; the next probe is due in {retry_in_s:.2f} s",
            definite=True,
            retry=AGAIN,
            retry_after_s=retry_in_s,
        )
        self.system = system
        self.asked = asked


def unknown_outcome(operation: str, code: str, detail: str) -> CallFailed:
    """No usable answer came: it may have happened, or may still happen."""
    return CallFailed(operation, "ambiguous", code, detail, definite=False, retry=AGAIN)


def other_shape(operation: str, detail: str) -> CallFailed:
    """A success that is JSON, but not of the shape that was agreed: the system was released without us. Asking again would show the same.

    It happened, but as what is not known, so nothing is concluded from it.
    """
    return CallFailed(operation, "validation", OTHER_SHAPE, detail, definite=False, retry=NEVER, owner="integration team")


def one_of(operation: str, member: str, value: str, known: Collection[str]) -> str:
    """The value, when it is one that was agreed; never a default. Raises CallFailed."""
    if value not in known:
        raise other_shape(operation, f"{member} is {value[:60]!r}; expected one of {', '.join(known)}")
    return value


def not_visible_yet(failure: CallFailed) -> CallFailed:
    """A document that an event names but that is not found may only be late: look again, for a bounded time."""
    if failure.status == 404:
        failure.retry = AGAIN
    return failure


def unreachable(operation: str, detail: str) -> CallFailed:
    """Nobody listens at the address: certainly no effect."""
    return CallFailed(operation, "transient", "CONNECTION_REFUSED", detail, definite=True, retry=AGAIN, outage=True)


_BY_STATUS: dict[int, tuple[str, bool, str, str]] = {
    400: ("validation", True, NEVER, "integration team"),
    401: ("authentication", True, REFRESH, "security"),
    403: ("authentication", True, NEVER, "security"),
    404: ("validation", True, NEVER, "integration team"),
    408: ("ambiguous", False, AGAIN, "IT"),
    409: ("business", True, NEVER, "finance"),
    412: ("stale", True, REREAD, "integration team"),
    422: ("validation", True, NEVER, "integration team"),
    425: ("transient", True, AGAIN, "IT"),
    429: ("throttled", True, AGAIN, "IT"),
    503: ("transient", True, AGAIN, "IT"),
}


def from_problem(
    operation: str,
    status: int,
    problem: Mapping[str, Any],
    catalogue: Mapping[str, ErrorCode],
    *,
    retry_after_s: float | None,
) -> CallFailed:
    """Class an error answer by its code, or by its status when the code is not one that was agreed."""
    code = str(problem.get("code") or f"HTTP_{status}")
    known = catalogue.get(code)
    if known is not None:
        failure_class, definite, retry, owner = known.error_class, known.definite, known.retry, known.owner
    else:
        fallback = ("ambiguous", False, AGAIN, "IT") if status >= 500 or status < 400 else ("validation", True, NEVER, "integration team")
        failure_class, definite, retry, owner = _BY_STATUS.get(status, fallback)
    return CallFailed(
        operation,
        failure_class,
        code,
        str(problem.get("detail") or f"status {status}"),
        definite=definite,
        retry=retry,
        owner=owner,
        status=status,
        retry_after_s=retry_after_s,
        outage=code == "MAINTENANCE",
        extra=problem,
    )
