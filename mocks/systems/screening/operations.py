"""The screening service's operations as a table: what it offers, what it may refuse, who handles it."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.screening import models
from mocks.systems.screening.desk import KIND, ScreeningDesk

READ, WRITE, ACT = "screening.read", "screening.write", "screening.act"
_ID = {"type": "string", "minLength": 1, "maxLength": 64}
REFERENCE = QueryParam("external_ref", "the sender's own id of what the checks were for", True, _ID)


def operations(desk: ScreeningDesk) -> tuple[Operation, ...]:
    """Every operation over one service's state."""
    checks, listed = "/v1/checks", "/v1/list"
    people = ("SEGREGATION_OF_DUTIES",)
    return (
        Operation(
            "screening.party.check", "POST", checks, "create", WRITE, "Hold a party against the sanctions list", models.CheckRecord,
            desk.check, request=models.PartyCheck, status=201, refs=_asked,
        ),
        Operation(
            "screening.check.find", "GET", checks, "lookup", READ, "Checks by external reference", models.CheckPage, desk.find,
            query=(REFERENCE,), refs=lambda call: Refs(ext_ref=call.query.get("external_ref")),
        ),
        Operation(
            "screening.check.read", "GET", f"{checks}/{{check_id}}", "read", READ, "One check, as it was answered", models.CheckRecord,
            desk.read, errors=("NOT_FOUND",), refs=lambda call: Refs(parents=((KIND, call.path["check_id"]),)),
        ),
        Operation("screening.list.read", "GET", listed, "read", READ, "The list in force", models.ListState, desk.read_list),
        Operation(
            "screening.list.add", "POST", f"{listed}/entries", "actor", ACT, "Compliance lists a party", models.ListState, desk.add,
            request=models.Listing, errors=people,
        ),
        Operation(
            "screening.list.remove", "POST", f"{listed}/entries/{{entry_id}}/remove", "actor", ACT, "Compliance takes a party off the list",
            models.ListState, desk.remove, request=models.Delisting, errors=("NOT_FOUND", *people),
        ),
        Operation(
            "screening.list.open", "POST", f"{listed}/availability", "actor", ACT, "The list can be searched, or not", models.ListState,
            desk.set_availability, request=models.Availability, errors=people,
        ),
    )  # fmt: skip


def _asked(call: Call) -> Refs:
    body: models.PartyCheck = call.body
    return Refs(ext_ref=body.external_ref)
