"""Every actor by the kind of document that it writes: one line each."""

from collections.abc import Mapping

from harness.actors.actor import Actor
from harness.actors.expense_report import ACTOR as EXPENSE_REPORT
from harness.actors.requisition import ACTOR as REQUISITION
from harness.actors.supplier_request import ACTOR as SUPPLIER_REQUEST

ACTORS: Mapping[str, Actor] = {actor.document: actor for actor in (REQUISITION, EXPENSE_REPORT, SUPPLIER_REQUEST)}
