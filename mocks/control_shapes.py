"""What goes over the control port's wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ClockSet(msgspec.Struct, forbid_unknown_fields=True):
    """PUT /clock: where the business clock goes, and how fast it runs from there."""

    time: Annotated[datetime, msgspec.Meta(tz=True, description="with zone, in the years 2000 to 2099")]
    speed: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None


class ClockAdvance(msgspec.Struct, forbid_unknown_fields=True):
    """POST /clock/advance: seconds forward, or back when negative."""

    seconds: Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]


class PlanStep(msgspec.Struct, forbid_unknown_fields=True):
    """POST /plans: one step. attempt 0 is every attempt."""

    txn_id: Text
    call_point: Text
    fault_id: Text
    mode: Text
    attempt: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1


class WindowChange(msgspec.Struct, forbid_unknown_fields=True):
    """POST /windows: begin (on) or end a fault of the run at a system."""

    fault_id: Text
    system: Text
    on: bool = True


class StateChange(msgspec.Struct):
    """POST /provider-state, as Pact verifiers send it; what further members they add is ignored."""

    state: Annotated[str, msgspec.Meta(max_length=200)] = ""
    params: dict[str, Any] | None = None
    action: Literal["setup", "teardown"] = "setup"


class WorldIdentity(msgspec.Struct):
    """Which world this is, and how far its history has come."""

    run_id: str
    seed: int
    phase: str
    seq: int


class Health(msgspec.Struct):
    """The world is up; which one it is, only the token's holder learns."""

    status: Literal["ok"]


class ClockState(msgspec.Struct):
    """The business clock."""

    time: datetime
    speed: float


class PlanRow(msgspec.Struct):
    """A step that is armed."""

    txn_id: str
    call_point: str
    attempt: int
    fault_id: str
    fault: str
    mode: str
    plan_id: str


class PlanList(msgspec.Struct):
    """Every step that is armed."""

    items: list[PlanRow]


class WindowRow(msgspec.Struct):
    """A fault of the run that is in force."""

    fault_id: str
    fault: str
    mode: str
    system: str


class WindowList(msgspec.Struct):
    """Every fault of the run that is in force."""

    items: list[WindowRow]


class ProviderState(msgspec.Struct):
    """A provider state and the parameters that it takes, with their defaults and, where they are few, their possible values."""

    state: str
    doc: str
    params: dict[str, Any]
    choices: dict[str, Any]


class ProviderStateList(msgspec.Struct):
    """Every provider state."""

    items: list[ProviderState]


class Stopping(msgspec.Struct):
    """The world will end."""

    status: Literal["stopping"]


class PeopleDesk(msgspec.Struct):
    """Where people work, and as which client; its secret is not told here. pending: what the world still owes."""

    run_id: str
    seed: int
    urls: dict[str, str]
    token_url: str
    client_id: str
    pending: dict[str, int]


class PhaseBegin(msgspec.Struct, forbid_unknown_fields=True):
    """POST /phases. joins: documents of people whose correlation id is `<name>.<entity>.<transaction>` join the run."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    joins: bool = False
    begin: bool = True


class QuietMark(msgspec.Struct, forbid_unknown_fields=True):
    """POST /quiet: how the waiting for the end went."""

    state: Literal["begin", "end", "stuck", "deadline_shrinking"]
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""
