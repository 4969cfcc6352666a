"""Planning's operations as a table: what it offers, what it may refuse, who handles it."""

from collections.abc import Callable

from mocks.company.fiscal import YEAR_PATTERN
from mocks.company.money import AmountError, to_minor
from mocks.company.planning import PlanningMaster
from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.planning import models
from mocks.systems.planning.consumption import ConsumptionDesk, of_node, of_statement
from mocks.systems.planning.desk import PATH, PlanDesk
from mocks.systems.planning.figures import FiguresDesk

READ, WRITE, ACT = "planning.read", "planning.write", "planning.act"
ONE = f"{PATH}/{{plan_id}}"
SPENDING = "/plans/v1/consumption"

_SCENARIO = {"type": "string", "enum": ["BUDGET", "FORECAST"]}
_SINCE = QueryParam(
    "updated-since", "published at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)
_SEQUENCE = QueryParam(
    "sequence", "of a published version; the one in force when absent", False, {"type": "integer", "minimum": 1, "maximum": 1_000_000}
)
_NODE = QueryParam("node", "place in the hierarchy", True, {"type": "string", "minLength": 1, "maxLength": 40})
_YEAR = QueryParam(
    "fiscal-year", "named after the year in which it ends", True, {"type": "string", "pattern": YEAR_PATTERN, "maxLength": 4}
)
_GRAIN = QueryParam("grain", "of the totals; year when absent", False, {"type": "string", "enum": ["year", "quarter", "month"]})

_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED")
_PERSON = (*_CHANGE, "INVALID_TRANSITION", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")
_CONTENT = ("CODING_INVALID", "CURRENCY_INVALID")


def operations(master: PlanningMaster, plans: PlanDesk, consumption: ConsumptionDesk) -> tuple[Operation, ...]:
    """Every operation over one planning system's state."""
    figures = FiguresDesk(master, plans, consumption)
    return (*_connector(plans), *_figures(figures, consumption), *_people(master, plans))


def _connector(plans: PlanDesk) -> tuple[Operation, ...]:
    point = "planning.budget"
    return (
        Operation(
            f"{point}.list", "GET", PATH, "list", READ, "Published versions in the order of their publication", models.PublishedPage,
            plans.list, query=(QueryParam("scenario", "only of this one", False, _SCENARIO), _SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE, "read", READ, "The published version of one plan", models.Budget, plans.read,
            errors=("NOT_FOUND", "INVALID_PARAMETER"), query=(_SEQUENCE,), refs=one,
        ),
        Operation(
            f"{point}.record_publication", "PUT", f"{ONE}/publication", "update", WRITE, "What became of a published version",
            models.Budget, plans.record_publication, request=models.RecordPublication, errors=(*_CHANGE, "VERSION_CONFLICT"),
            refs=told, touch=plans.touch,
        ),
    )  # fmt: skip


def _figures(figures: FiguresDesk, consumption: ConsumptionDesk) -> tuple[Operation, ...]:
    return (
        Operation(
            "planning.budget.totals", "GET", "/plans/v1/totals", "read", READ, "Totals by node and period", models.Totals, figures.totals,
            errors=("INVALID_PARAMETER",), query=(QueryParam("scenario", "which", True, _SCENARIO), _YEAR, _NODE, _GRAIN),
        ),
        Operation(
            "planning.consumption.record", "PUT", SPENDING, "update", WRITE, "What was spent and committed of a node in a month",
            models.Consumption, consumption.record, request=models.RecordConsumption, refs=of_statement, touch=consumption.touch,
            errors=(*_CONTENT, "AMOUNT_MISMATCH", "PRECONDITION_FAILED", "VERSION_CONFLICT"),
        ),
        Operation(
            "planning.consumption.read", "GET", SPENDING, "read", READ, "What planning knows of spending", models.ConsumptionList,
            consumption.read, query=(_NODE, _YEAR), refs=of_node,
        ),
    )  # fmt: skip


def _people(master: PlanningMaster, plans: PlanDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str, *more: str, acting: str | None = None) -> Operation:
        return Operation(
            f"planning.budget.{name}", "POST", f"{ONE}/{name.replace('_', '-')}", "actor", ACT, summary, models.Budget, handler,
            request=request, errors=(*_PERSON, *more), refs=one, acting=acting,
        )  # fmt: skip

    return (
        Operation(
            "planning.budget.create", "POST", PATH, "actor", ACT, "A planner writes a plan", models.Budget, plans.create,
            request=models.BudgetCreate, status=201, errors=("EMPLOYEE_UNKNOWN", "DUPLICATE_REFERENCE", *_CONTENT), refs=_drafted(master),
        ),
        act("revise", plans.revise, models.BudgetRevise, "The planner writes other lines", *_CONTENT, acting="written-by"),
        act("submit", plans.submit, models.Nothing, "The owner of the node hands it in", acting="waits-for"),
        act("approve", plans.approve, models.Nothing, "A controller agrees", acting="waits-for"),
        act("send_back", plans.send_back, models.WithReason, "A controller wants it otherwise", acting="waits-for"),
        act("publish", plans.publish, models.Nothing, "A planning admin publishes it", acting="waits-for"),
        act("amend", plans.amend, models.BudgetRevise, "A planner begins the next version", *_CONTENT, acting="written-by"),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one plan."""
    return Refs(source_ids=(call.path["plan_id"],))


def told(call: Call) -> Refs:
    """Of what is told of a published version."""
    body: models.RecordPublication = call.body
    return Refs(source_ids=(call.path["plan_id"],), src_version=body.sequence)


def _drafted(master: PlanningMaster) -> Callable[[Call], Refs]:
    decimals = {house.currency: house.decimals for house in master.houses.values()}

    def refs(call: Call) -> Refs:
        body: models.BudgetCreate = call.body
        try:
            total = sum(to_minor(line.amount, decimals[body.currency]) for line in body.lines)
        except (AmountError, KeyError):
            return Refs()
        return Refs(amount_minor=-total, currency=body.currency)

    return refs
