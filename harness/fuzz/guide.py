"""Guides generated cases to where something happens: documents of the company, and an idempotency key of their own."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any
from zlib import crc32

from schemathesis import Case, Response
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi import stateful

from harness.fuzz.checks import breaks_a_header, key_header_of, operation_id
from harness.fuzz.target import Vocabulary

ACTOR = "X-Acting-User"
GUIDED = frozenset({TestPhase.FUZZING, TestPhase.STATEFUL})
ONE_IN = 2  # of the valid bodies so many-th is exchanged for a document of the company
Hook = Callable[[HookContext, Case[Any]], Case[Any]]


def guide(vocabulary: Vocabulary) -> Hook:
    """A hook. Which document a case gets depends on the case alone, so that a failure can be shrunk and repeated."""
    numbers = itertools.count(1)

    def map_case(_context: HookContext, case: Case[Any]) -> Case[Any]:
        header = key_header_of(case) if _is_valid(case, ParameterLocation.HEADER) else None
        if header is not None and header.name in case.headers:
            # Generated keys are few: nearly every request would be refused as a reuse.
            case.headers[header.name] = header.value(f"case-{next(numbers)}") or case.headers[header.name]
        name = operation_id(case)
        known = vocabulary.bodies.get(name)
        if known and _is_valid(case, ParameterLocation.BODY) and case.meta is not None and case.meta.phase.name in GUIDED:
            number = crc32(json.dumps(case.body, sort_keys=True, default=str).encode())
            if number % ONE_IN == 0:
                chosen = number // ONE_IN % len(known)
                case.body = deepcopy(dict(known[chosen]))
                if name in vocabulary.actors and _is_valid(case, ParameterLocation.HEADER):
                    case.headers[ACTOR] = vocabulary.actors[name][chosen]
        return case

    return map_case


def filter_failure(_context: HookContext, failure: Failure, case: Case[Any], _response: Response) -> bool:
    """A hook: that a request was refused is no failure when the generator itself had broken a header of it."""
    return not (isinstance(failure, RejectedPositiveData) and breaks_a_header(case))


@contextlib.contextmanager
def walks_begin_with_creates() -> Iterator[None]:
    """While this is on, a walk along links begins at what needs no id. The generator takes every POST for a create, so that most of its
    walks would begin, and end, at `POST /requisitions/{id}/approve` with an invented id."""
    before = stateful.is_likely_root_transition

    def likely(operation: Any, *_graph: Any) -> bool:
        return not operation.path_parameters

    stateful.is_likely_root_transition = likely  # type: ignore[assignment]
    try:
        yield
    finally:
        stateful.is_likely_root_transition = before


def _is_valid(case: Case[Any], place: ParameterLocation) -> bool:
    component = case.meta.components.get(place) if case.meta else None
    return component is not None and component.mode.is_positive
